package io.muster.cli;

import io.muster.jobqueue.BatchSystem;
import io.muster.jobqueue.BatchSystems;
import io.muster.jobqueue.JobScript;
import io.muster.jobqueue.JobSettings;
import io.muster.jobqueue.JobSpec;
import io.muster.jobqueue.JobqueueConfig;
import io.muster.jobqueue.WorkerLaunch;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the script of a job that runs workers. */
@Command(
        name = "job-script",
        description = "Prints the script of a job that runs workers, and submits nothing. See docs/job-queues.md.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class JobScriptCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "SYSTEM", description = "The batch system: slurm, pbs, lsf or sge.")
    private String systemName = "";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The jobqueue.yaml to read, instead of ~/.config/muster/jobqueue.yaml.")
    private @Nullable Path config;

    @Option(names = "--section", paramLabel = "NAME", description = "The section to read (default: SYSTEM).")
    private @Nullable String section;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set any key of the section, such as walltime=01:00:00; may be repeated.")
    private List<String> arguments = new ArrayList<>();

    @Option(
            names = "--scheduler-file",
            paramLabel = "FILE",
            defaultValue = "scheduler.json",
            description = "The file by which the workers find the scheduler (default: ${DEFAULT-VALUE}).")
    private Path schedulerFile = Path.of("scheduler.json");

    @Override
    public void run() {
        final BatchSystem system = BatchSystems.byName(systemName);
        JobSettings settings = JobqueueConfig.ofThisUser().load(system, config, section);
        for (final String argument : arguments) {
            settings = settings.withArgument(argument);
        }
        final JobScript script = new JobScript(JobSpec.of(settings, System.getenv()), launch());
        final PrintWriter err = spec.commandLine().getErr();
        script.notes().forEach(note -> err.println("muster job-script: " + note));
        err.flush();
        final PrintWriter out = spec.commandLine().getOut();
        out.print(script.text());
        out.flush();
    }

    private WorkerLaunch launch() {
        return new WorkerLaunch(
                List.of(Home.launcher().toAbsolutePath().normalize().toString()),
                schedulerFile.toAbsolutePath().normalize(),
                Path.of(System.getProperty("java.home")),
                System.getenv().getOrDefault("MUSTER_CLASSPATH", ""));
    }
}
