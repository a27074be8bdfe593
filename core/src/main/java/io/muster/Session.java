package io.muster;

import io.muster.classes.OfferedClasses;
import io.muster.classes.ResourceQuestion;
import io.muster.config.Json;
import io.muster.coordination.CoordinationCalls;
import io.muster.coordination.CoordinationLink;
import io.muster.coordination.CoordinationRequest;
import io.muster.coordination.CoordinationScope;
import io.muster.data.DataPlane;
import io.muster.graph.Call;
import io.muster.graph.Call.Shape;
import io.muster.protocol.RecordKind;
import io.muster.scheduler.ClientLink;
import io.muster.scheduler.ClientRequests;
import io.muster.scheduler.TaskTerms;
import io.muster.serialize.Serializer;
import io.muster.serialize.SizeOf;
import io.muster.worker.RunningTask;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's session: numbers tasks, keeps the futures that the user holds, and tells the scheduler when one is let go.
 */
final class Session {
    /*
     * `lock` orders what goes into the session's stream, and may be held while that stream is back-pressured. So
     * nothing that an event needs is under it: the session's thread must stay free to drain the stream. It only takes
     * the locks of the table, of a future and of the worker directory, all held for moments, and leaves what sends
     * requests to `threads`. The user's futures are held weakly. A future is pinned, held strongly through its
     * FutureRef, while stages wait for it; a blocked getter holds its own. A collected future's reference is drained at
     * the next submission, event or tick, and whoever removes it from the table releases the task, once. An input is
     * reachable until the task that depends on it was handed over, so that the release follows it in the stream.
     * Graphs are handed over in chunks, one graph at a time; what others hand over meanwhile counts to the graph, which
     * the scheduler keeps whole until its last task is there.
     */
    private static final int CHUNK = 1000;

    /** How long a waiting thread delivers events before it looks at its own time limit again. */
    private static final long HELP_NS = 1_000_000_000;

    private final ClientLink link;
    private final DataPlane dataPlane;
    private final Serializer serializer;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock graphLock = new ReentrantLock();
    private final FutureTable table = new FutureTable();
    private final ReferenceQueue<TaskFuture<?>> collected = new ReferenceQueue<>();
    private final Keys keys = new Keys();
    private final Scatters scatters = new Scatters(this);
    private final WorkerDirectory workers = new WorkerDirectory();
    private final Threads threads = new Threads();
    private final OfferedClasses offered;
    private final Map<Long, CompletableFuture<String>> infos = new ConcurrentHashMap<>();
    private final CoordinationCalls calls = new CoordinationCalls(new Asking());
    private final CoordinationScope scope;
    private final FunctionEntry.IdSource functionIds = new FunctionEntry.IdSource();
    private final AtomicReference<@Nullable MusterException> ended = new AtomicReference<>();
    private final Submissions submissions = new Submissions(this, TaskOptions.DEFAULT);
    private final ClientRequests requests;
    private final Functions functions;
    private final int clientNumber;
    private final AtomicInteger helpers = new AtomicInteger();
    private volatile boolean opened;
    private boolean graphIsOpen;
    private int nextTask;
    private long nextInfo;

    Session(final ClientLink link) {
        this.link = link;
        dataPlane = link.dataPlane();
        serializer = link.serializer();
        offered = link.classes();
        requests = link.open(new SessionEvents(this));
        clientNumber = requests.clientNumber();
        functions = new Functions(requests.isLocal(), serializer, offered);
        scope = new CoordinationScope(calls, serializer, 0, 0, ended::get);
        opened = true;
    }

    Submissions submissions() {
        return submissions;
    }

    CoordinationCalls calls() {
        return calls;
    }

    CoordinationScope scope() {
        return scope;
    }

    Functions functions() {
        return functions;
    }

    Serializer serializer() {
        return serializer;
    }

    DataPlane dataPlane() {
        return dataPlane;
    }

    WorkerDirectory workers() {
        return workers;
    }

    ReferenceQueue<TaskFuture<?>> collected() {
        return collected;
    }

    boolean isLocal() {
        return requests.isLocal();
    }

    /** See {@link ClientRequests#helpUntil}. */
    boolean helpUntil(final BooleanSupplier done, final long timeoutNs) {
        final long boundNs = Math.min(timeoutNs, HELP_NS);
        helpers.incrementAndGet();
        try {
            return requests.helpUntil(done, System.nanoTime() + boundNs);
        } finally {
            helpers.decrementAndGet();
        }
    }

    /** A future was settled: threads that wait for it by helping have to see it. */
    void endHelp() {
        if (helpers.get() > 0) {
            requests.endHelp();
        }
    }

    int clientNumber() {
        return clientNumber;
    }

    int heldFutures() {
        return table.size();
    }

    long identity(final int taskId) {
        return (long) clientNumber << 32 | taskId;
    }

    /** Why there is no session any more; null while there is. */
    @Nullable
    MusterException ended() {
        return ended.get();
    }

    /** A worker asks for a class, or another resource. */
    void answer(final ResourceQuestion question) {
        threads.offer(() -> requests.resource(offered.answer(question)));
    }

    void callback(final Runnable action) {
        threads.callback(action);
    }

    void request(final Runnable action) {
        threads.request(action);
    }

    <R> TaskFuture<R> submit(
            final Shape shape,
            final Object function,
            final @Nullable Object argument,
            final List<? extends TaskFuture<?>> inputs,
            final TaskOptions options) {
        checkOurs(inputs);
        final Functions.Prepared prepared = functions.prepare(shape, function, argument);
        final int[] dependencies = new int[inputs.size()];
        for (int i = 0; i < dependencies.length; i++) {
            dependencies[i] = inputs.get(i).taskId();
        }
        final String key = options.key();
        final Keys.Spec spec = key == null ? null : new Keys.Spec(shape, function, argument, dependencies);
        final TaskFuture<R> future;
        lock.lock();
        try {
            begin();
            if (key != null && spec != null) {
                final TaskFuture<?> held = keys.held(key, spec, functions);
                if (held != null) {
                    return Unchecked.cast(held);
                }
            }
            future = handOver(prepared, dependencies, ClientRequests.WANTED, options);
            if (key != null && spec != null) {
                keys.put(key, future, spec);
            }
        } finally {
            lock.unlock();
            Reference.reachabilityFence(inputs);
        }
        requests.flush();
        return future;
    }

    /** Submits the making of an actor, whose future is held until it is released. */
    <S> TaskFuture<S> submitActor(final Object constructor, final TaskOptions options) {
        final Functions.Prepared prepared = functions.prepare(Shape.TASK, constructor, null);
        final TaskFuture<S> future;
        lock.lock();
        try {
            begin();
            future = handOver(prepared, new int[0], ClientRequests.WANTED | ClientRequests.ACTOR, options);
            future.ref().pin(future);
        } finally {
            lock.unlock();
        }
        requests.flush();
        return future;
    }

    /** Calls an actor, of this or another client. */
    <R> TaskFuture<R> call(final long actor, final Object function) {
        final Functions.Prepared prepared = functions.prepare(Shape.INPUT, function, null);
        final TaskFuture<R> future;
        lock.lock();
        try {
            begin();
            final int functionId = prepared.function().register(requests, functionIds);
            future = hold(new TaskFuture<>(
                    this, nextTaskId(), null, prepared.function().name()));
            requests.callActor(future.taskId(), functionId, actor, ClientRequests.WANTED, prepared.payload());
        } finally {
            lock.unlock();
        }
        requests.flush();
        return future;
    }

    /** Calls an actor without a future of what comes of it. */
    void tell(final long actor, final Object function) {
        final Functions.Prepared prepared = functions.prepare(Shape.INPUT, function, null);
        lock.lock();
        try {
            begin();
            final int functionId = prepared.function().register(requests, functionIds);
            requests.callActor(nextTaskId(), functionId, actor, 0, prepared.payload());
        } finally {
            lock.unlock();
        }
        requests.flush();
    }

    <R> List<TaskFuture<R>> submitAll(final Object function, final Collection<?> arguments, final TaskOptions options) {
        final List<TaskFuture<R>> futures = new ArrayList<>(arguments.size());
        if (options.key() != null) {
            int i = 0;
            for (final Object argument : arguments) {
                futures.add(submit(Shape.VALUE, function, argument, List.of(), options.numbered(i++)));
            }
            return futures;
        }
        final Functions.Prepared[] all = functions.prepareAll(function, arguments);
        final int[] none = new int[0];
        for (int start = 0; start < all.length; start += CHUNK) {
            lock.lock();
            try {
                begin();
                for (int i = start; i < Math.min(all.length, start + CHUNK); i++) {
                    futures.add(handOver(all[i], none, ClientRequests.WANTED, options));
                }
            } finally {
                lock.unlock();
            }
            requests.flush();
        }
        return futures;
    }

    /** Submits a whole graph; gives the futures of the wanted nodes, in their order. */
    List<TaskFuture<?>> submitGraph(final GraphPlan plan, final TaskOptions options) {
        final Functions.Prepared[] prepared = plan.prepare(functions);
        final int[] taskIds = new int[prepared.length];
        final TaskFuture<?>[] futures = new TaskFuture<?>[prepared.length];
        final int[] order = plan.order();
        graphLock.lock();
        try {
            sendGraph(plan, options, prepared, order, taskIds, futures);
        } finally {
            graphLock.unlock();
        }
        return plan.pick(futures);
    }

    private void sendGraph(
            final GraphPlan plan,
            final TaskOptions options,
            final Functions.Prepared[] prepared,
            final int[] order,
            final int[] taskIds,
            final TaskFuture<?>[] futures) {
        for (int start = 0; start < order.length; start += CHUNK) {
            lock.lock();
            try {
                begin();
                for (int i = start; i < Math.min(order.length, start + CHUNK); i++) {
                    final int node = order[i];
                    graphIsOpen = i < order.length - 1;
                    final int[] dependencies = plan.dependencies(node, taskIds);
                    final TaskOptions nodeOptions = plan.options(node, options);
                    taskIds[node] = nextTask;
                    if (plan.isWanted(node)) {
                        futures[node] = handOver(prepared[node], dependencies, ClientRequests.WANTED, nodeOptions);
                    } else {
                        send(nextTaskId(), prepared[node], dependencies, 0, nodeOptions.replicas(1));
                    }
                }
            } catch (final RuntimeException e) {
                graphIsOpen = false;
                throw e;
            } finally {
                lock.unlock();
            }
            requests.flush();
        }
    }

    /** See {@link Client#replicate}. */
    void replicate(final Collection<? extends TaskFuture<?>> futures, final int copies) {
        final int[] taskIds = taskIds(futures);
        if (taskIds.length > 0) {
            sendInOrder(() -> requests.replicate(taskIds, copies));
        }
        Reference.reachabilityFence(futures);
    }

    /** Has results moved, all if there are no futures; waits until that is done. */
    Map<?, ?> rebalance(final Collection<? extends TaskFuture<?>> futures) {
        final int[] taskIds = taskIds(futures);
        return Replies.object(ask(
                id -> requests.rebalance(id, taskIds), Duration.ofNanos(Long.MAX_VALUE), "tell that it moved results"));
    }

    /** Who holds the results of futures, by task number; without futures what each worker holds, by its name. */
    Map<?, ?> whoHas(final Collection<? extends TaskFuture<?>> futures, final Duration timeout) {
        final int[] taskIds = taskIds(futures);
        return Replies.object(ask(id -> requests.whoHas(id, taskIds), timeout, "tell who holds what"));
    }

    private int[] taskIds(final Collection<? extends TaskFuture<?>> futures) {
        checkOurs(futures);
        return futures.stream().mapToInt(TaskFuture::taskId).toArray();
    }

    <R> TaskFuture<R> scatter(final @Nullable R value, final TaskOptions options) {
        final long sizeBytes = SizeOf.estimate(value);
        final String name = value == null ? "null" : value.getClass().getSimpleName();
        final TaskFuture<R> future;
        lock.lock();
        try {
            begin();
            future = hold(new TaskFuture<>(this, nextTaskId(), options.key(), name));
            scatters.add(future, value);
            requests.scatter(future.taskId(), sizeBytes, options.key(), options.workers());
            askForCopies(future.taskId(), options);
        } finally {
            lock.unlock();
        }
        requests.flush();
        return future;
    }

    /** Tells the scheduler, once, that a future is no longer held. */
    void release(final FutureRef ref) {
        if (scatters.deferRelease(ref.taskId()) || !forget(ref)) {
            return;
        }
        sendInOrder(() -> requests.release(ref.taskId()));
    }

    /**
     * Ends those futures that are not done as cancelled, and asks the scheduler not to compute them; gives their
     * number.
     */
    int cancel(final Collection<? extends TaskFuture<?>> futures, final boolean force, final boolean interrupt) {
        checkOurs(futures);
        final int[] taskIds = futures.stream()
                .filter(f -> !f.isDone() && f.settle(new Outcome.Cancelled("cancelled by this client: key=" + f.key())))
                .mapToInt(TaskFuture::taskId)
                .toArray();
        if (taskIds.length > 0) {
            cancelTasks(taskIds, force, interrupt);
        }
        return taskIds.length;
    }

    void cancelTasks(final int[] taskIds, final boolean force, final boolean interrupt) {
        sendInOrder(() -> requests.cancel(taskIds, force, interrupt));
    }

    /** Has tasks that failed run again; gives their number. */
    int retry(final Collection<? extends TaskFuture<?>> futures) {
        checkOurs(futures);
        checkOpen();
        final int[] taskIds = futures.stream()
                .filter(TaskFuture::retrying)
                .mapToInt(TaskFuture::taskId)
                .toArray();
        if (taskIds.length > 0) {
            sendInOrder(() -> requests.retry(taskIds));
        }
        return taskIds.length;
    }

    /** Has all tasks dropped and workers start anew, and waits until these are back. */
    void restart(final Duration timeout) {
        final long startNs = System.nanoTime();
        final int before = workers.size();
        final String restarted = ask(requests::restart, timeout, "restart the cluster");
        final List<Integer> numbers = new ArrayList<>();
        if (Json.parse(restarted) instanceof List<?> list) {
            list.forEach(number -> numbers.add(((Number) number).intValue()));
        }
        try {
            workers.awaitReplaced(numbers, before, timeout.minusNanos(System.nanoTime() - startNs), this::ended);
        } catch (final InterruptedException e) {
            throw Waiting.interrupted("the restarted workers");
        }
    }

    void resultMissing(final int taskId, final int[] holders, final boolean[] gone) {
        sendInOrder(() -> {
            for (int i = 0; i < holders.length; i++) {
                requests.resultMissing(taskId, holders[i], gone[i]);
            }
        });
    }

    void fetch(final Collection<? extends TaskFuture<?>> futures) {
        Fetch.start(this, futures);
    }

    /** Tasks that give the results of a dataset. */
    <R> List<TaskFuture<R>> submitPublished(final String dataset, final int count) {
        final Functions.Prepared prepared = functions.prepare(Shape.INPUT, Published.INSTANCE, null);
        final List<TaskFuture<R>> futures = new ArrayList<>(count);
        for (int start = 0; start < count; start += CHUNK) {
            lock.lock();
            try {
                begin();
                final int functionId = prepared.function().register(requests, functionIds);
                for (int i = start; i < Math.min(count, start + CHUNK); i++) {
                    final TaskFuture<R> future = hold(new TaskFuture<>(
                            this, nextTaskId(), null, prepared.function().name()));
                    requests.submitPublished(future.taskId(), functionId, prepared.payload(), dataset, i);
                    futures.add(future);
                }
            } finally {
                lock.unlock();
            }
            requests.flush();
        }
        return futures;
    }

    String info(final Duration timeout) {
        return ask(requests::info, timeout, "tell its view");
    }

    byte[] dump(final Duration timeout) {
        checkOpen();
        return link.dump(timeout);
    }

    /** What happened, see {@link RecordKind}; JSON. */
    String records(
            final RecordKind kind, final long since, final int limit, final String name, final Duration timeout) {
        return ask(id -> requests.askRecords(id, kind, since, limit, name), timeout, "tell what happened");
    }

    void event(final String topic, final String text) {
        checkOpen();
        requests.event(topic, text);
    }

    private String ask(final LongConsumer request, final Duration timeout, final String what) {
        final CompletableFuture<String> reply = new CompletableFuture<>();
        final long requestId;
        lock.lock();
        try {
            checkOpen();
            requestId = nextInfo++;
            infos.put(requestId, reply);
            request.accept(requestId);
        } finally {
            lock.unlock();
        }
        requests.flush();
        try {
            checkOpen();
            return reply.get(Waiting.nanos(timeout), TimeUnit.NANOSECONDS);
        } catch (final InterruptedException e) {
            throw Waiting.interrupted("the scheduler to " + what);
        } catch (final TimeoutException e) {
            throw new WaitTimeoutException("the scheduler did not " + what + " within " + Waiting.text(timeout));
        } catch (final ExecutionException e) {
            throw new MusterException("the scheduler did not " + what, e.getCause());
        } finally {
            infos.remove(requestId);
        }
    }

    void stopCluster() {
        lock.lock();
        try {
            checkOpen();
            requests.stopCluster();
        } finally {
            lock.unlock();
        }
        requests.flush();
    }

    /** Has the futures released that the garbage collector found; quick, and never waits for the stream. */
    void tick() {
        if (!opened || ended.get() != null) {
            return;
        }
        final FutureRef first = (FutureRef) collected.poll();
        if (first != null) {
            threads.request(() -> sendInOrder(() -> releaseCollected(first)));
        }
    }

    @Nullable
    TaskFuture<?> future(final int taskId) {
        return table.get(taskId);
    }

    Scatters scatters() {
        return scatters;
    }

    void infoReply(final long requestId, final String json) {
        final CompletableFuture<String> reply = infos.remove(requestId);
        if (reply != null) {
            reply.complete(json);
        }
    }

    void disconnected(final String reason) {
        final SchedulerLostException lost = new SchedulerLostException(reason);
        end(lost, new Outcome.Failed(TaskState.LOST, lost));
    }

    void close() {
        if (!end(
                new MusterException("the client is closed; connect anew"),
                new Outcome.Cancelled("the client was closed"))) {
            threads.close();
            link.close();
            return;
        }
        try {
            requests.close("client closed");
        } finally {
            threads.close();
            link.close();
        }
    }

    private boolean end(final MusterException reason, final Outcome outcome) {
        if (!ended.compareAndSet(null, reason)) {
            return false;
        }
        workers.wake();
        scatters.clear();
        infos.values().forEach(reply -> reply.completeExceptionally(reason));
        calls.fail(reason);
        table.all().forEach(future -> future.settle(outcome));
        return true;
    }

    /** What precedes a submission, under the lock: the session is there, and what was collected is released. */
    private void begin() {
        checkOpen();
        final FutureRef first = (FutureRef) collected.poll();
        if (first != null) {
            releaseCollected(first);
        }
    }

    private void checkOpen() {
        final MusterException end = ended.get();
        if (end instanceof SchedulerLostException lost) {
            throw lost;
        }
        if (end != null) {
            throw new MusterException(end.getMessage());
        }
    }

    void checkOurs(final Collection<? extends TaskFuture<?>> futures) {
        for (final TaskFuture<?> future : futures) {
            if (future.session() != this) {
                throw new IllegalArgumentException("future of key=" + future.key()
                        + " must belong to this client: gather it there and scatter its value here");
            }
        }
    }

    private <R> TaskFuture<R> handOver(
            final Functions.Prepared prepared, final int[] dependencies, final int flags, final TaskOptions options) {
        final TaskFuture<R> future = hold(new TaskFuture<>(
                this, nextTaskId(), options.key(), prepared.function().name()));
        try {
            send(future.taskId(), prepared, dependencies, flags, options);
        } catch (final RuntimeException e) {
            forget(future.ref());
            throw e;
        }
        return future;
    }

    private void send(
            final int taskId,
            final Functions.Prepared prepared,
            final int[] dependencies,
            final int flags,
            final TaskOptions options) {
        final int functionId = prepared.function().register(requests, functionIds);
        final RunningTask parent = RunningTask.current();
        requests.submit(
                taskId,
                functionId,
                flags
                        | (options.allowsOtherWorkers() ? ClientRequests.ALLOW_OTHER_WORKERS : 0)
                        | (options.isOnce() ? ClientRequests.ONCE : 0)
                        | (graphIsOpen ? ClientRequests.MORE_OF_GRAPH : 0),
                dependencies,
                options.timeoutNs() == 0 ? prepared.payload() : Call.timed(prepared.payload(), options.timeoutNs()),
                options.key(),
                options.terms(parent == null ? TaskTerms.NO_PARENT : parent.identity()));
        askForCopies(taskId, options);
    }

    private void askForCopies(final int taskId, final TaskOptions options) {
        if (options.replicas() > 1) {
            requests.replicate(new int[] {taskId}, options.replicas());
        }
    }

    private <R> TaskFuture<R> hold(final TaskFuture<R> future) {
        table.add(future.ref());
        final MusterException end = ended.get();
        if (end != null) {
            future.settle(new Outcome.Failed(TaskState.LOST, end));
        }
        return future;
    }

    private int nextTaskId() {
        if (nextTask == Integer.MAX_VALUE) {
            throw new MusterException("tasks=" + nextTask + " must be < 2^31 - 1 for one client: connect another one");
        }
        return nextTask++;
    }

    private void releaseCollected(final FutureRef first) {
        for (FutureRef ref = first; ref != null; ref = (FutureRef) collected.poll()) {
            if (forget(ref)) {
                requests.release(ref.taskId());
            }
        }
    }

    private boolean forget(final FutureRef ref) {
        if (!table.remove(ref.taskId())) {
            return false;
        }
        if (ref.key() != null) {
            keys.remove(ref.key(), ref);
        }
        return true;
    }

    private void sendInOrder(final Runnable sending) {
        lock.lock();
        try {
            if (ended.get() != null) {
                return;
            }
            sending.run();
        } finally {
            lock.unlock();
        }
        requests.flush();
    }

    /** How requests of {@link #calls} go. */
    private final class Asking implements CoordinationLink {
        @Override
        public void coordinate(final CoordinationRequest request) {
            requests.coordinate(request);
        }

        @Override
        public boolean helpUntil(final BooleanSupplier done, final long deadlineNs) {
            return Session.this.helpUntil(done, deadlineNs - System.nanoTime());
        }

        @Override
        public void endHelp() {
            Session.this.endHelp();
        }
    }
}
