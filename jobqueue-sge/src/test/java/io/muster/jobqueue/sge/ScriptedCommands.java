package io.muster.jobqueue.sge;

import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandException;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Answers commands by the beginning of what they say after {@code env …}; the longest beginning counts. */
final class ScriptedCommands implements CommandRunner {
    private static final String PLAINLY = "env TZ=UTC LC_ALL=C ";

    private final Map<String, CommandResult> answers = new LinkedHashMap<>();
    private final Map<String, CommandException.Cause> failures = new LinkedHashMap<>();
    private final List<Command> commands = new ArrayList<>();

    ScriptedCommands() {
        answer("id -un", 0, "ada\n", "");
        answer("printenv HOME", 0, "/home/ada\n", "");
        answer("pwd", 0, "/home/ada/work\n", "");
        answer("mkdir -p --", 0, "", "");
    }

    ScriptedCommands answer(final String beginning, final int exitCode, final String output, final String errors) {
        answers.put(beginning, new CommandResult(exitCode, output, errors));
        return this;
    }

    ScriptedCommands recorded(final String beginning, final String resource) {
        return answer(beginning, 0, resource(resource), "");
    }

    ScriptedCommands failure(final String beginning, final CommandException.Cause cause) {
        failures.put(beginning, cause);
        return this;
    }

    /** What was run, less the questions about the user's surroundings. */
    List<String> said() {
        return commands.stream()
                .map(ScriptedCommands::plain)
                .filter(line -> line.startsWith("q"))
                .toList();
    }

    Command last() {
        return commands.get(commands.size() - 1);
    }

    static String resource(final String name) {
        try (InputStream stream = Objects.requireNonNull(ScriptedCommands.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new AssertionError(name, e);
        }
    }

    @Override
    public CommandResult run(final Command command) {
        commands.add(command);
        final String line = plain(command);
        failures.forEach((beginning, cause) -> {
            if (line.startsWith(beginning)) {
                throw new CommandException(cause, beginning + " did not run: " + cause, null);
            }
        });
        return answers.entrySet().stream()
                .filter(answer -> line.startsWith(answer.getKey()))
                .reduce((one, other) -> one.getKey().length() > other.getKey().length() ? one : other)
                .orElseThrow(() -> new AssertionError("no answer to " + line))
                .getValue();
    }

    @Override
    public String where() {
        return "this host";
    }

    @Override
    public void close() {}

    private static String plain(final Command command) {
        final String line = command.toString();
        return line.startsWith(PLAINLY) ? line.substring(PLAINLY.length()) : line;
    }
}
