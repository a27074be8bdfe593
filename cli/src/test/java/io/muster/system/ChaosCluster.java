package io.muster.system;

import io.muster.Client;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.config.TransportChoice;
import io.muster.security.PrivateFiles;
import io.muster.security.SchedulerFile;
import io.muster.worker.JavaCommand;
import io.muster.worker.Nanny;
import io.muster.worker.NannySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A scheduler and workers with nannies that are quick to start the next process. What they keep in shared memory lies in a folder of
 * theirs, whose name all their processes carry in their environment, so that what they leave behind can be told from what others have.
 */
final class ChaosCluster implements AutoCloseable {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final List<String> SMALL = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");

    /** Shorter than {@link #PATIENCE}: a worker that is just being started when all are told to end looks for the scheduler so long. */
    private static final Duration DEATH_TIMEOUT = Duration.ofSeconds(20);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final Path memory;
    private final Path schedulerFile;
    private final Process scheduler;
    private final List<Nanny> nannies = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private ChaosCluster(final Path directory, final Settings given) throws IOException {
        this.directory = directory;
        this.schedulerFile = directory.resolve("scheduler.json");
        memory = PrivateFiles.createPrivateDirectory(
                Files.isWritable(SHARED_MEMORY) ? SHARED_MEMORY : directory, "chaos-");
        final Settings settings = settings(given);
        final ProcessBuilder builder = new ProcessBuilder(
                        JavaCommand.command("io.muster.scheduler.SchedulerMain", SMALL, settings.toArguments()))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("scheduler.log").toFile());
        builder.environment().putAll(environment());
        scheduler = builder.start();
    }

    /**
     * Starts one, and waits for its workers.
     *
     * @param directory private, for its files
     */
    static ChaosCluster start(final Path directory, final TransportChoice transport, final int workers)
            throws IOException {
        final Settings settings = Settings.defaults()
                .with(Options.TRANSPORT, transport)
                .with(Options.SCHEDULER_VALIDATE, true)
                .with(Options.SCHEDULER_LEASE, Duration.ofSeconds(2))
                .with(Options.WORKER_FENCE, Duration.ofSeconds(1))
                .with(Options.WORKER_DEATH_TIMEOUT, DEATH_TIMEOUT)
                .with(Options.SESSION_HEARTBEAT, Duration.ofMillis(200));
        final ChaosCluster cluster = new ChaosCluster(directory, settings);
        try {
            for (int i = 0; i < workers; i++) {
                cluster.startWorker("w-" + i, cluster.settings(settings));
            }
            SchedulerFile.await(cluster.schedulerFile, PATIENCE);
            try (Client client = cluster.connect()) {
                client.awaitWorkers(workers, PATIENCE);
            }
            return cluster;
        } catch (final RuntimeException e) {
            final String logs = cluster.logs();
            cluster.close();
            throw new IllegalStateException(logs, e);
        }
    }

    Client connect() {
        return Client.connect(schedulerFile);
    }

    /** The processes of the workers that are there. */
    List<Long> workers() {
        return nannies.stream().map(Nanny::pid).filter(pid -> pid > 0).toList();
    }

    long scheduler() {
        return scheduler.pid();
    }

    /** What there is in shared memory. */
    List<Path> files() throws IOException {
        try (Stream<Path> found = Files.walk(memory)) {
            return found.filter(path -> !path.equals(memory)).toList();
        }
    }

    /** Its processes that live, and theirs: whoever has their environment. */
    List<Long> processes() throws IOException {
        try (Stream<Path> found = Files.list(Path.of("/proc"))) {
            return found.filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .filter(this::isOurs)
                    .map(path -> Long.valueOf(path.getFileName().toString()))
                    .toList();
        }
    }

    String logs() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(path -> path.toString().endsWith(".log"))
                    .sorted()
                    .map(ChaosCluster::log)
                    .collect(Collectors.joining("\n"));
        } catch (final IOException e) {
            return e.toString();
        }
    }

    /** Asks all to end, as a cluster does; what they leave behind is for the test to look at. */
    void stop() throws InterruptedException {
        try (Client client = connect()) {
            client.stopCluster();
        }
        scheduler.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        for (final Thread thread : threads) {
            thread.join(PATIENCE.toMillis());
        }
    }

    @Override
    public void close() {
        nannies.parallelStream().forEach(Nanny::close);
        scheduler.destroyForcibly();
        PrivateFiles.deleteRecursively(memory);
    }

    private Settings settings(final Settings given) {
        return given.with(Options.SCHEDULER_FILE, schedulerFile.toString())
                .with(Options.SCHEDULER_HOST, "127.0.0.1")
                .with(Options.PROCESS_PARENT_WATCH, true);
    }

    private Map<String, String> environment() {
        return Map.of("XDG_RUNTIME_DIR", memory.toString());
    }

    private void startWorker(final String name, final Settings settings) {
        final Path own = PrivateFiles.createPrivateDirectory(memory, name + "-");
        final List<String> arguments = settings.with(Options.WORKER_NAME, name)
                .with(Options.WORKER_THREADS, 2)
                .with(Options.WORKER_INLINE_RESULT, io.muster.MemorySize.parse("128B"))
                .with(Options.WORKER_NANNY, true)
                .with(Options.WORKER_LOCAL_DIRECTORY, own.toString())
                .with(Options.PROCESS_SPILL_DIRECTORY, directory.toString())
                .toArguments();
        final Nanny nanny = new Nanny(
                NannySettings.of(own)
                        .withLog(directory.resolve(name + ".log"))
                        .withEnvironment(environment())
                        .withDrainTimeout(Duration.ofSeconds(5))
                        .withBackOff(Duration.ofMillis(50), Duration.ofMillis(50)),
                () -> JavaCommand.command("io.muster.worker.WorkerMain", SMALL, arguments),
                death -> {});
        final Thread thread = new Thread(
                () -> {
                    try {
                        nanny.run();
                    } catch (final InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } finally {
                        PrivateFiles.deleteRecursively(own);
                    }
                },
                "nanny-" + name);
        thread.setDaemon(true);
        thread.start();
        nannies.add(nanny);
        threads.add(thread);
    }

    private boolean isOurs(final Path process) {
        try {
            return new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.UTF_8)
                    .contains(memory.toString());
        } catch (final IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static String log(final Path file) {
        try {
            return "--- " + file.getFileName() + "\n" + Files.readString(file);
        } catch (final IOException e) {
            return e.toString();
        }
    }
}
