package io.muster.data;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** Knows the open connections of one side: closes those that were idle for too long, and all of them at the end. */
final class ConnectionGuard implements AutoCloseable {
    private static final long INTERVAL_NS = 250_000_000;
    private static final int MAX_SHARING = 16;

    private final Set<BulkConnection> connections = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private final Set<BulkConnection> sharing = new HashSet<>();
    private volatile boolean closed;

    ConnectionGuard(final String threadName) {
        thread = new Thread(null, this::watch, threadName, 0, false);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void add(final BulkConnection connection) {
        connections.add(connection);
        LockSupport.unpark(thread);
        if (closed) {
            connection.abort();
        }
    }

    synchronized void remove(final BulkConnection connection) {
        connections.remove(connection);
        sharing.remove(connection);
    }

    /** Whether this connection may share memory with its peer, until it is removed. */
    synchronized boolean mayShare(final BulkConnection connection) {
        return sharing.size() < MAX_SHARING && connections.contains(connection) && sharing.add(connection);
    }

    int size() {
        return connections.size();
    }

    /** Aborts every connection. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        connections.forEach(BulkConnection::abort);
    }

    private void watch() {
        while (!closed) {
            if (connections.isEmpty()) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, INTERVAL_NS);
            }
            final long nowNs = System.nanoTime();
            for (final BulkConnection connection : connections) {
                if (connection.isOverdue(nowNs)) {
                    connection.abort();
                }
            }
        }
    }
}
