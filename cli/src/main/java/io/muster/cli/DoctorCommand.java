package io.muster.cli;

import io.muster.config.DurationText;
import io.muster.config.Json;
import io.muster.jobqueue.JobSpec;
import io.muster.jobqueue.command.LocalCommandRunner;
import io.muster.jobqueue.doctor.Doctor;
import io.muster.jobqueue.doctor.Finding;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Examines whether a cluster can work on this site. */
@Command(
        name = "doctor",
        description = "Examines whether a cluster can work here: the batch system's commands, the request, the shared"
                + " folder, and by one short job Java on a node and the network both ways. Prints a line for each"
                + " check; ends with 1 if one failed.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private JobSettingsMixin jobs = new JobSettingsMixin();

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "The folder that nodes see under the same path (default: ~/.muster).")
    private @Nullable Path directory;

    @Option(
            names = "--muster",
            paramLabel = "FILE",
            description = "The command muster, as the nodes see it (default: this one).")
    private @Nullable Path muster;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10m",
            description = "How long the short job may wait in the queue (default: ${DEFAULT-VALUE}).")
    private String timeout = "10m";

    @Option(names = "--json", description = "Print a line of JSON for each check.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        final JobSpec asked = JobSpec.of(jobs.load(), System.getenv());
        final Path folder = directory == null ? Path.of(System.getProperty("user.home"), ".muster") : directory;
        try (LocalCommandRunner runner = new LocalCommandRunner()) {
            final Doctor doctor = new Doctor(
                    asked,
                    asked.system().queue(runner),
                    List.of((muster == null ? Home.launcher() : muster)
                            .toAbsolutePath()
                            .normalize()
                            .toString()),
                    Path.of(System.getProperty("java.home")),
                    DurationText.parse(timeout),
                    this::print);
            return doctor.examine(folder.toAbsolutePath().normalize()) ? 0 : 1;
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--timeout=" + timeout + " " + e.getMessage());
        }
    }

    private void print(final Finding finding) {
        final PrintWriter out = spec.commandLine().getOut();
        final String verdict = finding.verdict().name().toLowerCase(Locale.ROOT);
        if (json) {
            final Map<String, Object> line = new LinkedHashMap<>();
            line.put("check", finding.check());
            line.put("verdict", verdict);
            line.put("text", finding.text());
            out.println(Json.write(line));
        } else {
            out.printf(
                    Locale.ROOT,
                    "%-8s %-13s %s%n",
                    verdict,
                    finding.check(),
                    finding.text().replace("\n", "\n    "));
        }
        out.flush();
    }
}
