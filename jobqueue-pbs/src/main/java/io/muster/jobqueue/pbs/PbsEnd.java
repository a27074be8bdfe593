package io.muster.jobqueue.pbs;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobStatus;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a job is over.
 *
 * @param end the reason
 * @param exitCode as the script ended; null if PBS ended it, or it never ran
 * @param signal the signal that ended it; null if none did
 */
record PbsEnd(
        JobEnd end, @Nullable Integer exitCode, @Nullable Integer signal) {
    private static final int SIGNALLED = 256;
    private static final int SHELL_SIGNALLED = 128;
    private static final int MOST_SIGNALS = 64;
    private static final int KILL = 9;
    private static final int TERM = 15;
    private static final int SUBSTATE_TERMINATED = 91;
    private static final int SUBSTATE_FINISHED = 92;

    /** For a job that PBS says is over. */
    static PbsEnd of(final PbsJob job) {
        final Integer status = job.number("exit_status");
        if (status == null) {
            return new PbsEnd(withoutStatus(job), null, null);
        }
        if (status != 0 && comment(job).contains("preempt")) {
            return new PbsEnd(JobEnd.PREEMPTED, null, null);
        }
        if (status < 0) {
            return new PbsEnd(ofServer(job, status), null, null);
        }
        if (status > SIGNALLED) {
            final int signal = status % SIGNALLED;
            return new PbsEnd(ofSignal(job, signal), null, signal);
        }
        final boolean isSignal = status > SHELL_SIGNALLED && status <= SHELL_SIGNALLED + MOST_SIGNALS;
        return new PbsEnd(
                status == 0 ? JobEnd.COMPLETED : JobEnd.FAILED, status, isSignal ? status - SHELL_SIGNALLED : null);
    }

    JobStatus end(final JobStatus status) {
        return status.withEnd(end, exitCode, signal);
    }

    /** It never ran, or is a job of an array of which PBS no longer says more. */
    private static JobEnd withoutStatus(final PbsJob job) {
        final Integer substate = job.number("substate");
        if (comment(job).contains("failed attempts")) {
            return JobEnd.NOT_STARTED;
        }
        if (substate != null && substate == SUBSTATE_TERMINATED) {
            return JobEnd.CANCELLED;
        }
        if (job.text("job_state").equals("X")) {
            return JobEnd.UNKNOWN;
        }
        return substate != null && substate == SUBSTATE_FINISHED ? JobEnd.NOT_STARTED : JobEnd.CANCELLED;
    }

    private static JobEnd ofServer(final PbsJob job, final int status) {
        return switch (status) {
            case -29 -> JobEnd.WALLTIME;
            case -26, -27 -> JobEnd.OUT_OF_MEMORY;
            case -4, -5, -6, -14, -20 -> JobEnd.NODE_FAILURE;
            case -24, -25, -28 -> JobEnd.FAILED;
            case -10, -11 -> isOverWalltime(job) ? JobEnd.WALLTIME : JobEnd.NOT_STARTED;
            default -> JobEnd.NOT_STARTED;
        };
    }

    private static JobEnd ofSignal(final PbsJob job, final int signal) {
        if ((signal == TERM || signal == KILL) && isOverWalltime(job)) {
            return JobEnd.WALLTIME;
        }
        return signal == TERM ? JobEnd.CANCELLED : JobEnd.FAILED;
    }

    private static boolean isOverWalltime(final PbsJob job) {
        final Duration used = job.length("resources_used.walltime");
        final Duration allowed = job.length("resource_list.walltime");
        return used != null && allowed != null && used.compareTo(allowed) >= 0;
    }

    private static String comment(final PbsJob job) {
        return job.text("comment").toLowerCase(Locale.ROOT);
    }
}
