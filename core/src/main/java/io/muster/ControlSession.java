package io.muster;

import io.muster.scheduler.ClientRequests;
import io.muster.scheduler.ControlEvents;
import io.muster.scheduler.RemoteClientLink;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One session of a {@link ClusterControl}: requests and their answers, until it is over. */
final class ControlSession implements ControlEvents, AutoCloseable {
    private static final int MAX_SHOWN = 100;

    private final RemoteClientLink link;
    private final CompletableFuture<String> over = new CompletableFuture<>();
    private final Map<Long, CompletableFuture<@Nullable String>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong lastRequest = new AtomicLong();
    private final ClientRequests requests;

    ControlSession(final RemoteClientLink link) {
        this.link = link;
        this.requests = link.open(this);
    }

    int clientNumber() {
        return requests.clientNumber();
    }

    boolean isOver() {
        return over.isDone();
    }

    boolean isDismissed() {
        return link.isDismissed();
    }

    /** Waits until the session is over, and tells why. */
    String awaitEnd() throws InterruptedException {
        try {
            return over.get();
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Asks and waits; null if the session is over before the answer. */
    @Nullable
    String ask(final String json, final long deadlineNs, final Duration timeout) {
        final long requestId = lastRequest.incrementAndGet();
        final CompletableFuture<@Nullable String> answer = new CompletableFuture<>();
        waiting.put(requestId, answer);
        try {
            if (isOver()) {
                return null;
            }
            requests.manage(requestId, json);
            return answer.get(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (final InterruptedException e) {
            throw Waiting.interrupted("the answer to request=" + shown(json));
        } catch (final TimeoutException e) {
            throw new WaitTimeoutException("the cluster's manager did not answer within " + Waiting.text(timeout)
                    + ": request=" + shown(json));
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            waiting.remove(requestId);
        }
    }

    private static String shown(final String json) {
        return json.length() <= MAX_SHOWN ? json : json.substring(0, MAX_SHOWN) + "…";
    }

    @Override
    public void close() {
        link.close();
    }

    @Override
    public void infoReply(final long requestId, final String json) {
        final CompletableFuture<@Nullable String> answer = waiting.remove(requestId);
        if (answer != null) {
            answer.complete(json);
        }
    }

    @Override
    public void disconnected(final String reason) {
        over.complete(reason);
        waiting.values().forEach(answer -> answer.complete(null));
    }
}
