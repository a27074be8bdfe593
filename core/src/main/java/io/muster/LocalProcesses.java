package io.muster;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.scheduler.Load;
import io.muster.scheduler.Scalable;
import io.muster.security.PrivateFiles;
import io.muster.transport.Route;
import io.muster.worker.JavaCommand;
import io.muster.worker.MemoryRules;
import io.muster.worker.Nanny;
import io.muster.worker.NannySettings;
import io.muster.worker.SpillDirectory;
import io.muster.worker.TerminateRule;
import io.muster.worker.WorkerHeap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The processes of a {@link LocalCluster}: a scheduler, and workers each looked after by a nanny in this JVM. They end when it ends. */
final class LocalProcesses implements LocalScaling.Host, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalProcesses.class);
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final int MAX_LOG_CHARS = 64 * 1024;
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofDays(365);

    private final Path directory;
    private final Path schedulerFile;
    private final List<Nanny> nannies = new ArrayList<>();
    private final Map<String, Thread> nannyThreads = new LinkedHashMap<>();
    private final Thread hook = new Thread(this::close, "muster-local-cluster-shutdown");
    private @Nullable Process scheduler;
    private @Nullable Settings workerSettings;
    private @Nullable ClusterControl control;
    private int nextWorker;
    private boolean closed;

    private LocalProcesses(final @Nullable Path wishedFile) {
        directory = PrivateFiles.runtimeDirectory();
        schedulerFile = wishedFile == null ? directory.resolve("scheduler.json") : wishedFile.toAbsolutePath();
    }

    static LocalProcesses start(
            final int workers,
            final int threads,
            final Settings given,
            final @Nullable Path wishedFile,
            final Duration timeout) {
        final LocalProcesses processes = new LocalProcesses(wishedFile);
        try {
            Runtime.getRuntime().addShutdownHook(processes.hook);
            final Settings settings = given.with(Options.SCHEDULER_FILE, processes.schedulerFile.toString())
                    .with(Options.PROCESS_PARENT_WATCH, true);
            processes.startScheduler(
                    settings.isSet(Options.SCHEDULER_HOST)
                            ? settings
                            : settings.with(Options.SCHEDULER_HOST, "127.0.0.1"));
            processes.workerSettings = settings.with(Options.WORKER_THREADS, threads);
            for (int i = 0; i < workers; i++) {
                processes.start();
            }
            processes.awaitWorkers(workers, timeout);
            return processes;
        } catch (final IOException | RuntimeException e) {
            final String logs = processes.logs();
            processes.close();
            throw new MusterException(
                    "the local cluster did not start: " + e.getMessage() + (logs.isEmpty() ? "" : "\n" + logs), e);
        }
    }

    Path schedulerFile() {
        return schedulerFile;
    }

    /** The names of the workers that were started and have not ended for good. */
    synchronized List<String> names() {
        return nannyThreads.keySet().stream().filter(this::isThere).toList();
    }

    @Override
    public synchronized String start() {
        if (closed) {
            throw new MusterException("the cluster is closed; start another one");
        }
        final int number = nextWorker++;
        final String name = "w-" + number;
        try {
            startWorker(number, Objects.requireNonNull(workerSettings).with(Options.WORKER_NAME, name));
        } catch (final IOException e) {
            throw new MusterException("worker " + name + " can't be started: " + e, e);
        }
        return name;
    }

    @Override
    public synchronized boolean isThere(final String name) {
        final Thread thread = nannyThreads.get(name);
        return thread != null && thread.isAlive();
    }

    @Override
    public Load load(final Map<String, Integer> numbers) {
        return Scalable.load(control().ask(Scalable.loadRequest(), ANSWER), numbers);
    }

    @Override
    public void retire(final List<String> names) {
        control().ask(Scalable.retireRequest(names, PATIENCE, "scaled down"), ANSWER);
    }

    private synchronized ClusterControl control() {
        if (control == null) {
            control = ClusterControl.connect(schedulerFile, Route.DIRECT, CONNECT);
        }
        return control;
    }

    String logs() {
        final StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.list(directory)) {
            for (final Path file : files.filter(path -> path.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                final String log = Files.readString(file);
                if (!log.isBlank()) {
                    text.append("--- ").append(file.getFileName()).append('\n');
                    text.append(log, Math.max(0, log.length() - MAX_LOG_CHARS), log.length());
                }
            }
        } catch (final IOException e) {
            text.append("logs can't be read: ").append(e);
        }
        return text.toString();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (control != null) {
                control.close();
            }
        }
        stopGently();
        nannies.parallelStream().forEach(Nanny::close);
        final Process running = scheduler;
        if (running != null) {
            running.toHandle().destroy();
            try {
                if (!running.waitFor(5, TimeUnit.SECONDS)) {
                    running.destroyForcibly();
                }
            } catch (final InterruptedException e) {
                running.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        PrivateFiles.deleteRecursively(directory);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            LOG.debug("the JVM ends already", e);
        }
    }

    private void startScheduler(final Settings settings) throws IOException {
        scheduler = new ProcessBuilder(JavaCommand.command("io.muster.scheduler.SchedulerMain", settings.toArguments()))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("scheduler.log").toFile())
                .start();
    }

    private void startWorker(final int number, final Settings settings) throws IOException {
        final Path own = PrivateFiles.createPrivateDirectory(directory, "worker-" + number + "-");
        final Path spillFolder = MemoryRules.spillFolder(settings);
        final List<String> arguments = settings.with(Options.WORKER_NANNY, true)
                .with(Options.PROCESS_SPILL_DIRECTORY, spillFolder.toString())
                .with(Options.WORKER_LOCAL_DIRECTORY, own.toString())
                .toArguments();
        final boolean hasLimit = MemoryRules.limitBytes(settings) > 0;
        final List<String> flags = hasLimit ? List.of(WorkerHeap.flag(settings, CORES)) : List.of();
        final Nanny nanny = new Nanny(
                NannySettings.of(own)
                        .withLog(directory.resolve("w-" + number + ".log"))
                        .withDrainTimeout(Duration.ofSeconds(5))
                        .withTerminateRule(hasLimit ? WorkerHeap.terminateRule(settings, CORES) : TerminateRule.OFF),
                () -> JavaCommand.command("io.muster.worker.WorkerMain", flags, arguments),
                death -> {
                    LOG.info("worker w-{} ended: {}", number, death.text());
                    SpillDirectory.sweep(spillFolder);
                });
        final Thread thread = new Thread(
                () -> {
                    try {
                        nanny.run();
                    } catch (final InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "muster-nanny-" + number);
        thread.setDaemon(true);
        thread.start();
        nannies.add(nanny);
        nannyThreads.put("w-" + number, thread);
    }

    private void awaitWorkers(final int count, final Duration timeout) {
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        while (!Files.exists(schedulerFile)) {
            final Process running = scheduler;
            if (running == null || !running.isAlive()) {
                throw new MusterException("the scheduler process ended");
            }
            if (System.nanoTime() > deadlineNs) {
                throw new MusterException("no scheduler within startTimeout=" + timeout);
            }
            pause();
        }
        try (Client client =
                Client.connect(schedulerFile, Duration.ofNanos(Math.max(1, deadlineNs - System.nanoTime())))) {
            while (client.workers().size() < count) {
                if (names().isEmpty()) {
                    throw new MusterException("every worker process ended");
                }
                if (System.nanoTime() > deadlineNs) {
                    throw new MusterException("workers=" + client.workers().size() + " of " + count
                            + " came within startTimeout=" + timeout);
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(5);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MusterException("interrupted while the cluster starts", e);
        }
    }

    private void stopGently() {
        if (scheduler == null || !scheduler.isAlive() || !Files.exists(schedulerFile)) {
            return;
        }
        try (Client client = Client.connect(schedulerFile, CONNECT)) {
            client.stopCluster();
            scheduler.waitFor(5, TimeUnit.SECONDS);
            for (final Thread thread : nannyThreads.values()) {
                thread.join(2_000);
            }
        } catch (final MusterException e) {
            LOG.debug("the scheduler does not answer", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
