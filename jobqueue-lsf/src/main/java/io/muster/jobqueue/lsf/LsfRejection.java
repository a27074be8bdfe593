package io.muster.jobqueue.lsf;

import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.command.CommandResult;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Why {@code bsub} did not take a job. It always ends with 255, so the text decides. What is not known to pass by
 * itself is taken for a fault of the request, so that someone reads it.
 */
final class LsfRejection {
    private static final Pattern ARRAY_TOO_LARGE =
            Pattern.compile("(?i)array index too large|array.*(exceeds|larger than).*(limit|size)");
    private static final Pattern LIMIT =
            Pattern.compile("(?i)limit\\b.*\\breached|reached\\b.*\\blimit|threshold reached|exceed.*pending job"
                    + "|no job id can be used now|queue has been closed|queue windows are closed");

    /** Ended by ABRT, KILL, SEGV, PIPE or TERM. */
    private static final Set<Integer> CRASHED = Set.of(134, 137, 139, 141, 143);

    private LsfRejection() {}

    static SubmissionException of(final CommandResult result) {
        final Kind kind = kind(result);
        return new SubmissionException(
                kind,
                "LSF did not take the job (" + kind.text() + "): bsub ended with " + LsfCommands.said(result),
                null);
    }

    /** Whether arrays are taken, but not such large ones. */
    static boolean isArrayTooLarge(final SubmissionException rejection) {
        return ARRAY_TOO_LARGE.matcher(String.valueOf(rejection.getMessage())).find();
    }

    private static Kind kind(final CommandResult result) {
        if (LsfCommands.isWithoutService(result) || CRASHED.contains(result.exitCode())) {
            return Kind.SYSTEM_DOWN;
        }
        return LIMIT.matcher(result.errors()).find() ? Kind.LIMIT_REACHED : Kind.FIX_REQUEST;
    }
}
