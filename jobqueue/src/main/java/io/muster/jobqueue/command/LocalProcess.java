package io.muster.jobqueue.command;

import io.muster.jobqueue.command.CommandException.Cause;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A process on this host, in this process's environment but with messages in English. Its streams are read by threads
 * of their own, so that it never waits for its reader.
 */
final class LocalProcess {
    private static final Map<String, String> ENGLISH = Map.of("LC_MESSAGES", "C", "LC_TIME", "C", "LC_NUMERIC", "C");
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final Duration DEATH = Duration.ofSeconds(2);

    private final List<String> words;
    private final Process process;
    private final Thread output;
    private final Thread errors;

    private LocalProcess(
            final List<String> words, final Process process, final OutputStream output, final OutputStream errors) {
        this.words = words;
        this.process = process;
        this.output = daemon("out", () -> pump(process.getInputStream(), output));
        this.errors = daemon("err", () -> pump(process.getErrorStream(), errors));
    }

    /**
     * Starts one. Each stream is closed when nobody can write to it any more.
     *
     * @throws CommandException if it can't be started
     */
    static LocalProcess start(
            final List<String> words,
            final @Nullable String directory,
            final OutputStream output,
            final OutputStream errors) {
        checkEncodable(words);
        final ProcessBuilder builder = new ProcessBuilder(words);
        speakEnglish(builder.environment());
        if (directory != null) {
            builder.directory(new File(directory));
        }
        try {
            return new LocalProcess(words, builder.start(), output, errors);
        } catch (final IOException e) {
            throw notStarted(words.get(0), directory, e);
        }
    }

    /**
     * Writes all of the input, in a thread of its own, and then ends it; a program that does not read it is not
     * bothered.
     */
    void feed(final byte[] input) {
        if (input.length == 0) {
            closeQuietly(process.getOutputStream());
            return;
        }
        daemon("in", () -> {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input);
            } catch (final IOException e) {
                closeQuietly(process.getOutputStream());
            }
        });
    }

    /** What the process reads. */
    OutputStream input() {
        return process.getOutputStream();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits for the end of the process, and for what it wrote.
     *
     * @return its exit code; 128 + n if signal n ended it
     * @throws CommandException if it took too long, or this thread was interrupted; then it is killed
     */
    int await(final Duration timeout) {
        try {
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                kill();
                throw new CommandException(Cause.TIMED_OUT, timedOut(words, timeout), null);
            }
            output.join(LAST_WORDS.toMillis());
            errors.join(LAST_WORDS.toMillis());
            return process.exitValue();
        } catch (final InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
            throw new CommandException(Cause.FAILED, interrupted(words), e);
        }
    }

    /** Kills the process and all that it started and that did not cut itself loose. */
    void kill() {
        killTree(process.toHandle());
        closeQuietly(process.getOutputStream());
        try {
            process.waitFor(DEATH.toNanos(), TimeUnit.NANOSECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static String timedOut(final List<String> words, final Duration timeout) {
        return "'" + String.join(" ", words) + "' did not end within timeout=" + timeout
                + " and was killed; what it was to do may have happened. Raise the timeout if the batch system is slow";
    }

    static String interrupted(final List<String> words) {
        return "'" + String.join(" ", words) + "' was killed, as the thread that waited for it was interrupted";
    }

    static Thread daemon(final String role, final Runnable task) {
        final Thread thread = new Thread(task, "muster-command-" + role);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    static void closeQuietly(final AutoCloseable resource) {
        try {
            resource.close();
        } catch (final Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void killTree(final ProcessHandle handle) {
        final List<ProcessHandle> descendants = handle.descendants().toList();
        handle.destroyForcibly();
        descendants.forEach(LocalProcess::killTree);
    }

    private static void pump(final InputStream from, final OutputStream to) {
        try (from;
                to) {
            from.transferTo(to);
        } catch (final IOException e) {
            closeQuietly(to);
        }
    }

    private static void checkEncodable(final List<String> words) {
        final Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        for (final String word : words) {
            if (charset.canEncode() && !charset.newEncoder().canEncode(word)) {
                throw new CommandException(
                        Cause.FAILED,
                        "argument='" + word + "' of " + words.get(0) + " can't be written in this program's locale, "
                                + charset + "; start it with a UTF-8 locale, such as LC_ALL=C.UTF-8",
                        null);
            }
        }
    }

    private static CommandException notStarted(
            final String program, final @Nullable String directory, final IOException e) {
        if (directory != null && !new File(directory).isDirectory()) {
            return new CommandException(
                    Cause.FAILED, "directory=" + directory + " must exist for " + program + " to run in it", e);
        }
        if (program.indexOf(File.separatorChar) >= 0 && !new File(program).exists()) {
            return new CommandException(Cause.NOT_FOUND, "program=" + program + " must exist; check the path", e);
        }
        if (program.indexOf(File.separatorChar) < 0 && !isOnPath(program)) {
            return new CommandException(Cause.NOT_FOUND, NotFound.message(program, "PATH=" + System.getenv("PATH")), e);
        }
        return new CommandException(Cause.FAILED, program + " can't be started: " + e.getMessage(), e);
    }

    /** Messages in English, but characters as before: batch systems pass the environment on to jobs. */
    private static void speakEnglish(final Map<String, String> environment) {
        final String all = environment.remove("LC_ALL");
        if (all != null && !all.isEmpty()) {
            environment.put("LC_CTYPE", all);
        }
        environment.remove("LANGUAGE");
        environment.putAll(ENGLISH);
    }

    private static boolean isOnPath(final String program) {
        final String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator)).anyMatch(folder -> new File(folder, program).canExecute());
    }
}
