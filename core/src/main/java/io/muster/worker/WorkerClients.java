package io.muster.worker;

import io.muster.Client;
import io.muster.MusterException;
import io.muster.scheduler.ClientLink;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The clients that a worker has for its tasks, one for the tasks of each client, whose classes it offers: opened when the first of these
 * tasks asks for it, closed when nothing of their client is left, or with the worker.
 */
final class WorkerClients implements AutoCloseable {
    private final Map<Integer, Client> clients = new HashMap<>();
    private @Nullable Supplier<? extends ClientLink> links;
    private boolean closed;

    synchronized void links(final Supplier<? extends ClientLink> source) {
        links = source;
    }

    /** The client for tasks of a client; a new one if the session of the one before is over. */
    synchronized Client get(final int number) {
        Client current = clients.get(number);
        if (current == null || current.isOver()) {
            if (closed || links == null) {
                throw new MusterException(
                        closed ? "the worker is closed" : "this worker was started without a way to its scheduler");
            }
            current = Client.ofWorker(links.get());
            clients.put(number, current);
        }
        return current;
    }

    /** Closes, on a thread of its own, the one for tasks of a client of which nothing is left. */
    synchronized void forget(final int number) {
        final Client over = clients.remove(number);
        if (over != null) {
            final Thread thread = new Thread(over::end, "muster-end-of-client-" + number);
            thread.setDaemon(true);
            thread.start();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        clients.values().forEach(Client::end);
        clients.clear();
    }
}
