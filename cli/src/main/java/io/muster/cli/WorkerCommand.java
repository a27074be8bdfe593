package io.muster.cli;

import io.muster.config.Options;
import io.muster.config.Settings;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a worker until it is asked to end, or its scheduler ends it. */
@Command(
        name = "worker",
        description = "Runs a worker of a cluster, until Ctrl-C or SIGTERM, or until its scheduler ends it.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        versionProvider = VersionText.class)
final class WorkerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private SettingsMixin common = new SettingsMixin();

    @Option(names = "--threads", paramLabel = "N", description = "How many tasks to run at once; 0: one per core.")
    private @Nullable String threads;

    @Option(
            names = "--memory-limit",
            paramLabel = "SIZE",
            description = "How much memory to use, such as 24GB; auto: what host and cgroup allow; 0: no limit.")
    private @Nullable String memoryLimit;

    @Option(names = "--name", paramLabel = "NAME", description = "The worker's name, unique in its cluster.")
    private @Nullable String name;

    @Option(
            names = "--nanny",
            negatable = true,
            description = "Run the worker in a process of its own that is started again when it dies (default).",
            fallbackValue = "true")
    private @Nullable Boolean nanny;

    @Option(
            names = "--processes",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many such workers to run, each in a process of its own: NAME-0, NAME-1, and so on"
                    + " (default: ${DEFAULT-VALUE}).")
    private int processes;

    @Option(
            names = "--death-timeout",
            paramLabel = "TIME",
            description = "End after so long without a scheduler, such as 60s.")
    private @Nullable String deathTimeout;

    @Option(names = "--local-directory", paramLabel = "DIR", description = "Where the worker keeps its files.")
    private @Nullable String localDirectory;

    @Option(
            names = "--resources",
            paramLabel = "NAME=AMOUNT,...",
            description = "What the worker has besides threads and memory, such as gpu=2.")
    private @Nullable String resources;

    @Option(
            names = "--job",
            paramLabel = "ID",
            description = "The batch job that the worker runs in, as the batch system writes its id.")
    private @Nullable String job;

    @Option(names = "--job-token", paramLabel = "TOKEN", description = "What the submitter of the job marked it with.")
    private @Nullable String jobToken;

    @Option(
            names = "--lifetime",
            paramLabel = "TIME",
            description = "How long from now on the worker's job goes on, such as 1h; the worker leaves in time.")
    private @Nullable String lifetime;

    @Override
    public Integer call() throws ExecutionException, InterruptedException {
        final WorkerStart start = new WorkerStart(settings(), processes);
        final String problem = start.problem();
        if (problem != null) {
            throw new ParameterException(spec.commandLine(), problem);
        }
        return start.call();
    }

    Settings settings() {
        Settings settings = common.load();
        settings = SettingsMixin.with(settings, Options.WORKER_THREADS, threads);
        settings = SettingsMixin.with(settings, Options.WORKER_MEMORY_LIMIT, memoryLimit);
        settings = SettingsMixin.with(settings, Options.WORKER_NAME, name);
        settings = SettingsMixin.with(settings, Options.WORKER_NANNY, nanny == null ? null : nanny.toString());
        settings = SettingsMixin.with(settings, Options.WORKER_DEATH_TIMEOUT, deathTimeout);
        settings = SettingsMixin.with(settings, Options.WORKER_LOCAL_DIRECTORY, localDirectory);
        settings = SettingsMixin.with(settings, Options.WORKER_RESOURCES, resources);
        settings = SettingsMixin.with(settings, Options.WORKER_JOB, job);
        settings = SettingsMixin.with(settings, Options.WORKER_JOB_TOKEN, jobToken);
        settings = SettingsMixin.with(settings, Options.WORKER_LIFETIME, lifetime);
        return settings.check();
    }
}
