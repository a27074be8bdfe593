package io.muster.jobqueue.pbs;

import io.muster.config.JsonException;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandException;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Questions to PBS, and whether an answer is one. A server that is down prints the same JSON as one that has no jobs,
 * so the exit status decides. What the commands here do not understand is found out once, by asking, and remembered.
 */
final class PbsCommands {
    /** The exit statuses of {@code qstat} and {@code qdel} for jobs that are unknown, or over. */
    static final Set<Integer> UNKNOWN_OR_OVER = Set.of(153, 35);

    private static final int MOST_SAID = 2000;
    private static final int BAD_USAGE = 2;
    private static final String NO_HISTORY = "not configured to maintain job history";
    private static final Pattern USAGE = Pattern.compile("(?i)\\busage:|(invalid|illegal|unrecognized) option");
    private static final Pattern NO_SERVER = Pattern.compile(
            "(?i)cannot connect|could(n't| not) connect|connection refused|timed out|no server|end of file");

    private final CommandRunner runner;
    private volatile @Nullable PbsDialect known;
    private volatile @Nullable String user;

    PbsCommands(final CommandRunner runner) {
        this.runner = runner;
    }

    /** What is known of jobs, and whether those not mentioned are unknown to PBS. */
    Answer status(final Collection<String> ids) {
        while (true) {
            final PbsDialect dialect = dialect();
            final Command command = Command.of(dialect.status(ids));
            final CommandResult result = run(command);
            if (dialect.hasHistory() && result.errors().contains(NO_HISTORY)) {
                known = dialect.withoutHistory();
            } else if (dialect.hasJson() && isUsage(result)) {
                known = dialect.withoutJson();
            } else if (!isAnswer(result)) {
                throw unavailable(command, result);
            } else {
                try {
                    return new Answer(dialect.jobs(result.output()), !result.isSuccess());
                } catch (final JsonException e) {
                    known = dialect.withoutJson();
                }
            }
        }
    }

    /** The ids of all jobs of the user that commands run as; of arrays, not of the jobs in them. */
    List<String> ownIds() {
        final PbsDialect dialect = dialect();
        final Command command = Command.of(dialect.select(user()));
        final CommandResult result = run(command);
        if (dialect.hasHistory() && result.errors().contains(NO_HISTORY)) {
            known = dialect.withoutHistory();
            return ownIds();
        }
        if (!result.isSuccess()) {
            throw unavailable(command, result);
        }
        return result.output()
                .lines()
                .map(String::strip)
                .filter(line -> PbsId.of(line) != null)
                .toList();
    }

    /** What the commands here understand, so far as it is known. */
    PbsDialect dialect() {
        final PbsDialect dialect = known;
        if (dialect != null) {
            return dialect;
        }
        final Command command = Command.of("qstat", "--version");
        final CommandResult result = run(command);
        if (!result.isSuccess()) {
            throw unavailable(command, result);
        }
        final PbsDialect found = PbsDialect.ofVersion(result.output() + result.errors());
        known = found;
        return found;
    }

    /** Runs a command; there is no result only if it is not here, or did not end in time. */
    CommandResult run(final Command command) {
        try {
            return runner.run(command);
        } catch (final CommandException e) {
            throw new QueueUnavailableException("PBS did not answer: " + e.getMessage(), e);
        }
    }

    /** What a command said, cut to what a message can bear. */
    static String said(final CommandResult result) {
        final String said = result.said();
        final String shown = said.length() <= MOST_SAID ? said : said.substring(0, MOST_SAID) + "…";
        return "exitCode=" + result.exitCode() + (shown.isEmpty() ? ", and said nothing" : ", and said: " + shown);
    }

    static boolean isWithoutServer(final CommandResult result) {
        return NO_SERVER.matcher(result.errors()).find();
    }

    static QueueUnavailableException unavailable(final Command command, final CommandResult result) {
        return new QueueUnavailableException(
                "PBS gave no answer: " + command.words().get(0) + " ended with " + said(result), null);
    }

    private String user() {
        final String found = user;
        if (found != null) {
            return found;
        }
        final Command command = Command.of("id", "-un");
        final CommandResult result = run(command);
        final String name = result.output().strip();
        if (!result.isSuccess() || !name.matches("[^\\s,@-][^\\s,@]*")) {
            throw unavailable(command, result);
        }
        user = name;
        return name;
    }

    private static boolean isUsage(final CommandResult result) {
        return result.exitCode() == BAD_USAGE || USAGE.matcher(result.errors()).find();
    }

    private static boolean isAnswer(final CommandResult result) {
        return result.isSuccess() || UNKNOWN_OR_OVER.contains(result.exitCode()) && !isWithoutServer(result);
    }

    /**
     * An answer to a question about jobs.
     *
     * @param jobs those that it tells about
     * @param saysUnknown whether PBS said that it does not know others
     */
    record Answer(List<PbsJob> jobs, boolean saysUnknown) {}
}
