package io.muster.jobqueue.pbs;

import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.command.CommandResult;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Why {@code qsub} did not take a job. Its exit status is PBS's error number modulo 256. What is not known to pass by
 * itself, such as the words of a site's own hook, is taken for a fault of the request, so that someone reads it.
 */
final class PbsRejection {
    private static final Pattern ARRAY_TOO_LARGE = Pattern.compile("(?i)array.*(size limit|too large)|max_array_size");
    private static final Pattern LIMIT = Pattern.compile(
            "(?i)would exceed|maximum number of jobs|limit on number of jobs|queue is not enabled|not accepting jobs");
    private static final Pattern DOWN =
            Pattern.compile("(?i)failed to recv data|server .*(shutting down|busy|not ready)|internal server error");

    /** 15021 queue disabled, 15046 queue full, 15142 and 15143 limits of user, group or project. */
    private static final Set<Integer> LIMITS = Set.of(173, 198, 38, 39);

    /** 15008 unknown host, 15010 no connection, 15011 internal, 15027 busy, 15033 and 15034 no server. */
    private static final Set<Integer> NO_SERVER = Set.of(160, 162, 163, 179, 185, 186, 255);

    /** Ended by ABRT, KILL, SEGV, PIPE or TERM. */
    private static final Set<Integer> CRASHED = Set.of(134, 137, 139, 141, 143);

    private PbsRejection() {}

    static SubmissionException of(final CommandResult result) {
        final Kind kind = kind(result);
        return new SubmissionException(
                kind,
                "PBS did not take the job (" + kind.text() + "): qsub ended with " + PbsCommands.said(result),
                null);
    }

    /** Whether the server takes arrays, but not such large ones. */
    static boolean isArrayTooLarge(final SubmissionException rejection) {
        return ARRAY_TOO_LARGE.matcher(String.valueOf(rejection.getMessage())).find();
    }

    private static Kind kind(final CommandResult result) {
        final int exitCode = result.exitCode();
        if (PbsCommands.isWithoutServer(result) || DOWN.matcher(result.errors()).find()) {
            return Kind.SYSTEM_DOWN;
        }
        if (LIMITS.contains(exitCode) || LIMIT.matcher(result.errors()).find()) {
            return Kind.LIMIT_REACHED;
        }
        return NO_SERVER.contains(exitCode) || CRASHED.contains(exitCode) ? Kind.SYSTEM_DOWN : Kind.FIX_REQUEST;
    }
}
