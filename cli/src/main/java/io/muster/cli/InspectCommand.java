package io.muster.cli;

import io.muster.MusterException;
import io.muster.config.Json;
import io.muster.scheduler.Dump;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Answers from a dump. */
@Command(
        name = "inspect",
        description = "Shows what is in a dump: tasks, workers, one task, or what was stuck. Needs no cluster.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class InspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "DUMP", description = "A file that muster dump or client.dump wrote.")
    private Path file = Path.of("");

    @Parameters(index = "1", paramLabel = "WHAT", description = "tasks, workers, task KEY, stuck or threads.")
    private String what = "";

    @Parameters(index = "2", arity = "0..1", paramLabel = "KEY", description = "With task: its key or id.")
    private String key = "";

    @Option(names = "--json", description = "Print JSON, on one line.")
    private boolean json;

    @Override
    public Integer call() {
        if (!Files.isRegularFile(file)) {
            throw bad("DUMP=" + file + " must be a file");
        }
        if (what.equals("task") == key.isEmpty()) {
            throw bad(what.equals("task") ? "task needs a KEY" : "KEY=" + key + " is for task KEY");
        }
        final DumpText dump = new DumpText(read());
        final PrintWriter out = spec.commandLine().getOut();
        final String text = switch (what) {
            case "tasks" -> json ? rows("tasks", dump.tasks()) : dump.taskTable();
            case "workers" -> json ? rows("workers", dump.workers()) : dump.workerTable();
            case "stuck" -> json ? rows("findings", dump.findings()) : dump.stuck();
            case "threads" -> json ? rows("threads", dump.threads()) : dump.stacks();
            case "task" -> task(dump);
            default -> throw bad("WHAT=" + what + " must be one of tasks, workers, task, stuck, threads");
        };
        out.print(text);
        out.flush();
        return 0;
    }

    private Dump read() {
        try {
            return Dump.read(file);
        } catch (final MusterException e) {
            throw bad(String.valueOf(e.getMessage()));
        }
    }

    private String task(final DumpText dump) {
        final List<Map<?, ?>> found = dump.tasks(key);
        if (found.isEmpty()) {
            throw new MusterException("no task in this dump has key or id=" + key + "; muster inspect " + file
                    + " tasks lists those that it has");
        }
        return json ? rows("tasks", found) : dump.details(found);
    }

    private static String rows(final String name, final List<Map<?, ?>> rows) {
        final Map<String, Object> members = new LinkedHashMap<>();
        members.put(name, rows);
        return Json.write(members) + "\n";
    }

    private ParameterException bad(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
