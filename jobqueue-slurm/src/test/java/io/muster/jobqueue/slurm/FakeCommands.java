package io.muster.jobqueue.slurm;

import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandException;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Commands that answer what a test says, in that order, the last answer again and again. */
final class FakeCommands implements CommandRunner {
    private final Map<String, Deque<Object>> answers = new HashMap<>();
    private final List<Command> commands = new ArrayList<>();

    FakeCommands says(final String program, final String output) {
        return ends(program, 0, output, "");
    }

    FakeCommands ends(final String program, final int exitCode, final String output, final String errors) {
        return answers(program, new CommandResult(exitCode, output, errors));
    }

    FakeCommands fails(final String program, final CommandException.Cause cause) {
        return answers(program, new CommandException(cause, program + " failed as told", null));
    }

    /** What Slurm 22.05.8 printed in the lab. */
    static String recorded(final String name) {
        try (InputStream in = FakeCommands.class.getResourceAsStream("22.05.8/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new IllegalStateException(name, e);
        }
    }

    /** The words of the commands that ran, without what stands before the program. */
    List<String> ran() {
        return commands.stream()
                .map(command -> String.join(" ", withoutEnvironment(command)))
                .toList();
    }

    List<Command> commands() {
        return commands;
    }

    @Override
    public CommandResult run(final Command command) {
        commands.add(command);
        final String program = withoutEnvironment(command).get(0);
        final Deque<Object> waiting = Objects.requireNonNull(answers.get(program), program);
        final Object answer = waiting.size() > 1 ? waiting.remove() : waiting.element();
        if (answer instanceof CommandException failure) {
            throw failure;
        }
        return (CommandResult) answer;
    }

    @Override
    public String where() {
        return "this host";
    }

    @Override
    public void close() {}

    private FakeCommands answers(final String program, final Object answer) {
        answers.computeIfAbsent(program, name -> new ArrayDeque<>()).add(answer);
        return this;
    }

    private static List<String> withoutEnvironment(final Command command) {
        final List<String> words = command.words();
        final List<String> programs = Arrays.asList("sbatch", "squeue", "scancel", "sacct", "scontrol");
        final int program = words.indexOf(
                words.stream().filter(programs::contains).findFirst().orElseThrow());
        return words.subList(program, words.size());
    }
}
