package io.muster.dashboard;

import java.util.concurrent.Executor;

/** A request that waits for its answer; from any thread. */
final class Exchange {
    private final Executor serverThread;
    private final Connection connection;
    private final Request request;
    private final WebServer server;

    Exchange(final Executor serverThread, final Connection connection, final Request request, final WebServer server) {
        this.serverThread = serverThread;
        this.connection = connection;
        this.request = request;
        this.server = server;
    }

    /** Notes that whoever asks may look; by the server's thread. */
    void trust() {
        connection.isTrusted = true;
    }

    void respond(final Response response) {
        serverThread.execute(() -> {
            server.respond(connection, response, request.isHead());
            server.write(connection);
        });
    }

    /** Answers with a stream of events. */
    EventStream stream(final Runnable onEnd) {
        final EventStream stream = new EventStream(serverThread, connection, server);
        serverThread.execute(() -> stream.begin(!request.isOld(), onEnd));
        return stream;
    }
}
