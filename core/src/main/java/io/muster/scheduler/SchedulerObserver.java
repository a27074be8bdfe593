package io.muster.scheduler;

import io.muster.MusterException;
import io.muster.SchedulerLostException;
import io.muster.WaitTimeoutException;
import io.muster.config.Json;
import io.muster.transport.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a scheduler in another process how it is; answered also when the scheduler's own thread is stuck. */
public final class SchedulerObserver implements ControlEvents, AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final RemoteClientLink link;
    private final ClientRequests requests;
    private final CompletableFuture<String> check = new CompletableFuture<>();
    private final CompletableFuture<String> dump = new CompletableFuture<>();

    SchedulerObserver(final RemoteClientLink link) {
        this.link = link;
        this.requests = link.open(this);
    }

    /**
     * Connects to the scheduler that wrote a scheduler file.
     *
     * @param schedulerFile the file
     * @param timeout how long to wait for the file and the scheduler
     * @return the observer
     * @throws MusterException if there is no way to that scheduler
     */
    public static SchedulerObserver connect(final Path schedulerFile, final Duration timeout) {
        return new SchedulerObserver(RemoteClientLink.connectObserver(schedulerFile, timeout, Route.DIRECT));
    }

    /**
     * Whether something makes no progress. Once.
     *
     * @return a JSON object with {@code ok} and {@code findings}
     * @throws MusterException if there is no answer within a minute
     */
    public String check() {
        requests.manage(1, Observers.CHECK);
        return answer(check);
    }

    /**
     * Has a dump made. Once.
     *
     * @return the contents of the file, see {@link Dump}
     * @throws MusterException if there is no answer within a minute
     */
    public byte[] dump() {
        requests.manage(2, Observers.DUMP);
        final Object answer = Json.parse(answer(dump));
        if (answer instanceof Map<?, ?> members && members.get(Observers.DUMP) instanceof String encoded) {
            return Base64.getDecoder().decode(encoded);
        }
        throw new MusterException("the scheduler can't make a dump: "
                + (answer instanceof Map<?, ?> members ? members.get("error") : answer));
    }

    @Override
    public void close() {
        link.close();
    }

    @Override
    public void infoReply(final long requestId, final String json) {
        (requestId == 1 ? check : dump).complete(json);
    }

    @Override
    public void disconnected(final String reason) {
        final SchedulerLostException lost = new SchedulerLostException(reason);
        check.completeExceptionally(lost);
        dump.completeExceptionally(lost);
    }

    private static String answer(final CompletableFuture<String> answer) {
        try {
            return answer.get(ANSWER.toNanos(), TimeUnit.NANOSECONDS);
        } catch (final TimeoutException e) {
            throw new WaitTimeoutException("the scheduler's process did not answer within " + ANSWER.toSeconds()
                    + " s; jstack PID, on its host, shows what it does");
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MusterException("interrupted while waiting for the scheduler's answer");
        } catch (final ExecutionException e) {
            final String reason =
                    e.getCause() instanceof SchedulerLostException lost ? lost.getMessage() : e.getMessage();
            throw new MusterException("the session ended before the answer: " + reason, e);
        }
    }
}
