package io.muster.dashboard;

import java.util.concurrent.Executor;

/** An answer that goes on as long as the page is open; from any thread. */
final class EventStream {
    /** A reader that has so much to take gets nothing more until it has taken it. */
    private static final int MAX_PENDING_BYTES = 1 << 20;

    private final Executor serverThread;
    private final Connection connection;
    private final WebServer server;

    EventStream(final Executor serverThread, final Connection connection, final WebServer server) {
        this.serverThread = serverThread;
        this.connection = connection;
        this.server = server;
    }

    void begin(final boolean isChunked, final Runnable onEnd) {
        if (!connection.isOpen()) {
            onEnd.run();
            return;
        }
        connection.onEnd = onEnd;
        connection.beginStream(isChunked);
        server.write(connection);
    }

    /** Sends events; the bytes are shared, not copied. A reader that is too slow misses them. */
    void send(final byte[] events) {
        serverThread.execute(() -> {
            if (connection.isOpen() && connection.pendingBytes() <= MAX_PENDING_BYTES) {
                if (connection.pendingBytes() == 0) {
                    server.expectReading(connection);
                }
                connection.sendPiece(events);
                server.write(connection);
            }
        });
    }
}
