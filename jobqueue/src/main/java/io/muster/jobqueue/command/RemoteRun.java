package io.muster.jobqueue.command;

import io.muster.jobqueue.command.CommandException.Cause;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One run of a command through a link, from the line to the exit code. */
final class RemoteRun {
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final String where;
    private final Command command;
    private final RemoteScript script;
    private final MarkedStream output;
    private final MarkedStream errors;
    private final long deadlineNs;
    private volatile boolean sent;

    RemoteRun(
            final String where,
            final Command command,
            final long deadlineNs,
            final OutputStream output,
            final OutputStream errors) {
        this.where = where;
        this.command = command;
        this.deadlineNs = deadlineNs;
        this.script = new RemoteScript(command);
        this.output = new MarkedStream(script.mark(), output);
        this.errors = new MarkedStream(script.mark(), errors);
    }

    /**
     * Runs the command and waits for its end.
     *
     * @return its exit code
     * @throws NotStartedException if the command certainly did not start, for want of a connection
     * @throws CommandException if it could not be run, did not end in time, or was cut off
     */
    int run(final SshLink link) throws NotStartedException {
        try (SshLink.Channel channel = link.run(script.line(), output, errors)) {
            if (await(output.first()).equals(MarkedStream.LOST)) {
                throw new NotStartedException(preface(), null);
            }
            LocalProcess.daemon("in", () -> feed(channel.input()));
            final String end = await(output.second());
            if (!end.equals(MarkedStream.LOST)) {
                errors.second()
                        .completeOnTimeout(end, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)
                        .join();
                return exitCode(end);
            }
        }
        if (!sent) {
            throw new NotStartedException("the connection was lost", null);
        }
        throw new CommandException(
                Cause.UNREACHABLE,
                "the connection to " + where + " was lost while '" + command
                        + "' ran; the login node kills it once it notices, but what it was to do may have happened",
                null);
    }

    private void feed(final OutputStream input) {
        final byte[] all = script.input();
        final int start = script.startsAfter();
        try {
            input.write(all, 0, start - 1);
            sent = true;
            input.write(all, start - 1, all.length - start + 1);
            input.flush();
        } catch (final IOException e) {
            output.close();
        }
    }

    private String await(final CompletableFuture<String> word) {
        try {
            return word.get(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (final TimeoutException e) {
            throw new CommandException(Cause.TIMED_OUT, timedOut(), e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(Cause.FAILED, LocalProcess.interrupted(command.words()), e);
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private String timedOut() {
        return output.first().isDone()
                ? where + ": " + LocalProcess.timedOut(command.words(), command.timeout())
                : "'" + command + "' did not start on " + where + " within timeout=" + command.timeout()
                        + ", as the login shell was still busy with its start-up files; look into them";
    }

    private int exitCode(final String end) {
        return switch (end) {
            case RemoteScript.NO_PROGRAM ->
                throw new CommandException(
                        Cause.NOT_FOUND, NotFound.message(command.words().get(0), "PATH of " + where), null);
            case RemoteScript.NO_DIRECTORY ->
                throw new CommandException(
                        Cause.FAILED,
                        "directory=" + command.directory() + " must exist on " + where + " for '" + command
                                + "' to run in it",
                        null);
            default -> Integer.parseInt(end);
        };
    }

    private String preface() {
        final String said = (errors.preface() + output.preface()).strip();
        return said.isEmpty() ? "the login shell ended at once" : "the login shell said: " + said;
    }
}
