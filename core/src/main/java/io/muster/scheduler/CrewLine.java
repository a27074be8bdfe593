package io.muster.scheduler;

import io.muster.transport.Outbox;

/** One worker's share of its crew's session. */
final class CrewLine {
    private final Crew crew;
    private final int index;
    private boolean ended;
    private String reason = "";

    CrewLine(final Crew crew, final int index) {
        this.crew = crew;
        this.index = index;
    }

    /** Where to put the next message for the worker, and no other one in between. */
    Outbox out() {
        return crew.outFor(index);
    }

    /** Ends it: the session if it is the first one's. */
    void end(final String because) {
        if (index == 0) {
            crew.session().end(because);
        } else if (!ended) {
            ended = true;
            reason = because;
            crew.left(index);
        }
    }

    /** Why; empty while it is not. */
    String closeReason() {
        return ended ? reason : crew.session().closeReason();
    }
}
