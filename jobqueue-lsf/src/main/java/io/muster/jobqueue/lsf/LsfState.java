package io.muster.jobqueue.lsf;

import io.muster.jobqueue.JobState;

/** What LSF's words for states mean. */
final class LsfState {
    private LsfState() {}

    static JobState of(final String word) {
        return switch (word) {
            case "PEND", "PSUSP", "WAIT", "FWD_PEND" -> JobState.PENDING;
            case "PROV" -> JobState.STARTING;
            case "RUN", "USUSP", "SSUSP" -> JobState.RUNNING;
            case "DONE", "EXIT" -> JobState.ENDED;
            default -> JobState.UNKNOWN;
        };
    }
}
