package io.muster.jobqueue.slurm;

import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.command.CommandResult;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What can be done about a job that sbatch did not take, by Slurm's error texts. A text that is not known is the
 * request's fault: it is most often that of a site's own submit plugin, and a retry would hide it.
 */
final class Rejections {
    private static final List<String> SYSTEM_DOWN = List.of(
            "unable to contact slurm controller",
            "socket timed out",
            "message send failure",
            "message receive failure",
            "zero bytes were transmitted or received",
            "communication connection failure",
            "communication shutdown failure",
            "unexpected missing socket",
            "connection refused",
            "connection timed out",
            "connection reset",
            "no route to host",
            "transport endpoint is not connected",
            "standby mode",
            "slurm internal error",
            "unable to create job record, try again",
            "i/o error writing script/environment to file",
            "unable to connect to database",
            "db index is being set",
            "authentication error",
            "munge encode failed",
            "authentication agent",
            "authentication credential",
            "configuration source",
            "unable to process configuration file",
            "system submissions disabled",
            "requested operation is presently disabled",
            "required partition not available",
            "requested partition configuration not available now",
            "partition in down state",
            "partition is in use",
            "requested nodes are busy",
            "cannot allocate memory");

    private static final List<String> LIMIT_REACHED = List.of(
            "resource temporarily unavailable",
            "temporarily unable to accept job",
            "breached requested qos usage threshold",
            "burst buffer resource limit exceeded",
            "job violates accounting/qos policy");

    /** A limit as Slurm names it beside the text for all of them. */
    private static final Pattern NAMED_LIMIT = Pattern.compile("\\b(qos|assoc|max)\\w*(max|min|grp|per)\\w*");
    /** What the names of those have in common that count jobs; any other is one that a job breaks by itself. */
    private static final String COUNTS_JOBS = "submitjob";

    private Rejections() {}

    /** The kind of what sbatch answered. */
    static Kind kind(final CommandResult result) {
        final String said = (result.errors() + "\n" + result.output()).toLowerCase(Locale.ROOT);
        if (said.isBlank() || SYSTEM_DOWN.stream().anyMatch(said::contains)) {
            return Kind.SYSTEM_DOWN;
        }
        final boolean isLimit = LIMIT_REACHED.stream().anyMatch(said::contains);
        final boolean isTooLarge = NAMED_LIMIT
                .matcher(said)
                .results()
                .anyMatch(limit -> !limit.group().contains(COUNTS_JOBS));
        return isLimit && !isTooLarge ? Kind.LIMIT_REACHED : Kind.FIX_REQUEST;
    }
}
