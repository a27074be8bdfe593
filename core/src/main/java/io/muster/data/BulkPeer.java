package io.muster.data;

import io.muster.MusterException;
import io.muster.protocol.Role;
import io.muster.security.Identity;
import io.muster.security.Secret;
import io.muster.transport.Route;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A worker as a bulk client sees it: what it is still to be asked for, and the connections to it. */
final class BulkPeer {
    static final int MAX_CONNECTIONS = 2;

    private static final int CONNECT_MS = 5_000;
    private static final long STALL_NS = 30_000_000_000L;
    private static final long IDLE_NS = 30_000_000_000L;

    private final WorkerAddress address;
    private final Secret secret;
    private final ConnectionGuard guard;
    private final Route route;
    private final Deque<BulkRequest> queue = new ArrayDeque<>();
    private final Deque<BulkConnection> idle = new ArrayDeque<>();
    private final Set<BulkConnection> open = new HashSet<>();
    private int transfers;
    private boolean transferStarting;
    private boolean down;
    private @Nullable SSLContext context;

    BulkPeer(final WorkerAddress address, final Secret secret, final ConnectionGuard guard, final Route route) {
        this.address = address;
        this.secret = secret;
        this.guard = guard;
        this.route = route;
    }

    WorkerAddress address() {
        return address;
    }

    /** Queues a request; false if the peer is down. */
    synchronized boolean offer(final BulkRequest request) {
        return !down && queue.offer(request);
    }

    /** Whether another transfer should begin now; counts it as begun. */
    synchronized boolean claimTransfer() {
        if (queue.isEmpty() || transferStarting || transfers == MAX_CONNECTIONS) {
            return false;
        }
        transfers++;
        transferStarting = true;
        return true;
    }

    synchronized void transferEnded() {
        transfers--;
    }

    /** What the next transfer is about: one value to store, or results to fetch. */
    synchronized List<BulkRequest> nextBatch() {
        transferStarting = false;
        final List<BulkRequest> batch = new ArrayList<>(Math.min(queue.size(), BulkConnection.MAX_WANTED));
        while (!queue.isEmpty() && batch.size() < BulkConnection.MAX_WANTED) {
            final boolean alone = queue.peek() instanceof BulkRequest.Store;
            if (alone && !batch.isEmpty()) {
                break;
            }
            batch.add(queue.remove());
            if (alone) {
                break;
            }
        }
        return batch;
    }

    /** A connection from an earlier transfer, or null. */
    synchronized @Nullable BulkConnection reuse() {
        while (!idle.isEmpty()) {
            final BulkConnection connection = idle.pop();
            connection.inUse();
            if (connection.isOpen()) {
                return connection;
            }
            open.remove(connection);
            connection.close();
        }
        return null;
    }

    BulkConnection connect() throws IOException {
        final BulkConnection connection = new BulkConnection(
                BlockingTls.over(dial(), context().createSSLEngine(address.host(), address.port())), guard, STALL_NS);
        try {
            register(connection);
            connection.handshake(STALL_NS);
            connection.greeted();
            connection.writeHello(secret.proof(Role.PEER.value(), address.fingerprint()));
            connection.flush();
            return connection;
        } catch (final IOException | RuntimeException e) {
            discard(connection);
            throw e;
        }
    }

    synchronized void release(final BulkConnection connection) {
        if (down || !connection.isOpen()) {
            discard(connection);
        } else {
            connection.idle(IDLE_NS);
            idle.push(connection);
        }
    }

    synchronized void discard(final BulkConnection connection) {
        open.remove(connection);
        connection.close();
    }

    /** Ends everything with this peer; what it was still to be asked for is returned. */
    synchronized List<BulkRequest> down() {
        down = true;
        open.forEach(BulkConnection::close);
        open.clear();
        idle.clear();
        final List<BulkRequest> left = new ArrayList<>(queue);
        queue.clear();
        return left;
    }

    private SocketChannel dial() throws IOException {
        final InetSocketAddress place = place();
        final SocketChannel socket = SocketChannel.open();
        try {
            socket.socket().setTcpNoDelay(true);
            socket.socket().connect(place, CONNECT_MS);
            return socket;
        } catch (final IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private InetSocketAddress place() throws IOException {
        try {
            final InetSocketAddress place =
                    route.to(InetSocketAddress.createUnresolved(address.host(), address.port()));
            return place.isUnresolved() ? new InetSocketAddress(place.getHostString(), place.getPort()) : place;
        } catch (final MusterException e) {
            throw new IOException("no way to worker=" + address + ": " + e.getMessage(), e);
        }
    }

    private synchronized SSLContext context() {
        SSLContext made = context;
        if (made == null) {
            made = Identity.pinning(
                    address.fingerprint(),
                    "the certificate of worker=" + address + " is not the one that the scheduler announced");
            context = made;
        }
        return made;
    }

    private synchronized void register(final BulkConnection connection) throws IOException {
        if (down) {
            throw new IOException("worker=" + address + " is gone");
        }
        open.add(connection);
    }
}
