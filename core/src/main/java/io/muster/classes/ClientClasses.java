package io.muster.classes;

import io.muster.classes.ResourceAnswer.Status;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The classes of the clients whose tasks a worker runs: a class loader for each client, and the questions that these have.
 *
 * <p>A thread that needs a class waits until the question is answered, also when it is interrupted, and when the session with the scheduler
 * is lost and comes back; the scheduler answers in any case, as it knows of clients that are gone.
 */
public final class ClientClasses implements AutoCloseable {
    private final ClassLoader own;
    private final Consumer<ResourceQuestion> asker;
    private final Map<Integer, ClientClassLoader> loaders = new ConcurrentHashMap<>();
    private final Map<Long, Asked> asked = new LinkedHashMap<>();
    private long lastRequest;
    private boolean closed;

    private record Asked(ResourceQuestion question, CompletableFuture<ResourceAnswer> answer) {}

    /**
     * The classes of no client yet.
     *
     * @param own the worker's own
     * @param asker sends a question to the scheduler, or drops it where there is no session
     */
    public ClientClasses(final ClassLoader own, final Consumer<ResourceQuestion> asker) {
        this.own = own;
        this.asker = asker;
    }

    /**
     * The class loader for what belongs to a client.
     *
     * @param client the client's number
     * @return always the same until it is forgotten
     */
    public ClassLoader of(final int client) {
        return loaders.computeIfAbsent(client, number -> new ClientClassLoader(own, path -> ask(number, path)));
    }

    /**
     * Lets go of a client's classes, as nothing of it is left.
     *
     * @param client the client's number
     */
    public void forget(final int client) {
        loaders.remove(client);
    }

    /**
     * The questions that have no answer; they are to be asked again in a new session.
     *
     * @return a copy
     */
    public synchronized List<ResourceQuestion> open() {
        return asked.values().stream().map(Asked::question).toList();
    }

    /**
     * Takes an answer; one to no open question is dropped.
     *
     * @param answer the answer
     */
    public void answered(final ResourceAnswer answer) {
        final Asked one;
        synchronized (this) {
            one = asked.remove(answer.requestId());
        }
        if (one != null) {
            one.answer().complete(answer);
        }
    }

    /** Ends all waiting: the classes that are asked for are not to be had. */
    @Override
    public void close() {
        final List<Asked> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(asked.values());
            asked.clear();
        }
        left.forEach(one -> one.answer().complete(gone(one.question().requestId())));
    }

    private ResourceAnswer ask(final int client, final String path) {
        final Asked one;
        synchronized (this) {
            final long requestId = ++lastRequest;
            if (closed) {
                return gone(requestId);
            }
            one = new Asked(new ResourceQuestion(requestId, client, path), new CompletableFuture<>());
            asked.put(requestId, one);
        }
        asker.accept(one.question());
        return one.answer().join();
    }

    private static ResourceAnswer gone(final long requestId) {
        return ResourceAnswer.without(requestId, Status.GONE);
    }
}
