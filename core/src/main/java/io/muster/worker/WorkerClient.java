package io.muster.worker;

import io.muster.Client;
import io.muster.MusterException;
import io.muster.scheduler.ClientLink;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The client that a worker has for its tasks: opened when the first of them asks for it, closed with the worker. */
final class WorkerClient implements AutoCloseable {
    private @Nullable Supplier<? extends ClientLink> links;
    private @Nullable Client client;
    private boolean closed;

    synchronized void links(final Supplier<? extends ClientLink> source) {
        links = source;
    }

    /** The client, a new one if the session of the one before is over. */
    synchronized Client get() {
        Client current = client;
        if (current == null || current.isOver()) {
            if (closed || links == null) {
                throw new MusterException(
                        closed ? "the worker is closed" : "this worker was started without a way to its scheduler");
            }
            current = Client.ofWorker(links.get());
            client = current;
        }
        return current;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.end();
        }
    }
}
