package io.muster.jobqueue;

import io.muster.MusterException;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import io.muster.transport.Route;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The host that jobs are submitted from, seen from this program: this host, or one across SSH. What is started there outlives the
 * connection.
 */
interface Login extends AutoCloseable {
    /** Runs commands there. */
    CommandRunner commands();

    /** How to reach what listens there, and what is reached from there. */
    Route route();

    /** A copy of a file, on this host, that others cannot read; the file itself if it is here. */
    Path fetch(String file);

    /** Whether a file is there. */
    boolean hasFile(String file);

    /** Whether a process of the user's runs there. */
    boolean isRunning(String pid);

    /** The variables of the environment there, as far as they are known. */
    Map<String, String> environment();

    /** The folder that is the user's own there. */
    String home();

    @Override
    void close();

    /** Runs a command that must succeed, and returns what it wrote. */
    default String run(final String... words) {
        return run(List.of(words));
    }

    /** Runs a command that must succeed, and returns what it wrote. */
    default String run(final List<String> words) {
        final CommandResult result = commands().run(Command.of(words));
        if (!result.isSuccess()) {
            throw new MusterException(
                    "'" + String.join(" ", words) + "' on " + commands().where() + " ended with exitCode="
                            + result.exitCode() + ": " + Shown.of(result.said()));
        }
        return result.output();
    }
}
