package io.muster.data;

import io.muster.MusterException;
import io.muster.protocol.FetchedValueDecoder;
import io.muster.protocol.RefusedDecoder;
import io.muster.protocol.StoredDecoder;
import io.muster.security.Secret;
import io.muster.serialize.SerializedValue;
import io.muster.serialize.Serializer;
import io.muster.serialize.ValueAssembler;
import io.muster.transport.Route;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data plane over TLS sockets: asks the bulk ports of workers for results, and puts values there. Up to four
 * transfers run at once, on threads of their own, over at most two connections to each worker; what is wanted from one
 * worker meanwhile goes as one request.
 */
public final class BulkClient implements DataPlane {
    private static final Logger LOG = LoggerFactory.getLogger(BulkClient.class);
    private static final int TRANSFERS = 4;
    private static final long MAX_SKIP_BYTES = 4 << 20;

    private final Secret secret;
    private final Serializer serializer;
    private final Route route;
    private final ConnectionGuard guard;
    private final ThreadPoolExecutor transfers;
    private final Map<Integer, BulkPeer> peers = new ConcurrentHashMap<>();
    private final RateLimitedLog warnings = new RateLimitedLog(LOG);
    private volatile boolean closed;

    /**
     * Makes a data plane that knows no workers yet.
     *
     * @param name whose it is, for the names of its threads
     * @param secret the cluster's secret
     * @param serializer turns values into bytes and back
     */
    public BulkClient(final String name, final Secret secret, final Serializer serializer) {
        this(name, secret, serializer, Route.DIRECT);
    }

    /**
     * Makes a data plane that knows no workers yet.
     *
     * @param name whose it is, for the names of its threads
     * @param secret the cluster's secret
     * @param serializer turns values into bytes and back
     * @param route how the bulk ports of workers are reached from here
     */
    public BulkClient(final String name, final Secret secret, final Serializer serializer, final Route route) {
        this.secret = secret;
        this.serializer = serializer;
        this.route = route;
        guard = new ConnectionGuard("muster-" + name + "-transfer-guard");
        final AtomicInteger count = new AtomicInteger();
        transfers = new ThreadPoolExecutor(
                TRANSFERS, TRANSFERS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    final Thread thread =
                            new Thread(null, work, "muster-" + name + "-transfer-" + count.getAndIncrement(), 0, false);
                    thread.setDaemon(true);
                    return thread;
                });
        transfers.allowCoreThreadTimeOut(true);
        guard.start();
    }

    @Override
    public void workerUp(final WorkerAddress worker) {
        final BulkPeer known = peers.get(worker.number());
        if (!closed && (known == null || !known.address().equals(worker))) {
            final BulkPeer before = peers.put(worker.number(), new BulkPeer(worker, secret, guard, route));
            if (before != null) {
                end(before);
            }
        }
    }

    @Override
    public void workerDown(final int worker) {
        final BulkPeer peer = peers.remove(worker);
        if (peer != null) {
            end(peer);
        }
    }

    @Override
    public void fetch(final long[] tasks, final int[][] holders, final FetchListener listener) {
        final Set<BulkPeer> asked = new LinkedHashSet<>();
        for (int i = 0; i < tasks.length; i++) {
            route(new BulkRequest.Fetch(tasks[i], holders[i], listener), asked);
        }
        asked.forEach(this::transferFrom);
    }

    @Override
    public void store(final int worker, final long task, final @Nullable Object value, final StoreListener listener) {
        final BulkRequest.Store request = new BulkRequest.Store(task, value, listener);
        final BulkPeer peer = peers.get(worker);
        if (peer == null || !peer.offer(request)) {
            fail(request, new MusterException("worker=" + worker + " is not there; it can't take a value"));
        } else {
            transferFrom(peer);
        }
    }

    /** Ends all transfers: what is not here yet is missing. */
    @Override
    public void close() {
        closed = true;
        List.copyOf(peers.keySet()).forEach(this::workerDown);
        guard.close();
        transfers.shutdown();
    }

    private void end(final BulkPeer peer) {
        elsewhere(peer, peer.down());
    }

    /** The peer did not answer these: fetches go to their next holders. */
    private void elsewhere(final BulkPeer peer, final List<BulkRequest> requests) {
        final Set<BulkPeer> asked = new LinkedHashSet<>();
        for (final BulkRequest request : requests) {
            if (request instanceof BulkRequest.Fetch fetch) {
                fetch.nextHolder(false);
                route(fetch, asked);
            } else if (request instanceof BulkRequest.Store store) {
                fail(store, new MusterException("worker=" + peer.address() + " did not take the value: it is gone"));
            }
        }
        asked.forEach(this::transferFrom);
    }

    private void route(final BulkRequest.Fetch fetch, final Set<BulkPeer> asked) {
        while (fetch.hasHolder()) {
            final BulkPeer peer = peers.get(fetch.holder());
            if (peer != null && peer.offer(fetch)) {
                asked.add(peer);
                return;
            }
            fetch.nextHolder(false);
        }
        guarded(fetch.task, fetch::missing);
    }

    private void transferFrom(final BulkPeer peer) {
        if (peer.claimTransfer()) {
            try {
                transfers.execute(() -> transfer(peer));
            } catch (final RejectedExecutionException e) {
                end(peer);
            }
        }
    }

    private void transfer(final BulkPeer peer) {
        final Batch batch = new Batch(peer, peer.nextBatch());
        transferFrom(peer);
        try {
            batch.run();
        } catch (final IOException e) {
            if (!closed) {
                warnings.warn("worker=" + peer.address() + " did not answer: " + e);
            }
            elsewhere(peer, batch.left());
        } catch (final RuntimeException | Error e) {
            LOG.error("the transfer from worker={} broke", peer.address(), e);
            elsewhere(peer, batch.left());
        } finally {
            peer.transferEnded();
            transferFrom(peer);
        }
    }

    private static void fail(final BulkRequest.Store store, final Throwable reason) {
        guarded(store.task, () -> store.listener.failed(store.task, reason));
    }

    private static void guarded(final long task, final Runnable callback) {
        try {
            callback.run();
        } catch (final RuntimeException e) {
            LOG.error("a listener for task={} failed", task, e);
        }
    }

    /** One request to a peer and its answers; what is done is taken off, so that the rest can go elsewhere. */
    private final class Batch {
        private final BulkPeer peer;
        private final List<BulkRequest> requests;
        private int done;
        private boolean answered;

        Batch(final BulkPeer peer, final List<BulkRequest> requests) {
            this.peer = peer;
            this.requests = requests;
        }

        List<BulkRequest> left() {
            return requests.subList(done, requests.size());
        }

        void run() throws IOException {
            while (done < requests.size()) {
                final BulkConnection reused = peer.reuse();
                answered = false;
                try {
                    runOver(reused == null ? peer.connect() : reused);
                } catch (final IOException e) {
                    if (reused == null || answered || e instanceof SocketTimeoutException) {
                        throw e;
                    }
                }
            }
        }

        private void runOver(final BulkConnection connection) throws IOException {
            boolean usable = false;
            try {
                if (requests.get(done) instanceof BulkRequest.Store store) {
                    put(connection, store);
                } else {
                    get(connection);
                }
                usable = true;
            } finally {
                if (usable) {
                    peer.release(connection);
                } else {
                    peer.discard(connection);
                }
            }
        }

        private void get(final BulkConnection connection) throws IOException {
            final List<BulkRequest> wanted = left();
            final long[] tasks = new long[wanted.size()];
            final long[] positions = new long[wanted.size()];
            for (int i = 0; i < tasks.length; i++) {
                final BulkRequest.Fetch fetch = (BulkRequest.Fetch) wanted.get(i);
                tasks[i] = fetch.task;
                positions[i] = fetch.position();
            }
            connection.writeFetch(tasks, positions);
            connection.flush();
            while (done < requests.size() && connection.isOpen()) {
                receive(connection, (BulkRequest.Fetch) requests.get(done));
            }
        }

        private void receive(final BulkConnection connection, final BulkRequest.Fetch fetch) throws IOException {
            expect(connection, FetchedValueDecoder.TEMPLATE_ID);
            final ValueHead head = connection.head();
            if (head.task() != fetch.task) {
                throw new BulkProtocolException(
                        "the answer names task=" + head.task() + ", asked was task=" + fetch.task);
            }
            switch (head.status()) {
                case ValueHead.GONE -> {
                    done++;
                    fetch.nextHolder(true);
                    reroute(fetch);
                }
                case ValueHead.UNUSABLE -> {
                    done++;
                    failed(
                            fetch,
                            new MusterException("the result is at worker=" + peer.address() + " but can't be sent: "
                                    + head.message()));
                }
                default -> receiveValue(connection, fetch, head);
            }
        }

        private void receiveValue(final BulkConnection connection, final BulkRequest.Fetch fetch, final ValueHead head)
                throws IOException {
            ValueAssembler assembler = fetch.continuedBy(head);
            if (assembler == null && head.fromPosition() != 0) {
                fetch.startOver();
                connection.close();
                return;
            }
            if (assembler == null) {
                try {
                    assembler = new ValueAssembler(
                            head.totalBytes(), head.bodyBytes(), head.bodyChecksum(), serializer.of(fetch.task));
                } catch (final RuntimeException e) {
                    done++;
                    connection.close();
                    failed(fetch, e);
                    return;
                }
                fetch.begin(assembler, head);
            }
            final Throwable reason = connection.readValue(assembler, head.totalBytes(), MAX_SKIP_BYTES);
            done++;
            fetch.startOver();
            if (reason == null) {
                deliver(fetch, assembler);
            } else {
                failed(fetch, reason);
            }
        }

        private void deliver(final BulkRequest.Fetch fetch, final ValueAssembler assembler) {
            final Object value;
            try {
                value = assembler.value();
            } catch (final RuntimeException | StackOverflowError | OutOfMemoryError e) {
                failed(fetch, e);
                return;
            }
            guarded(fetch.task, () -> fetch.listener.value(fetch.task, value));
        }

        private void failed(final BulkRequest.Fetch fetch, final Throwable reason) {
            guarded(fetch.task, () -> fetch.listener.failed(fetch.task, reason));
        }

        private void reroute(final BulkRequest.Fetch fetch) {
            final Set<BulkPeer> asked = new LinkedHashSet<>();
            route(fetch, asked);
            asked.forEach(BulkClient.this::transferFrom);
        }

        private void put(final BulkConnection connection, final BulkRequest.Store store) throws IOException {
            final SerializedValue value;
            try {
                value = serializer.serialize(store.value);
            } catch (final RuntimeException | StackOverflowError | OutOfMemoryError e) {
                done++;
                fail(store, e);
                return;
            }
            connection.writeStore(store.task);
            connection.writeValue(BulkServer.headOf(store.task, value, 0), value);
            connection.flush();
            expect(connection, StoredDecoder.TEMPLATE_ID);
            final String objection = connection.storeObjection(store.task);
            done++;
            if (objection.isEmpty()) {
                guarded(store.task, () -> store.listener.stored(store.task));
            } else {
                fail(store, new MusterException("worker=" + peer.address() + " did not keep the value: " + objection));
            }
        }

        private void expect(final BulkConnection connection, final int template) throws IOException {
            final int actual = connection.readFrame(BulkConnection.MAX_FRAME_BYTES);
            if (actual < 0) {
                throw new EOFException("the connection ended before an answer");
            }
            answered = true;
            if (actual == RefusedDecoder.TEMPLATE_ID) {
                throw new BulkProtocolException("refused: " + connection.refusal());
            }
            if (actual != template) {
                throw new BulkProtocolException("templateId=" + actual + " must be " + template);
            }
        }
    }
}
