package io.muster.bench;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.config.TransportChoice;
import io.muster.security.PrivateFiles;
import io.muster.security.SchedulerFile;
import io.muster.worker.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A scheduler's process and one that plays all of its workers; they end with this JVM at the latest. */
final class ZeroCluster implements AutoCloseable {
    /** How many sessions the workers share at most, as the processes of a node share its Aeron driver. */
    static final int SESSIONS = 24;

    private static final Duration START = Duration.ofSeconds(30);
    private static final String SCHEDULER_MAIN = "io.muster.scheduler.SchedulerMain";

    private final Path directory = PrivateFiles.runtimeDirectory();
    private final Path schedulerFile = directory.resolve("scheduler.json");
    private final Deque<Process> processes = new ArrayDeque<>();
    private long schedulerPid;
    private long workersPid;

    private ZeroCluster() {}

    static ZeroCluster start() throws IOException {
        final ZeroCluster cluster = new ZeroCluster();
        try {
            cluster.launch(
                    SCHEDULER_MAIN,
                    Settings.load()
                            .with(Options.SCHEDULER_FILE, cluster.schedulerFile.toString())
                            .with(Options.SCHEDULER_HOST, ZeroWorkers.HOST)
                            .with(Options.TRANSPORT, TransportChoice.AERON)
                            .with(Options.PROCESS_PARENT_WATCH, true)
                            .toArguments());
            cluster.schedulerPid =
                    SchedulerFile.await(cluster.schedulerFile, START).pid();
            return cluster;
        } catch (final IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Each with a session of its own up to {@link #SESSIONS}. Returns at once; the scheduler tells its clients when they are there. */
    void startWorkers(final int count) throws IOException {
        final String sessions = Integer.toString(Math.min(count, SESSIONS));
        launch(ZeroWorkers.class.getName(), List.of(schedulerFile.toString(), Integer.toString(count), sessions));
        workersPid = processes.element().pid();
    }

    Path schedulerFile() {
        return schedulerFile;
    }

    long schedulerPid() {
        return schedulerPid;
    }

    /** The process that plays the workers. */
    long workersPid() {
        return workersPid;
    }

    /** What the processes said, each line after a line break. */
    String logs() throws IOException {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < processes.size(); i++) {
            Files.readAllLines(log(i)).forEach(line -> text.append('\n').append(line));
        }
        return text.toString();
    }

    @Override
    public void close() {
        boolean interrupted = false;
        while (!processes.isEmpty()) {
            final Process process = processes.pop();
            process.destroy();
            try {
                if (!interrupted && process.waitFor(5, TimeUnit.SECONDS)) {
                    continue;
                }
            } catch (final InterruptedException e) {
                interrupted = true;
            }
            process.destroyForcibly();
        }
        PrivateFiles.deleteRecursively(directory);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void launch(final String mainClass, final List<String> arguments) throws IOException {
        processes.push(new ProcessBuilder(JavaCommand.command(mainClass, arguments))
                .redirectErrorStream(true)
                .redirectOutput(log(processes.size()).toFile())
                .start());
    }

    private Path log(final int number) {
        return directory.resolve(number + ".log");
    }
}
