package io.muster.cli;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.security.PrivateFiles;
import io.muster.worker.JavaCommand;
import io.muster.worker.Lifetime;
import io.muster.worker.MemoryRules;
import io.muster.worker.Nanny;
import io.muster.worker.NannySettings;
import io.muster.worker.SpillDirectory;
import io.muster.worker.WorkerHeap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A nanny in this JVM with a worker process below it. The two share a private folder for as long as the nanny runs. */
final class NannyRun {
    private static final String WORKER_MAIN = "io.muster.worker.WorkerMain";

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private static final Duration KILL_AFTER = Duration.ofSeconds(3);

    private final Settings settings;
    private final Map<String, String> environment;
    private final Runnable onReady;

    /**
     * Makes one.
     *
     * @param settings the worker's
     * @param environment variables of the worker, besides those of this process
     * @param onReady called when the worker's process is about to start
     */
    NannyRun(final Settings settings, final Map<String, String> environment, final Runnable onReady) {
        this.settings = settings;
        this.environment = environment;
        this.onReady = onReady;
    }

    int call() throws InterruptedException {
        final Path directory = directory();
        final NannySettings nannySettings = NannySettings.of(directory)
                .withDrainTimeout(settings.get(Options.WORKER_DRAIN_TIMEOUT).plus(KILL_AFTER))
                .withLifetime(Lifetime.ofNanny(settings))
                .withEnvironment(environment)
                .withTerminateRule(WorkerHeap.terminateRule(settings, CORES));
        final Nanny nanny = new Nanny(
                nannySettings,
                () -> {
                    onReady.run();
                    return command(directory);
                },
                death -> SpillDirectory.sweep(MemoryRules.spillFolder(settings)));
        final Shutdown shutdown = Shutdown.first(() -> {
            nanny.close();
            PrivateFiles.deleteRecursively(directory);
        });
        try {
            return nanny.run() == Nanny.EXIT_DONE ? 0 : 1;
        } finally {
            shutdown.forget();
            if (!Shutdown.hasBegun()) {
                PrivateFiles.deleteRecursively(directory);
            }
        }
    }

    private Path directory() {
        final String configured = settings.get(Options.WORKER_LOCAL_DIRECTORY);
        return configured.isEmpty()
                ? PrivateFiles.runtimeDirectory()
                : PrivateFiles.createPrivateDirectory(Path.of(configured), "muster-worker-");
    }

    private List<String> command(final Path directory) {
        final Settings common = settings.with(Options.PROCESS_PARENT_WATCH, true)
                .with(
                        Options.PROCESS_SPILL_DIRECTORY,
                        MemoryRules.spillFolder(settings).toString())
                .with(Options.WORKER_LOCAL_DIRECTORY, directory.toString());
        final Settings child = Lifetime.of(settings).isLimited()
                ? common.with(Options.PROCESS_STARTED_AFTER, Lifetime.processAge())
                : common;
        final List<String> flags = new ArrayList<>();
        flags.add(Logging.jvmOption());
        flags.add(WorkerHeap.flag(settings, CORES));
        flags.addAll(List.of(
                System.getenv().getOrDefault("MUSTER_JAVA_OPTS", "").strip().split("\\s+")));
        flags.removeIf(String::isEmpty);
        return JavaCommand.command(WORKER_MAIN, flags, child.toArguments());
    }
}
