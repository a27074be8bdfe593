package io.muster.cli;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.mpi.MpiLaunch;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a cluster of the processes that {@code mpirun} or {@code srun} starts, for clients elsewhere. */
@Command(
        name = "mpi",
        description = {
            "Makes a cluster of the processes that mpirun, srun or the like start, until Ctrl-C or SIGTERM, or until a"
                    + " client ends it: one rank becomes the scheduler, the others workers.",
            "Such as: mpirun -np 8 muster mpi --scheduler-file s.json"
        },
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        versionProvider = VersionText.class)
final class MpiCommand implements Callable<Integer> {
    @Mixin
    private SettingsMixin common = new SettingsMixin();

    @Option(
            names = "--scheduler",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Whether a rank is the scheduler (default); if not, all ranks become workers of the cluster that"
                            + " --scheduler-file tells of.")
    private boolean scheduler = true;

    @Option(
            names = "--scheduler-rank",
            paramLabel = "RANK",
            defaultValue = "0",
            description = "The rank that is the scheduler (default: ${DEFAULT-VALUE}).")
    private int schedulerRank;

    @Option(names = "--port", paramLabel = "PORT", description = "Port of the scheduler; 0: any free one.")
    private @Nullable String port;

    @Option(names = "--scheduler-port", paramLabel = "PORT", hidden = true)
    private @Nullable String oldPort;

    @Option(
            names = "--interface",
            paramLabel = "LIST",
            description = "Network to use, the first that fits: such as ib0,10.77.0.0/16.")
    private @Nullable String networkInterface;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "How many tasks a worker runs at once; 0: one for each core that the launcher gave to its rank.")
    private @Nullable String threads;

    @Option(names = "--nthreads", paramLabel = "N", hidden = true)
    private @Nullable String oldThreads;

    @Option(
            names = "--memory-limit",
            paramLabel = "SIZE",
            description =
                    "How much memory a worker may use, such as 24GB; auto: what host and cgroup allow, divided by the"
                            + " ranks on the host; 0: no limit.")
    private @Nullable String memoryLimit;

    @Option(names = "--local-directory", paramLabel = "DIR", description = "Where workers keep their files.")
    private @Nullable String localDirectory;

    @Option(
            names = "--nanny",
            negatable = true,
            fallbackValue = "true",
            description =
                    "Run each worker in a process of its own that is started again when it dies; not by default, as"
                            + " some launchers forbid it.")
    private boolean nanny;

    @Option(names = "--exclusive-workers", description = "The scheduler's rank is no worker (default).")
    private boolean exclusive;

    @Option(names = "--inclusive-workers", description = "The scheduler's rank is a worker too.")
    private boolean inclusive;

    @Option(
            names = "--tolerate-worker-failure",
            description = {
                "A worker's rank that fails says why and ends with 0, so that Open MPI lets the others go on. A rank that is"
                        + " killed needs mpirun --enable-recovery."
            })
    private boolean tolerateWorkerFailure;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "mpi",
            description = "What workers are called before their rank (default: ${DEFAULT-VALUE}).")
    private String name = "mpi";

    @Override
    public Integer call() {
        final Settings settings = settings();
        Logging.beTalkative();
        final MpiLaunch.Builder launch = MpiLaunch.builder()
                .settings(settings)
                .scheduler(scheduler)
                .schedulerRank(schedulerRank)
                .exclusiveWorkers(exclusive || !inclusive)
                .tolerateWorkerFailure(tolerateWorkerFailure)
                .workerName(name);
        if (nanny) {
            launch.workers(worker -> new NannyRuns(worker, 1).call());
        }
        return launch.serve();
    }

    private Settings settings() {
        Settings settings = common.load();
        settings = SettingsMixin.with(settings, Options.SCHEDULER_PORT, port == null ? oldPort : port);
        settings = SettingsMixin.with(settings, Options.SCHEDULER_INTERFACE, networkInterface);
        settings = SettingsMixin.with(settings, Options.WORKER_INTERFACE, networkInterface);
        settings = SettingsMixin.with(settings, Options.WORKER_THREADS, threads == null ? oldThreads : threads);
        settings = SettingsMixin.with(settings, Options.WORKER_MEMORY_LIMIT, memoryLimit);
        settings = SettingsMixin.with(settings, Options.WORKER_LOCAL_DIRECTORY, localDirectory);
        return settings.check();
    }
}
