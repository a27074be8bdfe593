package io.muster.jobqueue.lsf;

import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Answers commands by how they begin, and remembers them. {@code lsid} is answered as openlava does. */
final class ScriptedRunner implements CommandRunner {
    final List<Command> commands = new ArrayList<>();
    private final Map<String, Function<Command, CommandResult>> answers = new LinkedHashMap<>();

    ScriptedRunner() {
        on("lsid", 0, "openlava project 2.2, Nov 22 2026\n", "");
    }

    ScriptedRunner on(final String beginning, final int exitCode, final String output, final String errors) {
        return on(beginning, command -> new CommandResult(exitCode, output, errors));
    }

    ScriptedRunner on(final String beginning, final Function<Command, CommandResult> answer) {
        answers.put(beginning, answer);
        return this;
    }

    @Override
    public CommandResult run(final Command command) {
        commands.add(command);
        return answers.entrySet().stream()
                .filter(answer -> command.toString().startsWith(answer.getKey()))
                .reduce((first, second) ->
                        second.getKey().length() >= first.getKey().length() ? second : first)
                .orElseThrow(() -> new AssertionError("unexpected: " + command))
                .getValue()
                .apply(command);
    }

    /** The commands as lines, without those that find out about the system. */
    List<String> lines() {
        return commands.stream()
                .map(Command::toString)
                .filter(line -> !line.equals("lsid") && !line.equals("bjobs -json -o jobid"))
                .toList();
    }

    @Override
    public String where() {
        return "a script";
    }

    @Override
    public void close() {}
}
