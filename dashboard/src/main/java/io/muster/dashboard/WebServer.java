package io.muster.dashboard;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A small HTTP/1.1 server for reading: one thread, however many connections there are, and nothing that a peer can fill. */
final class WebServer implements AutoCloseable {
    /*
     * One thread selects; a connection is a buffer, a queue and a deadline. What takes time is answered by another
     * thread, which hands the answer back through `tasks`. A request must be complete ten seconds after its first byte
     * could have come, and 16 KiB at most; an answer must be taken at some pace; connections beyond the bound push out
     * the oldest of those that have not shown a token. Bodies of requests are not read: nothing here takes any.
     */
    static final int MAX_CONNECTIONS = 256;

    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    private static final long SECOND_NS = 1_000_000_000;
    static final long HEAD_NS = 10 * SECOND_NS;

    private static final long IDLE_NS = 60 * SECOND_NS;
    private static final long STALLED_NS = 15 * SECOND_NS;
    private static final long LAST_WORDS_NS = 2 * SECOND_NS;
    private static final long TICK_MS = 500;
    private static final long PAUSE_NS = SECOND_NS / 20;
    private static final int BACKLOG = 128;

    private final ServerSocketChannel listening;
    private final Selector selector;
    private final Site site;
    private final long headNs;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Set<Connection> connections = new LinkedHashSet<>();
    private volatile boolean closed;

    /** What is behind a server: answers requests, in the server's thread, so at once or through another one. */
    interface Site {
        /** Answers a request by one call of one of the exchange's methods, now or later. */
        void answer(Request request, Exchange exchange);
    }

    /**
     * Binds.
     *
     * @param headNs how long the head of a request may take
     * @throws IOException if that is not possible
     */
    WebServer(final InetSocketAddress address, final Site site, final long headNs) throws IOException {
        this.site = site;
        this.headNs = headNs;
        listening = ServerSocketChannel.open();
        try {
            listening.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            listening.bind(address, BACKLOG);
            listening.configureBlocking(false);
            selector = Selector.open();
            listening.register(selector, SelectionKey.OP_ACCEPT);
        } catch (final IOException | RuntimeException e) {
            listening.close();
            throw e;
        }
        thread = new Thread(null, this::run, "muster-dashboard", 0, false);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    int port() {
        return listening.socket().getLocalPort();
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        if (Thread.currentThread() != thread) {
            try {
                thread.join(2 * TICK_MS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void execute(final Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    private void run() {
        try {
            while (!closed) {
                selector.select(connections.isEmpty() ? 0 : TICK_MS);
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    run(task);
                }
                final Set<SelectionKey> selected = selector.selectedKeys();
                for (final SelectionKey key : selected) {
                    if (key.attachment() instanceof Connection connection) {
                        serve(connection);
                    } else {
                        accept();
                    }
                }
                selected.clear();
                hangUpLate();
            }
        } catch (final IOException | RuntimeException e) {
            LOG.error("the dashboard ends; the scheduler goes on without it", e);
        } finally {
            new ArrayList<>(connections).forEach(this::hangUp);
            closeQuietly();
        }
    }

    private static void run(final Runnable task) {
        try {
            task.run();
        } catch (final RuntimeException e) {
            LOG.error("the dashboard failed at an answer; this is a bug in Muster", e);
        }
    }

    private void closeQuietly() {
        try {
            listening.close();
            selector.close();
        } catch (final IOException e) {
            LOG.debug("a socket can't be closed", e);
        }
    }

    private void accept() {
        try {
            SocketChannel accepted = listening.accept();
            while (accepted != null) {
                accept(accepted);
                accepted = listening.accept();
            }
        } catch (final IOException e) {
            LOG.debug("a connection can't be accepted", e);
            makeRoom();
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private void accept(final SocketChannel accepted) throws IOException {
        if (connections.size() >= MAX_CONNECTIONS && !makeRoom()) {
            accepted.close();
            return;
        }
        accepted.configureBlocking(false);
        accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
        final SelectionKey key = accepted.register(selector, SelectionKey.OP_READ);
        final Connection connection = new Connection(accepted, key);
        connection.deadlineNs = System.nanoTime() + headNs;
        key.attach(connection);
        connections.add(connection);
    }

    /** Hangs up on the one that waits for longest among those that nobody vouches for, else among those that are idle. */
    private boolean makeRoom() {
        final Optional<Connection> oldest = connections.stream()
                .filter(each -> each.phase == Connection.Phase.READING || each.phase == Connection.Phase.ENDING)
                .min(Comparator.comparing((Connection each) -> each.isTrusted));
        oldest.ifPresent(this::hangUp);
        return oldest.isPresent();
    }

    private void serve(final Connection connection) {
        try {
            if (!connection.isOpen() || !connection.read()) {
                hangUp(connection);
                return;
            }
            if (connection.phase == Connection.Phase.READING) {
                parse(connection);
            }
            write(connection);
        } catch (final IOException e) {
            hangUp(connection);
        } catch (final RuntimeException e) {
            LOG.error("the dashboard failed at a request; this is a bug in Muster", e);
            hangUp(connection);
        }
    }

    private void parse(final Connection connection) {
        final String head = connection.takeHead();
        if (head == null) {
            if (connection.isTooLong()) {
                connection.keepsAlive = false;
                final boolean isLine = connection.isLineTooLong();
                respond(
                        connection,
                        Response.text(
                                isLine ? 414 : 431,
                                (isLine ? "the URL" : "the head of the request") + " must be shorter than "
                                        + Connection.MAX_HEAD + " bytes"),
                        false);
            }
            return;
        }
        connection.phase = Connection.Phase.ANSWERING;
        connection.deadlineNs = System.nanoTime() + IDLE_NS;
        try {
            final Request request = Request.parse(head);
            connection.keepsAlive = request.keepsAlive();
            site.answer(request, new Exchange(this::execute, connection, request, this));
        } catch (final BadRequestException e) {
            connection.keepsAlive = false;
            respond(connection, Response.text(400, String.valueOf(e.getMessage())), false);
        }
    }

    /** Sends an answer; by the server's thread. */
    void respond(final Connection connection, final Response response, final boolean isHead) {
        if (!connection.isOpen()) {
            return;
        }
        connection.phase = Connection.Phase.WRITING;
        connection.deadlineNs = System.nanoTime() + STALLED_NS;
        connection.send(response.head(connection.keepsAlive));
        if (!isHead) {
            connection.send(response.body());
        }
    }

    /** Sends what can be sent, and goes on to what comes after it; by the server's thread. */
    void write(final Connection connection) {
        try {
            while (connection.isOpen()) {
                if (connection.write()) {
                    connection.deadlineNs = System.nanoTime() + STALLED_NS;
                }
                if (connection.pendingBytes() > 0 || connection.phase != Connection.Phase.WRITING) {
                    break;
                }
                if (!connection.keepsAlive) {
                    connection.shutDown();
                    connection.deadlineNs = System.nanoTime() + LAST_WORDS_NS;
                    break;
                }
                connection.phase = Connection.Phase.READING;
                connection.deadlineNs = System.nanoTime() + (connection.isTrusted ? IDLE_NS : headNs);
                parse(connection);
            }
            connection.showInterest();
        } catch (final IOException e) {
            hangUp(connection);
        }
    }

    /** From now on the other side has to take what is sent. */
    void expectReading(final Connection connection) {
        connection.deadlineNs = System.nanoTime() + STALLED_NS;
    }

    void hangUp(final Connection connection) {
        connections.remove(connection);
        connection.close();
    }

    private void hangUpLate() {
        final long nowNs = System.nanoTime();
        final List<Connection> late = new ArrayList<>();
        for (final Connection connection : connections) {
            final boolean isQuiet = connection.phase == Connection.Phase.STREAMING && connection.pendingBytes() == 0;
            if (!isQuiet && nowNs - connection.deadlineNs > 0) {
                late.add(connection);
            }
        }
        late.forEach(this::hangUp);
    }
}
