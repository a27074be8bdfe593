package io.muster;

import io.muster.coordination.CoordinationRequest;
import io.muster.data.DataPlane;
import io.muster.data.WorkerAddress;
import io.muster.graph.Call;
import io.muster.protocol.RecordKind;
import io.muster.scheduler.ClientEvents;
import io.muster.scheduler.ClientLink;
import io.muster.scheduler.ClientRequests;
import io.muster.scheduler.TaskTerms;
import io.muster.serialize.Serializer;
import io.muster.serialize.TaskFailure;
import io.muster.serialize.UnserializableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler with one worker, in a thread: takes requests in order, computes at once unless paused, and keeps a
 * record.
 */
final class FakeLink implements ClientLink, ClientRequests, DataPlane {
    static final int WORKER = 7;

    final List<String> functions = Collections.synchronizedList(new ArrayList<>());
    final List<Submitted> submitted = Collections.synchronizedList(new ArrayList<>());
    final List<Integer> released = new CopyOnWriteArrayList<>();
    final List<Integer> cancelled = new CopyOnWriteArrayList<>();
    final List<String> replicated = Collections.synchronizedList(new ArrayList<>());
    final List<Integer> missing = new CopyOnWriteArrayList<>();
    final AtomicInteger flushes = new AtomicInteger();
    final AtomicInteger fetches = new AtomicInteger();
    final Set<Integer> absent = ConcurrentHashMap.newKeySet();
    volatile boolean inline = true;
    volatile boolean record = true;
    volatile boolean stopped;
    volatile @Nullable Thread thread;
    ClientEvents events;

    private final boolean local;
    private final Serializer serializer = Serializer.standard();
    private final Map<Integer, Object> bodies = new ConcurrentHashMap<>();
    private final Map<Integer, Held> results = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor scheduler =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), action -> {
                final Thread made = new Thread(action, "fake-scheduler");
                made.setDaemon(true);
                thread = made;
                return made;
            });
    private volatile CountDownLatch gate = new CountDownLatch(0);

    private FakeLink(final boolean local) {
        this.local = local;
    }

    static FakeLink local() {
        return new FakeLink(true);
    }

    static FakeLink remote() {
        return new FakeLink(false);
    }

    /** Nothing is computed until {@link #resume()}. */
    void pause() {
        gate = new CountDownLatch(1);
    }

    void resume() {
        gate.countDown();
    }

    void say(final Runnable event) {
        scheduler.execute(event);
    }

    void addWorker(final int number, final String name) {
        say(() -> events.workerUp(new WorkerAddress(number, name, 1, "", 0, new byte[0])));
    }

    @Override
    public ClientRequests open(final ClientEvents to) {
        events = to;
        return this;
    }

    @Override
    public DataPlane dataPlane() {
        return this;
    }

    @Override
    public Serializer serializer() {
        return serializer;
    }

    @Override
    public byte[] dump(final Duration timeout) {
        throw new UnsupportedOperationException("dump");
    }

    @Override
    public void close() {
        gate.countDown();
        scheduler.shutdown();
    }

    @Override
    public boolean isLocal() {
        return local;
    }

    @Override
    public int clientNumber() {
        return 3;
    }

    @Override
    public void registerFunction(final int functionId, final Object body, final String name) {
        bodies.put(functionId, body);
        functions.add(name);
    }

    @Override
    public void submit(
            final int taskId,
            final int functionId,
            final int flags,
            final int[] dependencies,
            final Object payload,
            final @Nullable String key,
            final TaskTerms terms) {
        if (record) {
            submitted.add(new Submitted(taskId, functionId, flags, dependencies, payload, key, terms));
        }
        final CountDownLatch until = gate;
        scheduler.execute(() -> {
            awaitQuietly(until);
            run(taskId, functionId, dependencies.clone(), payload, key);
        });
    }

    @Override
    public void release(final int taskId) {
        released.add(taskId);
    }

    @Override
    public void retry(final int[] taskIds) {
        throw new UnsupportedOperationException("retry");
    }

    @Override
    public void restart(final long requestId) {
        throw new UnsupportedOperationException("restart");
    }

    @Override
    public void cancel(final int[] taskIds, final boolean force, final boolean interrupt) {
        for (final int taskId : taskIds) {
            cancelled.add(taskId);
            say(() -> events.cancelled(taskId, false, "asked to"));
        }
    }

    @Override
    public void scatter(
            final int taskId, final long sizeBytes, final @Nullable String key, final List<String> workers) {
        say(() -> events.scatterTo(taskId, WORKER));
    }

    @Override
    public void replicate(final int[] taskIds, final int copies) {
        replicated.add(copies + " of " + Arrays.toString(taskIds));
    }

    @Override
    public void rebalance(final long requestId, final int[] taskIds) {
        say(() -> events.infoReply(requestId, "{\"moved\":" + taskIds.length + "}"));
    }

    @Override
    public void whoHas(final long requestId, final int[] taskIds) {
        say(() -> events.infoReply(
                requestId,
                taskIds.length == 0 ? "{\"w-0\":{\"f-1\":8}}" : "{\"" + taskIds[0] + "\":[\"w-0\",\"w-1\"]}"));
    }

    @Override
    public void resultMissing(final int taskId, final int worker, final boolean gone) {
        missing.add(taskId);
        absent.remove(taskId);
        say(() -> events.finished(taskId, WORKER + 1, 8, false, null));
    }

    @Override
    public void manage(final long requestId, final String json) {
        throw new UnsupportedOperationException(json);
    }

    @Override
    public void submitPublished(
            final int taskId, final int functionId, final Object payload, final String dataset, final int index) {
        throw new UnsupportedOperationException(dataset);
    }

    @Override
    public void callActor(
            final int taskId, final int functionId, final long actor, final int flags, final Object payload) {
        throw new UnsupportedOperationException("actor " + actor);
    }

    @Override
    public void coordinate(final CoordinationRequest request) {
        throw new UnsupportedOperationException(request.toString());
    }

    @Override
    public void info(final long requestId) {
        say(() -> events.infoReply(requestId, "{\"tasks\":" + submitted.size() + "}"));
    }

    @Override
    public void askRecords(
            final long requestId, final RecordKind kind, final long since, final int limit, final String name) {
        say(() -> events.infoReply(requestId, "{}"));
    }

    @Override
    public void event(final String topic, final String text) {}

    @Override
    public void stopCluster() {
        stopped = true;
        say(() -> events.disconnected("stopped"));
    }

    @Override
    public void flush() {
        flushes.incrementAndGet();
    }

    @Override
    public void close(final String reason) {
        stopped = true;
    }

    @Override
    public void workerUp(final WorkerAddress worker) {}

    @Override
    public void workerDown(final int worker) {}

    @Override
    public void fetch(final long[] tasks, final int[][] holders, final FetchListener listener) {
        fetches.incrementAndGet();
        scheduler.execute(() -> {
            for (int i = 0; i < tasks.length; i++) {
                final Held held = absent.contains((int) tasks[i]) ? null : results.get((int) tasks[i]);
                if (held == null) {
                    listener.missing(tasks[i], holders[i], new boolean[] {true});
                } else {
                    listener.value(tasks[i], held.value);
                }
            }
        });
    }

    @Override
    public void store(final int worker, final long task, final @Nullable Object value, final StoreListener listener) {
        scheduler.execute(() -> {
            if (value instanceof Thread) {
                listener.failed(task, new UnserializableException("can't serialize Thread"));
                return;
            }
            results.put((int) task, new Held(value, null));
            listener.stored(task);
            events.finished((int) task, worker, 8, false, null);
        });
    }

    private void run(
            final int taskId,
            final int functionId,
            final int[] dependencies,
            final Object payload,
            final @Nullable String key) {
        for (final int dependency : dependencies) {
            if (!results.containsKey(dependency)) {
                if (!scheduler.isShutdown()) {
                    say(() -> run(taskId, functionId, dependencies, payload, key));
                }
                return;
            }
        }
        final List<Object> inputs = new ArrayList<>();
        Object failure = null;
        for (final int dependency : dependencies) {
            final Held held = results.get(dependency);
            inputs.add(held.value);
            failure = held.failure == null ? failure : held.failure;
        }
        if (failure == null) {
            try {
                results.put(taskId, new Held(compute(functionId, payload, inputs.toArray()), null));
            } catch (final Throwable e) {
                failure = failure(e, key);
            }
        }
        if (failure == null) {
            final Object value = results.get(taskId).value;
            events.finished(taskId, WORKER, 8, inline, inline ? (local ? value : serializer.toBytes(value)) : null);
        } else {
            results.put(taskId, new Held(null, failure));
            events.erred(taskId, failure);
        }
    }

    private @Nullable Object compute(final int functionId, final Object payload, final Object[] inputs)
            throws Exception {
        if (local) {
            return ((Call) payload).invoke(null, inputs);
        }
        final byte[] body = (byte[]) bodies.get(functionId);
        return Call.decode((byte[]) payload, body, serializer)
                .invoke(serializer.fromBytes(body, 0, body.length), inputs);
    }

    private Object failure(final Throwable e, final @Nullable String key) {
        final TaskFailure failure = TaskFailure.of(e, key == null ? "made-up" : key, "w-0", 1, serializer);
        return local ? failure : failure.toBytes();
    }

    private static void awaitQuietly(final CountDownLatch until) {
        try {
            until.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A task as it was handed over. */
    record Submitted(
            int taskId,
            int functionId,
            int flags,
            int[] dependencies,
            Object payload,
            @Nullable String key,
            TaskTerms terms) {}

    private record Held(@Nullable Object value, @Nullable Object failure) {}
}
