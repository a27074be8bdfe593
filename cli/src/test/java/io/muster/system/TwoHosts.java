package io.muster.system;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.security.PrivateFiles;
import io.muster.worker.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Two network namespaces with a cable between them: a scheduler and the worker "near" in the one, the worker "far" in
 * the other. Needs root and {@code ip}; closing it leaves nothing behind.
 */
final class TwoHosts implements AutoCloseable {
    private static final List<String> SMALL = List.of("-Xmx768m", "-XX:TieredStopAtLevel=1");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path directory;
    private final Path schedulerFile;
    private final Cable cable;
    private final List<String> flags;
    private final List<Process> processes = new ArrayList<>();

    private TwoHosts(final Path directory, final Cable cable, final List<String> flags) {
        this.directory = directory;
        this.flags = new ArrayList<>(SMALL);
        this.flags.addAll(flags);
        this.schedulerFile = directory.resolve("scheduler.json");
        this.cable = cable;
    }

    /**
     * Starts all of it.
     *
     * @param directory private, for its files; deleted at the end
     * @param cable between the hosts; taken away at the end
     * @param flags further flags of all JVMs
     */
    static TwoHosts start(final Path directory, final Cable cable, final String... flags) throws IOException {
        final TwoHosts hosts = new TwoHosts(directory, cable, List.of(flags));
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(cable::close, "cable-remover"));
            final Settings settings = Settings.defaults()
                    .with(Options.SCHEDULER_FILE, hosts.schedulerFile.toString())
                    .with(Options.SCHEDULER_LEASE, Duration.ofSeconds(2))
                    .with(Options.WORKER_FENCE, Duration.ofSeconds(1))
                    .with(Options.SESSION_HEARTBEAT, Duration.ofMillis(200))
                    .with(Options.PROCESS_PARENT_WATCH, true);
            hosts.start(
                    cable.near(),
                    "scheduler",
                    "io.muster.scheduler.SchedulerMain",
                    settings.with(Options.SCHEDULER_HOST, Cable.NEAR_ADDRESS).toArguments());
            final Settings worker = settings.with(Options.WORKER_THREADS, 2).with(Options.WORKER_NANNY, false);
            hosts.startWorker(cable.near(), worker.with(Options.WORKER_NAME, "near"));
            hosts.startWorker(cable.far(), worker.with(Options.WORKER_NAME, "far"));
            return hosts;
        } catch (final IOException | RuntimeException e) {
            hosts.close();
            throw e;
        }
    }

    /** Plays a scene of {@link TwoHostsScenes} in a process on the near host, where the client is. */
    void play(final String scene) throws IOException, InterruptedException {
        final Path scratch = PrivateFiles.ensurePrivateDirectory(directory.resolve(scene));
        final Process client = start(
                cable.near(),
                scene,
                TwoHostsScenes.class.getName(),
                List.of(
                        scene,
                        schedulerFile.toString(),
                        scratch.toString(),
                        cable.near(),
                        cable.far(),
                        directory.resolve("far").toString()));
        if (!client.waitFor(60, TimeUnit.SECONDS) || client.exitValue() != 0) {
            throw new AssertionError("scene " + scene + " went wrong\n" + logs());
        }
    }

    /** What a process has written. */
    String log(final String name) throws IOException {
        return Files.readString(logFile(name));
    }

    @Override
    public void close() throws IOException {
        try {
            processes.forEach(Process::destroy);
            for (final Process process : processes) {
                if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            }
        } catch (final InterruptedException e) {
            processes.forEach(Process::destroyForcibly);
            Thread.currentThread().interrupt();
        } finally {
            cable.close();
            PrivateFiles.deleteRecursively(directory);
        }
    }

    private void startWorker(final String host, final Settings settings) throws IOException {
        start(host, settings.get(Options.WORKER_NAME), "io.muster.worker.WorkerMain", settings.toArguments());
    }

    private Process start(final String host, final String name, final String mainClass, final List<String> arguments)
            throws IOException {
        final ProcessBuilder builder = new ProcessBuilder(
                        Cable.inHost(host, JavaCommand.command(mainClass, flags, arguments)))
                .redirectErrorStream(true)
                .redirectOutput(logFile(name).toFile());
        builder.environment()
                .put(
                        "XDG_RUNTIME_DIR",
                        PrivateFiles.ensurePrivateDirectory(directory.resolve(name))
                                .toString());
        final Process process = builder.start();
        processes.add(process);
        return process;
    }

    private Path logFile(final String name) {
        return directory.resolve(name + ".log");
    }

    private String logs() throws IOException {
        final StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.list(directory)) {
            for (final Path file : files.filter(path -> path.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                text.append("--- ").append(file.getFileName()).append('\n').append(Files.readString(file));
            }
        }
        return text.toString();
    }
}
