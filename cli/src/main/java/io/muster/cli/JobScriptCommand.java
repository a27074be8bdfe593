package io.muster.cli;

import io.muster.jobqueue.JobScript;
import io.muster.jobqueue.JobSpec;
import io.muster.jobqueue.WorkerLaunch;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    @Mixin
    private JobSettingsMixin jobs = new JobSettingsMixin();

    @Option(
            names = "--scheduler-file",
            paramLabel = "FILE",
            defaultValue = "scheduler.json",
            description = "The file by which the workers find the scheduler (default: ${DEFAULT-VALUE}).")
    private Path schedulerFile = Path.of("scheduler.json");

    @Override
    public void run() {
        final JobScript script = JobScript.ofWorkers(JobSpec.of(jobs.load(), System.getenv()), launch(), "");
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
