package io.muster.worker;

import io.muster.MusterException;
import io.muster.config.DurationText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after one worker process: starts it, starts it again when it died, tells the next one how the last one ended
 * and what it was running, and passes the wish to end on as a drain.
 *
 * <p>The process's exit code says what to do: {@link #EXIT_DONE}, or {@link #EXIT_USAGE} to {@link #EXIT_USAGE_LAST},
 * and it is not started again; {@link #EXIT_RESTART}, and another follows at once; anything else, and another follows
 * after a back-off, unless the job is about to end. Its standard input is a pipe that ends with the nanny, see {@link ParentWatch}.
 */
public final class Nanny implements AutoCloseable {
    /** The worker has done what it was for. */
    public static final int EXIT_DONE = 0;

    /** The worker asks to be followed by a fresh process. */
    public static final int EXIT_RESTART = 10;

    /** The worker's heap was full when it had to do its own work. */
    public static final int EXIT_OUT_OF_MEMORY = 11;

    /** The first of the exit codes that say that the command is wrong, so that no repetition helps. */
    public static final int EXIT_USAGE = 64;

    /** The last of the exit codes that say that the command is wrong. */
    public static final int EXIT_USAGE_LAST = 78;

    private static final long KILL_SECONDS = 5;

    private final NannySettings settings;
    private final Supplier<List<String>> command;
    private final Consumer<WorkerDeath> onDeath;
    private final CgroupKills kills = CgroupKills.ofThisProcess();
    private final Object lock = new Object();
    private @Nullable Process process;
    private boolean ending;

    /**
     * Makes a nanny; {@link #run} starts the worker.
     *
     * @param settings how to treat the process
     * @param command the command line of each process; what is said of its predecessor is added at its end: {@code
     *     --last-death text}, {@code --last-worker number}, {@code --last-runs id,id}, each only where known
     * @param onDeath told of each process that ended
     */
    public Nanny(
            final NannySettings settings, final Supplier<List<String>> command, final Consumer<WorkerDeath> onDeath) {
        this.settings = settings;
        this.command = command;
        this.onDeath = onDeath;
    }

    /**
     * Starts the worker and looks after it until it is done, or {@link #close} is called, or this JVM is asked to end.
     *
     * @return the exit code of the last process
     * @throws InterruptedException if interrupted; the worker is ended first
     * @throws MusterException if the command can't be started
     */
    public int run() throws InterruptedException {
        final Thread hook = new Thread(null, this::close, "muster-nanny-shutdown", 0, false);
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return supervise();
        } catch (final InterruptedException e) {
            close();
            throw e;
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (final IllegalStateException e) {
                log().debug("the JVM ends already", e);
            }
        }
    }

    /**
     * The process id of the worker.
     *
     * @return the id; -1 while none runs
     */
    public long pid() {
        synchronized (lock) {
            return process == null || !process.isAlive() ? -1 : process.pid();
        }
    }

    /**
     * Ends the worker: asks it to drain (SIGTERM), and after the drain timeout kills it. Starts no other. Returns when
     * it is gone.
     */
    @Override
    public void close() {
        final Process current;
        final boolean first;
        synchronized (lock) {
            first = !ending;
            ending = true;
            lock.notifyAll();
            current = process;
        }
        if (current == null) {
            return;
        }
        if (first && current.isAlive()) {
            log().info(
                            "nanny pid={} asks worker pid={} to leave within {}",
                            ProcessHandle.current().pid(),
                            current.pid(),
                            DurationText.format(settings.drainTimeout()));
        }
        current.toHandle().destroy();
        boolean interrupted = false;
        try {
            if (!current.waitFor(settings.drainTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                log().warn(
                                "worker pid={} did not end within drainTimeout={}; it is killed",
                                current.pid(),
                                DurationText.format(settings.drainTimeout()));
                current.destroyForcibly().waitFor(KILL_SECONDS, TimeUnit.SECONDS);
            }
        } catch (final InterruptedException e) {
            current.destroyForcibly();
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private int supervise() throws InterruptedException {
        List<String> lastWords = List.of();
        Duration backOff = settings.firstBackOff();
        while (true) {
            NannyFiles.clear(settings.directory());
            final long killsBefore = kills.count();
            final long startNs = System.nanoTime();
            final Process started = start(lastWords);
            if (started == null) {
                return EXIT_DONE;
            }
            final MemoryWatch watch = MemoryWatch.start(started, settings.terminateRule());
            final int exitCode = started.waitFor();
            final WorkerDeath death = death(exitCode, System.nanoTime() - startNs, killsBefore, watch.reason());
            onDeath.accept(death);
            if (isFinal(exitCode)) {
                log().info("worker pid={} ended: {}; no other follows", started.pid(), death.text());
                return exitCode;
            }
            if (settings.lifetime().leaveInNs(System.nanoTime()) == 0) {
                log().warn(
                                "worker pid={} ended: {}; no other follows, as its job is about to end",
                                started.pid(),
                                death.text());
                return exitCode;
            }
            if (exitCode == EXIT_RESTART) {
                lastWords = List.of();
                backOff = settings.firstBackOff();
                continue;
            }
            lastWords = death.arguments();
            backOff = death.lifeNs() >= settings.resetAfter().toNanos() ? settings.firstBackOff() : backOff;
            log().warn(
                            "worker pid={} ended: {}; another starts in {}",
                            started.pid(),
                            death.text(),
                            DurationText.format(backOff));
            if (endingWithin(backOff)) {
                return exitCode;
            }
            backOff = min(backOff.multipliedBy(2), settings.maxBackOff());
        }
    }

    private @Nullable Process start(final List<String> lastWords) {
        final List<String> line = new ArrayList<>(command.get());
        line.addAll(lastWords);
        final ProcessBuilder builder = new ProcessBuilder(line).redirectInput(ProcessBuilder.Redirect.PIPE);
        builder.environment().putAll(settings.environment());
        final Path log = settings.log();
        final String prefix = settings.prefix();
        if (log != null) {
            builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        } else if (prefix == null) {
            builder.redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT);
        }
        synchronized (lock) {
            if (ending) {
                return null;
            }
            try {
                process = builder.start();
            } catch (final IOException e) {
                throw new MusterException("can't start the worker: " + e.getMessage() + "; command=" + line.get(0), e);
            }
            log().info(
                            "nanny pid={} started worker pid={}{}",
                            ProcessHandle.current().pid(),
                            process.pid(),
                            lastWords.isEmpty() ? "" : ", as the one before ended: " + lastWords.get(1));
            if (log == null && prefix != null) {
                pump(process.inputReader(StandardCharsets.UTF_8), System.out, prefix);
                pump(process.errorReader(StandardCharsets.UTF_8), System.err, prefix);
            }
            return process;
        }
    }

    private WorkerDeath death(final int exitCode, final long lifeNs, final long killsBefore, final String reason) {
        final boolean outOfMemory = exitCode != EXIT_DONE && kills.count() > killsBefore;
        return WorkerDeath.of(
                exitCode,
                outOfMemory,
                lifeNs,
                NannyFiles.readSession(settings.directory()),
                RunRecorder.read(NannyFiles.runs(settings.directory())),
                reason);
    }

    private boolean isFinal(final int exitCode) {
        synchronized (lock) {
            return ending || exitCode == EXIT_DONE || exitCode >= EXIT_USAGE && exitCode <= EXIT_USAGE_LAST;
        }
    }

    private boolean endingWithin(final Duration time) throws InterruptedException {
        final long deadlineNs = System.nanoTime() + time.toNanos();
        synchronized (lock) {
            while (!ending) {
                final long leftNs = deadlineNs - System.nanoTime();
                if (leftNs <= 0) {
                    return false;
                }
                lock.wait(leftNs / 1_000_000 + 1);
            }
            return true;
        }
    }

    private static Duration min(final Duration first, final Duration second) {
        return first.compareTo(second) <= 0 ? first : second;
    }

    private static void pump(final BufferedReader from, final PrintStream to, final String prefix) {
        final Thread thread = new Thread(
                null,
                () -> {
                    try (from) {
                        for (String line = from.readLine(); line != null; line = from.readLine()) {
                            to.println(prefix + line);
                        }
                    } catch (final IOException e) {
                        log().debug("the worker's output ended", e);
                    }
                },
                "muster-nanny-output",
                0,
                false);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Not before there is something to say: to set up the log takes a while, in which the worker starts. Whoever comes while another
     * thread sets it up waits for that, by the lock that it holds.
     */
    private static Logger log() {
        synchronized (LoggerFactory.class) {
            return LoggerFactory.getLogger(Nanny.class);
        }
    }
}
