package io.muster.jobqueue.lsf;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobStatus;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why a job is over. The state decides whether it succeeded, the reason why it did not; the exit code only helps out.
 */
final class LsfEnd {
    private static final Pattern REASON = Pattern.compile("\\bTERM_[A-Z_]+\\b");
    private static final Set<String> VAGUE = Set.of("TERM_UNKNOWN", "TERM_OTHER");
    private static final int SIGNALLED = 128;
    private static final int MOST_SIGNALS = 64;
    private static final int INT = 2;
    private static final int USR2 = 12;

    private LsfEnd() {}

    /** A job in state {@code DONE}. */
    static JobStatus done(final JobStatus status) {
        return status.withEnd(JobEnd.COMPLETED, 0, null);
    }

    /** A job in state {@code EXIT}, with the reason and the exit code or signal as far as they are told. */
    static JobStatus exit(
            final JobStatus status,
            final String reason,
            final @Nullable Integer exitCode,
            final @Nullable Integer told) {
        final Integer signal = told == null && exitCode != null ? signal(exitCode) : told;
        return status.withEnd(end(reason, signal), exitCode, signal);
    }

    private static JobEnd end(final String reason, final @Nullable Integer signal) {
        final Matcher matcher = REASON.matcher(reason);
        if (matcher.find() && !VAGUE.contains(matcher.group())) {
            return ofReason(matcher.group());
        }
        if (signal == null) {
            return JobEnd.FAILED;
        }
        return signal == USR2 ? JobEnd.WALLTIME : signal == INT ? JobEnd.CANCELLED : JobEnd.FAILED;
    }

    private static JobEnd ofReason(final String reason) {
        return switch (reason) {
            case "TERM_RUNLIMIT", "TERM_DEADLINE", "TERM_WINDOW" -> JobEnd.WALLTIME;
            case "TERM_MEMLIMIT", "TERM_SWAP" -> JobEnd.OUT_OF_MEMORY;
            case "TERM_PREEMPT", "TERM_LOAD", "TERM_RC_RECLAIM", "TERM_MC_RECALL" -> JobEnd.PREEMPTED;
            case "TERM_OWNER",
                    "TERM_ADMIN",
                    "TERM_FORCE_OWNER",
                    "TERM_FORCE_ADMIN",
                    "TERM_BUCKET_KILL",
                    "TERM_REQUEUE_OWNER",
                    "TERM_REQUEUE_ADMIN",
                    "TERM_ORPHAN_SYSTEM" -> JobEnd.CANCELLED;
            case "TERM_ZOMBIE", "TERM_REMOVE_HUNG_JOB" -> JobEnd.NODE_FAILURE;
            case "TERM_CWD_NOTEXIST", "TERM_PRE_EXEC_FAIL", "TERM_DATA", "TERM_CSM_ALLOC", "TERM_KUBE" ->
                JobEnd.NOT_STARTED;
            default -> JobEnd.FAILED;
        };
    }

    private static @Nullable Integer signal(final int exitCode) {
        return exitCode > SIGNALLED && exitCode <= SIGNALLED + MOST_SIGNALS ? exitCode - SIGNALLED : null;
    }
}
