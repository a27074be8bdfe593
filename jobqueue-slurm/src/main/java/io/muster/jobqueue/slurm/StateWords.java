package io.muster.jobqueue.slurm;

import static java.util.Map.entry;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What Slurm's words for the states of jobs mean; a flag such as COMPLETING hides the state that it comes with. */
final class StateWords {
    /** A deadline is met by not starting, or by not going on. */
    private static final String DEADLINE = "DEADLINE";
    /** Flags of jobs that are over, or back in the queue. */
    private static final Set<String> START_FAILURES = Set.of("LAUNCH_FAILED", "RECONFIG_FAIL");

    private static final Map<String, JobState> STATES = Map.ofEntries(
            entry("PENDING", JobState.PENDING),
            entry("REQUEUED", JobState.PENDING),
            entry("REQUEUE_FED", JobState.PENDING),
            entry("REQUEUE_HOLD", JobState.PENDING),
            entry("SPECIAL_EXIT", JobState.PENDING),
            entry("RESV_DEL_HOLD", JobState.PENDING),
            entry("EXPEDITING", JobState.PENDING),
            entry("CONFIGURING", JobState.STARTING),
            entry("POWER_UP_NODE", JobState.STARTING),
            entry("RUNNING", JobState.RUNNING),
            entry("COMPLETING", JobState.RUNNING),
            entry("RESIZING", JobState.RUNNING),
            entry("SIGNALING", JobState.RUNNING),
            entry("STAGE_OUT", JobState.RUNNING),
            entry("STOPPED", JobState.RUNNING),
            entry("SUSPENDED", JobState.RUNNING));

    private static final Map<String, JobEnd> ENDS = Map.ofEntries(
            entry("COMPLETED", JobEnd.COMPLETED),
            entry("FAILED", JobEnd.FAILED),
            entry("CANCELLED", JobEnd.CANCELLED),
            entry("TIMEOUT", JobEnd.WALLTIME),
            entry(DEADLINE, JobEnd.WALLTIME),
            entry("OUT_OF_MEMORY", JobEnd.OUT_OF_MEMORY),
            entry("NODE_FAIL", JobEnd.NODE_FAILURE),
            entry("BOOT_FAIL", JobEnd.NODE_FAILURE),
            entry("PREEMPTED", JobEnd.PREEMPTED),
            entry("LAUNCH_FAILED", JobEnd.NOT_STARTED),
            entry("RECONFIG_FAIL", JobEnd.NOT_STARTED));

    private static final Pattern SEPARATOR = Pattern.compile("[ ,+]");

    private StateWords() {}

    /**
     * Where a job stands.
     *
     * @param words such as {@code RUNNING} or {@code CANCELLED by 1000}
     * @param hasEnd whether Slurm says when the job ended, or is to end
     */
    static JobState state(final String words, final boolean hasEnd) {
        final String word = first(words);
        if (START_FAILURES.contains(word)) {
            return hasEnd ? JobState.ENDED : JobState.PENDING;
        }
        return ENDS.containsKey(word) ? JobState.ENDED : STATES.getOrDefault(word, JobState.UNKNOWN);
    }

    /** Why a job is over. */
    static JobEnd end(final String words, final boolean hasStarted) {
        final String word = first(words);
        return word.equals(DEADLINE) && !hasStarted ? JobEnd.NOT_STARTED : ENDS.getOrDefault(word, JobEnd.UNKNOWN);
    }

    private static String first(final String words) {
        return SEPARATOR.split(words.strip(), 2)[0];
    }
}
