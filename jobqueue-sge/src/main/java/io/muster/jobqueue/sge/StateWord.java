package io.muster.jobqueue.sge;

import io.muster.jobqueue.JobState;

/** A state as {@code qstat} writes it: letters such as {@code qw}, {@code Eqw}, {@code dRr}, in any combination. */
final class StateWord {
    private static final String WAITING = "qw";
    private static final String TRANSFERRING = "t";
    private static final String ON_A_NODE = "rsSTPN";

    private StateWord() {}

    /** A job in error waits too, for someone to clear the error or to delete it. */
    static JobState state(final String word) {
        if (hasAny(word, WAITING)) {
            return JobState.PENDING;
        }
        if (word.contains(TRANSFERRING)) {
            return JobState.STARTING;
        }
        return hasAny(word, ON_A_NODE) ? JobState.RUNNING : JobState.UNKNOWN;
    }

    static boolean isError(final String word) {
        return word.contains("E");
    }

    static boolean isHeld(final String word) {
        return word.contains("h");
    }

    /** Grid Engine says that a job was put back into the queue, but not how often. */
    static int restarts(final String word) {
        return word.contains("R") ? 1 : 0;
    }

    private static boolean hasAny(final String word, final String letters) {
        return word.chars().anyMatch(letter -> letters.indexOf(letter) >= 0);
    }
}
