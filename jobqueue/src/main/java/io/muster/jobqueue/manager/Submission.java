package io.muster.jobqueue.manager;

import java.util.ArrayList;
import java.util.List;

/** Jobs that were asked for together, and what is known of whether the batch system has taken them. */
final class Submission {
    /** Where it stands. */
    enum Phase {
        /** On its way. */
        SENT,
        /** Nobody knows whether it was taken; it is to be looked for. */
        LOST,
        /** It is being looked for. */
        LOOKED_FOR,
        /** It was not taken; it is to be sent again. */
        AGAIN,
        /** Taken, but only at another attempt: what came of the first one is to be looked for once more. */
        TAKEN,
        /** The same, being looked for. */
        VERIFIED,
        /** Nothing is open. */
        SETTLED
    }

    final String token;
    final GroupState group;
    final List<Job> jobs = new ArrayList<>();

    Phase phase = Phase.SENT;
    long dueNs = Moment.NEVER;
    int attempts = 1;
    int failures;
    int timesNotFound;
    String problem = "";

    Submission(final String token, final GroupState group) {
        this.token = token;
        this.group = group;
    }

    boolean isOpen() {
        return switch (phase) {
            case SENT, LOST, LOOKED_FOR, AGAIN -> true;
            case TAKEN, VERIFIED, SETTLED -> false;
        };
    }

    /** Whether jobs of it may turn up although all that is known of it is over. */
    boolean mayTurnUp() {
        return phase != Phase.SETTLED || failures > 0;
    }

    boolean wasClaimed() {
        return jobs.stream().anyMatch(Job::hasId);
    }
}
