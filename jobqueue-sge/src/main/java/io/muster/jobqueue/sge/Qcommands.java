package io.muster.jobqueue.sge;

import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandException;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Runs commands that ask something: in English, and with times in UTC. */
final class Qcommands {
    static final String HINT = "put Grid Engine's commands on PATH and set SGE_ROOT, as its settings.sh does";

    private static final List<String> PLAINLY = List.of("env", "TZ=UTC", "LC_ALL=C");
    private static final int NO_PROGRAM = 127;

    private final CommandRunner runner;
    private final Map<List<String>, String> remembered = new ConcurrentHashMap<>();

    Qcommands(final CommandRunner runner) {
        this.runner = runner;
    }

    /** Whatever it answers. */
    CommandResult run(final List<String> words) {
        final List<String> plain = new ArrayList<>(PLAINLY);
        plain.addAll(words);
        final CommandResult result;
        try {
            result = runner.run(Command.of(plain));
        } catch (final CommandException e) {
            throw new QueueUnavailableException(String.valueOf(e.getMessage()), e);
        }
        if (result.exitCode() == NO_PROGRAM) {
            throw new QueueUnavailableException(
                    words.get(0) + " is not on " + runner.where() + ": " + Said.of(result) + "; " + HINT, null);
        }
        return result;
    }

    /** Its standard output, if it succeeds. */
    String output(final List<String> words) {
        final CommandResult result = run(words);
        if (!result.isSuccess()) {
            throw new QueueUnavailableException(
                    String.join(" ", words) + " failed on " + runner.where() + " with exit code " + result.exitCode()
                            + ": " + Said.of(result),
                    null);
        }
        return result.output();
    }

    /** The same, asked only once. */
    String constant(final String... words) {
        return remembered.computeIfAbsent(List.of(words), key -> output(key).strip());
    }

    String user() {
        return constant("id", "-un");
    }

    String home() {
        return constant("printenv", "HOME");
    }

    String directory() {
        return constant("pwd");
    }
}
