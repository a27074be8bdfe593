package io.muster;

import io.muster.coordination.CoordinationScope;
import io.muster.progress.Progress;
import io.muster.progress.ProgressBars;
import io.muster.scheduler.ClientLink;
import io.muster.scheduler.RemoteClientLink;
import io.muster.security.PrivateFiles;
import io.muster.transport.Route;
import io.muster.worker.RunningTask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A user's connection to a cluster: takes tasks, hands out {@link TaskFuture}s, brings values here and there. Safe for
 * use by several threads.
 *
 * <pre>{@code
 * try (Client client = Client.connect(Path.of("scheduler.json"))) {
 *     TaskFuture<Integer> a = client.submit(() -> 20 + 1);
 *     TaskFuture<Integer> b = a.then(x -> x * 2);
 *     System.out.println(b.join());
 * }
 * }</pre>
 */
public final class Client implements Submitter, Coordinator, AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration RESTART_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration INFO_TIMEOUT = Duration.ofSeconds(30);
    private static final AtomicReference<@Nullable Client> CURRENT = new AtomicReference<>();

    private final Session session;
    private final Submissions submissions;
    private final Coordinator coordinator;
    private final Datasets datasets;
    private final Diagnostics diagnostics;
    private final boolean isOfWorker;

    private Client(final ClientLink link, final boolean isOfWorker) {
        this.isOfWorker = isOfWorker;
        session = new Session(link);
        submissions = session.submissions();
        coordinator = Coordinator.over(session.scope());
        datasets = new Datasets(session);
        diagnostics = new Diagnostics(session);
    }

    /**
     * Connects to the scheduler that wrote a scheduler file; waits up to 30 seconds for the file and the scheduler.
     *
     * @param schedulerFile the file
     * @return the client
     * @throws MusterException if there is no way to that scheduler
     */
    public static Client connect(final Path schedulerFile) {
        return connect(schedulerFile, CONNECT_TIMEOUT);
    }

    /**
     * Connects to the scheduler that wrote a scheduler file.
     *
     * @param schedulerFile the file
     * @param timeout how long to wait for the file and the scheduler
     * @return the client
     * @throws MusterException if there is no way to that scheduler
     */
    public static Client connect(final Path schedulerFile, final Duration timeout) {
        return over(RemoteClientLink.connect(schedulerFile, timeout));
    }

    /**
     * Connects to the scheduler that wrote a scheduler file, by a way of one's own, such as tunnels.
     *
     * @param schedulerFile the file
     * @param timeout how long to wait for the file and the scheduler
     * @param route where to connect to, for the scheduler and for each worker
     * @return the client
     * @throws MusterException if there is no way to that scheduler
     */
    public static Client connect(final Path schedulerFile, final Duration timeout, final Route route) {
        return over(RemoteClientLink.connect(schedulerFile, timeout, route));
    }

    /**
     * Connects to a scheduler by address; waits up to 30 seconds.
     *
     * @param address {@code tcp://host:port}
     * @param secretFile holds the cluster's secret
     * @return the client
     * @throws MusterException if there is no way to that scheduler
     */
    public static Client connect(final String address, final Path secretFile) {
        return connect(address, secretFile, CONNECT_TIMEOUT);
    }

    /**
     * Connects to a scheduler by address.
     *
     * @param address {@code tcp://host:port}
     * @param secretFile holds the cluster's secret
     * @param timeout how long to wait for the scheduler
     * @return the client
     * @throws MusterException if there is no way to that scheduler
     */
    public static Client connect(final String address, final Path secretFile, final Duration timeout) {
        return over(RemoteClientLink.connect(address, secretFile, timeout));
    }

    /**
     * The client that is at hand. In a task, on the thread that runs it: that of the worker, connected to the cluster that the task runs
     * on when the first task asks, and shared by all tasks of the worker; closing it does nothing, it ends with the worker. What a task
     * submits with it runs before other tasks of the priority of the task itself, or by its own priority if that is higher. Elsewhere: the
     * client of this JVM, where a launcher connected one, such as {@code MpiLaunch.initialize}.
     *
     * @return the client; it is the same until it is closed, or its session is lost
     * @throws MusterException if there is none, or a task's worker does not reach its scheduler
     */
    public static Client current() {
        final RunningTask task = RunningTask.current();
        if (task != null) {
            return task.client();
        }
        final Client client = CURRENT.get();
        if (client == null) {
            throw new MusterException("this JVM has no current client: call MpiLaunch.initialize(args) first, on the"
                    + " client's rank of an MPI launch, call this in a task, on the thread that runs it, or use"
                    + " Client.connect(schedulerFile)");
        }
        return client;
    }

    /**
     * Makes a client of a link; for those who write cluster kinds and transports, not for users.
     *
     * @param link the way to the scheduler; closed with the client
     * @return the client
     */
    public static Client over(final ClientLink link) {
        return new Client(link, false);
    }

    /**
     * Makes the client that a worker has for its tasks: {@link #close} does nothing, {@link #end} ends it; for those who write workers, not
     * for users.
     *
     * @param link the way to the scheduler
     * @return the client
     */
    public static Client ofWorker(final ClientLink link) {
        return new Client(link, true);
    }

    @Override
    public <R> TaskFuture<R> submit(final Task<? extends R> task) {
        return submissions.submit(task);
    }

    @Override
    public <A, R> TaskFuture<R> then(final TaskFuture<? extends A> input, final Fn<? super A, ? extends R> function) {
        return submissions.then(input, function);
    }

    @Override
    public <A, R> List<TaskFuture<R>> map(
            final Fn<? super A, ? extends R> function, final Collection<? extends A> arguments) {
        return submissions.map(function, arguments);
    }

    @Override
    public <R> TaskArray<R> array(final int count, final Fn<? super Integer, ? extends R> function) {
        return submissions.array(count, function);
    }

    @Override
    public <A, B, R> TaskFuture<R> combine(
            final TaskFuture<? extends A> first,
            final TaskFuture<? extends B> second,
            final BiFn<? super A, ? super B, ? extends R> function) {
        return submissions.combine(first, second, function);
    }

    @Override
    public <A, R> TaskFuture<R> combineAll(
            final Collection<? extends TaskFuture<? extends A>> inputs,
            final Fn<? super List<A>, ? extends R> function) {
        return submissions.combineAll(inputs, function);
    }

    @Override
    public <R> TaskFuture<R> scatter(final @Nullable R value) {
        return submissions.scatter(value);
    }

    /**
     * A view of this client that submits with options: {@code client.with(o -> o.retries(2)).submit(…)}.
     *
     * @param options changes the default options
     * @return the view
     * @throws IllegalArgumentException if an option breaks a rule
     */
    public Submitter with(final UnaryOperator<TaskOptions> options) {
        return new Submissions(session, options.apply(TaskOptions.DEFAULT).checked());
    }

    @Override
    public <S> Actor<S> actor(final Task<? extends S> constructor) {
        return submissions.actor(constructor);
    }

    @Override
    public <R> TaskFuture<R> compute(final Delayed<? extends R> node) {
        return submissions.compute(node);
    }

    @Override
    public <R> List<TaskFuture<R>> compute(final Collection<? extends Delayed<? extends R>> nodes) {
        return submissions.compute(nodes);
    }

    /**
     * Brings results here, many at once.
     *
     * @param futures the futures
     * @param <R> a result
     * @return the values, in order
     * @throws CompletionException if one failed; caused by a {@link RemoteTaskException}
     * @throws CancellationException if one was cancelled
     */
    public <R> List<R> gather(final Collection<? extends TaskFuture<? extends R>> futures) {
        return Gathering.gather(session, futures, Long.MAX_VALUE);
    }

    /**
     * Brings results here, many at once, if they exist in time.
     *
     * @param futures the futures
     * @param timeout how long to wait for them to be done
     * @param <R> a result
     * @return the values, in order
     * @throws WaitTimeoutException if some are not done by then
     * @throws CompletionException if one failed; caused by a {@link RemoteTaskException}
     * @throws CancellationException if one was cancelled
     */
    public <R> List<R> gather(final Collection<? extends TaskFuture<? extends R>> futures, final Duration timeout) {
        return Gathering.gather(session, futures, Waiting.nanos(timeout));
    }

    /**
     * Waits until futures are done, in whatever way; fetches nothing.
     *
     * @param futures the futures
     * @param timeout how long to wait
     * @throws WaitTimeoutException if some are not done by then
     */
    public void awaitAll(final Collection<? extends TaskFuture<?>> futures, final Duration timeout) {
        Gathering.await(futures, Waiting.nanos(timeout));
    }

    /**
     * Shows on standard error how far tasks are, a bar for each function, until all are done: {@code try (var bars =
     * client.progress(futures)) { client.gather(futures); }}. On a terminal the bars move; where standard error is a file there is a line every
     * five seconds, less often when it takes long. Returns at once; {@link Progress#await()} waits, as dask's {@code progress} does in a
     * console. Where bars are shown already, these come after them.
     *
     * @param futures the futures; each is let go once it is done
     * @return close it to stop showing, which changes nothing for the tasks
     */
    public Progress progress(final Collection<? extends TaskFuture<?>> futures) {
        return Progress.start(ProgressBars.onStandardError(), new FutureCounts(futures));
    }

    /**
     * Futures in the order in which they become done. Iterating waits for the next one, and yields failed ones too.
     *
     * @param futures the futures
     * @param <R> a result
     * @return can be iterated more than once
     */
    public <R> Iterable<TaskFuture<R>> asCompleted(final Collection<? extends TaskFuture<R>> futures) {
        return new Completions<>(futures);
    }

    /**
     * Asks that tasks not be computed, unless others want them too; futures that are not done end as cancelled.
     *
     * @param futures the futures
     */
    public void cancel(final Collection<? extends TaskFuture<?>> futures) {
        session.cancel(futures, false, false);
    }

    /**
     * Asks that tasks not be computed, even if others want them.
     *
     * @param futures the futures
     */
    public void forceCancel(final Collection<? extends TaskFuture<?>> futures) {
        session.cancel(futures, true, false);
    }

    /**
     * Has tasks that failed run again, each once more, and with them those that failed of what they are made from. Their futures are
     * pending again; stages such as {@code thenApply} that were made before keep the failure. A task that runs
     * {@linkplain TaskOptions#once once} and may have done so runs again only if it is among these itself.
     *
     * @param futures those that did not fail are left alone
     * @return how many had failed
     */
    public int retry(final Collection<? extends TaskFuture<?>> futures) {
        return session.retry(futures);
    }

    /**
     * Begins anew, for all clients: drops all tasks and data of the cluster, running ones are interrupted, all futures whose
     * values are not here end as cancelled. Workers that a nanny looks after are replaced by new processes; others are only emptied. Waits up to two minutes for the new ones.
     *
     * @throws WaitTimeoutException if they are not there by then
     */
    public void restart() {
        restart(RESTART_TIMEOUT);
    }

    /**
     * Begins anew, for all clients, as {@link #restart()}.
     *
     * @param timeout how long to wait for the new workers
     * @throws WaitTimeoutException if they are not there by then
     */
    public void restart(final Duration timeout) {
        session.restart(timeout);
    }

    Session session() {
        return session;
    }

    /** On behalf of the task that this thread runs, if it runs one: what a task holds is released when it ends. */
    private Coordinator coordinator() {
        final CoordinationScope scope = isOfWorker ? CoordinationScope.current() : null;
        return scope == null ? coordinator : Coordinator.over(scope);
    }

    @Override
    public DistributedLock lock(final String name) {
        return coordinator().lock(name);
    }

    @Override
    public DistributedSemaphore semaphore(final String name, final int permits) {
        return coordinator().semaphore(name, permits);
    }

    @Override
    public DistributedEvent event(final String name) {
        return coordinator().event(name);
    }

    @Override
    public <T> DistributedQueue<T> queue(final String name, final int capacity) {
        return coordinator().queue(name, capacity);
    }

    @Override
    public <T> DistributedVariable<T> variable(final String name) {
        return coordinator().variable(name);
    }

    @Override
    public <T> DistributedTopic<T> topic(final String name) {
        return coordinator().topic(name);
    }

    @Override
    public DistributedCounter counter(final String name) {
        return coordinator().counter(name);
    }

    /**
     * Publishes results under a name: they stay in the cluster's memory when this client leaves, until {@link #unpublish}, and other
     * clients get them by {@link #dataset}. Waits for the futures; what is lost with a worker later is computed again.
     *
     * @param name not published yet
     * @param futures of this client, in an order that is kept; none may have failed
     * @throws MusterException if the name is taken, if a future failed or was released, or if the waiting is interrupted
     */
    public void publish(final String name, final TaskFuture<?>... futures) {
        publish(name, List.of(futures));
    }

    /**
     * Publishes results under a name, as {@link #publish(String, TaskFuture...)}.
     *
     * @param name not published yet
     * @param futures of this client, in an order that is kept; none may have failed
     * @throws MusterException if the name is taken, if a future failed or was released, or if the waiting is interrupted
     */
    public void publish(final String name, final Collection<? extends TaskFuture<?>> futures) {
        datasets.publish(name, futures);
    }

    /**
     * The results that some client published under a name, for use here: futures of tasks of this client, which end at once where the
     * results are.
     *
     * @param name the name
     * @param <R> a result
     * @return futures, in the order in which they were published
     * @throws MusterException if nothing is published under that name
     */
    public <R> List<TaskFuture<R>> dataset(final String name) {
        return datasets.get(name);
    }

    /**
     * The names under which results are published.
     *
     * @return the names, sorted
     */
    public List<String> datasets() {
        return datasets.names();
    }

    /**
     * Takes a name back: what was published under it stays only as long as somebody else needs it.
     *
     * @param name the name
     * @return whether something was published under it
     */
    public boolean unpublish(final String name) {
        return datasets.remove(name);
    }

    /**
     * Puts a value on every worker, those that come later too, for tasks to use as input; as {@link #scatter}. It is done when it is on one
     * of them.
     *
     * @param value the value
     * @param <R> the value
     * @return a future of the value
     */
    public <R> TaskFuture<R> broadcast(final @Nullable R value) {
        return session.scatter(value, TaskOptions.DEFAULT.replicas(TaskOptions.EVERYWHERE));
    }

    /**
     * Asks for copies of results: the cluster makes them once a result exists, and again when a worker that holds one is lost, as long as
     * somebody needs the result. Returns at once; {@link #whoHas} tells what is there. Asking again with another number replaces the first.
     *
     * @param futures the futures
     * @param copies how many workers shall hold each, at least 1; {@link TaskOptions#EVERYWHERE}: all
     */
    public void replicate(final Collection<? extends TaskFuture<?>> futures, final int copies) {
        session.replicate(futures, TaskOptions.checkReplicas(copies));
    }

    /**
     * Moves results, of whichever client, from workers that hold much to workers that hold little, and waits until that is done. Best called
     * when no tasks run: they bring their inputs to other places meanwhile.
     *
     * @return how many results were moved
     * @throws MusterException if the session ends meanwhile
     */
    public long rebalance() {
        return Replies.number(session.rebalance(List.of()), "moved");
    }

    /**
     * Moves results as {@link #rebalance()}, but only some.
     *
     * @param futures those that may be moved
     * @return how many were moved
     * @throws MusterException if the session ends meanwhile
     */
    public long rebalance(final Collection<? extends TaskFuture<?>> futures) {
        return futures.isEmpty() ? 0 : Replies.number(session.rebalance(futures), "moved");
    }

    /**
     * Which workers hold results; waits up to 30 seconds for the answer.
     *
     * @param futures the futures
     * @return the names of workers by future; none where there is no result at present
     * @throws WaitTimeoutException if the scheduler does not answer
     */
    public Map<TaskFuture<?>, List<String>> whoHas(final Collection<? extends TaskFuture<?>> futures) {
        return futures.isEmpty() ? Map.of() : Replies.holders(session.whoHas(futures, INFO_TIMEOUT), futures);
    }

    /**
     * What each worker holds, of all clients; waits up to 30 seconds for the answer.
     *
     * @return the sizes of results in bytes, by their keys, by the names of workers; up to 100,000 results in all
     * @throws WaitTimeoutException if the scheduler does not answer
     */
    public Map<String, Map<String, Long>> hasWhat() {
        return Replies.held(session.whoHas(List.of(), INFO_TIMEOUT));
    }

    /**
     * Waits until the cluster has enough workers.
     *
     * @param count how many, at least 1
     * @param timeout how long to wait
     * @throws WaitTimeoutException if there are fewer by then
     * @throws SchedulerLostException if the session ends meanwhile
     */
    public void awaitWorkers(final int count, final Duration timeout) {
        if (count < 1) {
            throw new IllegalArgumentException("count=" + count + " must be >= 1");
        }
        try {
            session.workers().await(count, timeout, session::ended);
        } catch (final InterruptedException e) {
            throw Waiting.interrupted(count + " workers");
        }
    }

    /**
     * The workers that are there now.
     *
     * @return a snapshot, in the order in which they came
     */
    public List<WorkerInfo> workers() {
        return session.workers().list();
    }

    /**
     * The scheduler's view of the cluster; waits up to 30 seconds for it.
     *
     * @return JSON
     * @throws WaitTimeoutException if the scheduler does not answer
     */
    public String info() {
        return info(INFO_TIMEOUT);
    }

    /**
     * The scheduler's view of the cluster.
     *
     * @param timeout how long to wait for it
     * @return JSON
     * @throws WaitTimeoutException if the scheduler does not answer by then
     */
    public String info(final Duration timeout) {
        return session.info(timeout);
    }

    /**
     * Writes down what the scheduler and its workers do, to be looked at later with {@code muster inspect}: tasks by key with what they
     * wait for, workers, threads, and what makes no progress, but no arguments, no values and no secrets. Comes about also when the
     * scheduler is stuck, with less in it. Lists up to 20,000 tasks, those that are not done first.
     *
     * @param file where to; readable by this user only, replaced if it is there
     * @throws MusterException if the scheduler's process does not answer, or the file can't be written
     */
    public void dump(final Path file) {
        PrivateFiles.write(file, "dump", session.dump(INFO_TIMEOUT));
    }

    /**
     * Everything that is remembered of what happened to a task, at the scheduler and at its workers, with causes. The scheduler remembers the
     * last 100,000 transitions of all tasks, a worker the last 10,000 events of its runs.
     *
     * @param future of this client; it may be done
     * @return lines, oldest first; none if nothing is remembered
     * @throws WaitTimeoutException if the scheduler does not answer within 30 seconds
     */
    public List<StoryLine> story(final TaskFuture<?> future) {
        session.checkOurs(List.of(future));
        return diagnostics.story(session.identity(future.taskId()), "");
    }

    /**
     * Everything that is remembered of what happened to a task, as {@link #story(TaskFuture)}.
     *
     * @param key the key of a task, of any client
     * @return lines, oldest first; none if nothing is remembered
     * @throws MusterException if no task is known by that key
     * @throws WaitTimeoutException if the scheduler does not answer within 30 seconds
     */
    public List<StoryLine> story(final String key) {
        return diagnostics.story(0, key);
    }

    /**
     * The scheduler's last log lines, up to 10,000. Schedulers and workers that {@code muster} starts keep them.
     *
     * @return lines, oldest first; none where the scheduler's logging does not feed {@link io.muster.diagnosis.LogRing}
     * @throws WaitTimeoutException if the scheduler does not answer within 30 seconds
     */
    public List<LogLine> logs() {
        return diagnostics.logs("");
    }

    /**
     * A worker's last log lines, up to 10,000, as {@link #logs()}.
     *
     * @param worker its name
     * @return lines, oldest first
     * @throws MusterException if there is no such worker, or it does not answer
     */
    public List<LogLine> logs(final String worker) {
        return diagnostics.logs(worker);
    }

    /**
     * Tells of something that may interest others: {@link #onEvent} and {@link #events} give it, and the dashboard shows it.
     *
     * @param topic a name, up to 200 characters
     * @param value what happened: text as it is, maps, lists, numbers and booleans as JSON, else its {@code toString()}; the first 10,000
     *     characters count
     */
    public void logEvent(final String topic, final Object value) {
        session.event(topic, EventText.of(value));
    }

    /**
     * Has a handler called for each event of a topic from now on.
     *
     * @param topic of {@link #logEvent}, {@link TaskContext#logEvent}; {@code print} and {@code log} for what tasks say; {@code all} for
     *     what the scheduler tells of the cluster, or a worker's name for what it tells of that
     * @param handler gets each event, one after the other, in a thread of the subscription; what it throws is logged
     * @return ends the subscription when closed
     */
    public Subscription onEvent(final String topic, final Consumer<? super ClusterEvent> handler) {
        return diagnostics.onEvent(this, topic, handler);
    }

    /**
     * The last events of a topic, up to 1,000.
     *
     * @param topic as in {@link #onEvent}; empty: all topics
     * @return events, oldest first
     * @throws WaitTimeoutException if the scheduler does not answer within 30 seconds
     */
    public List<ClusterEvent> events(final String topic) {
        return diagnostics.events(topic);
    }

    /**
     * Writes what ran where and when as a file in Chrome's trace format, which Perfetto and {@code chrome://tracing} show: a process for each
     * worker, a row for each thread, a bar for each run with its task's key. The scheduler keeps the last 100,000 bars.
     *
     * @param file written anew
     * @return how many bars it has
     * @throws MusterException if it can't be written
     * @throws WaitTimeoutException if the scheduler does not answer within 30 seconds
     */
    public long taskStream(final Path file) {
        return diagnostics.taskStream(file);
    }

    /**
     * Writes what a run of the cluster looked like as one HTML file that opens in any browser without a server and loads nothing: time by
     * function, the task stream with zoom, the profile, the workers, bandwidth, processors and memory. It shows what the scheduler still
     * remembers: the last 100,000 bars of the task stream, ten minutes of the system. Needs {@code muster-dashboard} on this program's class
     * path.
     *
     * @param file written anew; a file of 100,000 bars has some 7 MB
     * @throws MusterException if it can't be written, or {@code muster-dashboard} is missing
     * @throws WaitTimeoutException if the scheduler does not answer within 30 seconds
     */
    public void performanceReport(final Path file) {
        diagnostics.performanceReport(file);
    }

    /**
     * A view of this client as an {@link ExecutorService}. Tasks that are not serializable, such as plain lambdas, are
     * refused with {@link java.util.concurrent.RejectedExecutionException}, which says what to do. Shutting it down
     * does not close the client.
     *
     * @return a new view
     */
    public ExecutorService executor() {
        return new ClusterExecutor(session, submissions);
    }

    /** Makes this the {@link #current} client until it is closed; for those who write launchers, not for users. */
    public void makeCurrent() {
        CURRENT.set(this);
    }

    /**
     * Whether this is the {@link #current} client.
     *
     * @return false once it is closed
     */
    public boolean isCurrent() {
        return CURRENT.get() == this;
    }

    /** Asks the scheduler to end, and all workers with it, for all clients. */
    public void stopCluster() {
        session.stopCluster();
    }

    /**
     * Waits until the session is over: the scheduler ended it or is gone, or this client was closed.
     *
     * @param timeout how long to wait
     * @return whether it is over by then
     */
    public boolean awaitEnd(final Duration timeout) {
        try {
            session.workers().await(Integer.MAX_VALUE, timeout, session::ended);
            return false;
        } catch (final InterruptedException e) {
            throw Waiting.interrupted("the end of the session");
        } catch (final WaitTimeoutException e) {
            return false;
        } catch (final MusterException e) {
            return true;
        }
    }

    /**
     * Lets the cluster forget results whose futures were garbage collected; a session's loop calls it now and then.
     * Quick.
     */
    public void tick() {
        session.tick();
    }

    /**
     * Whether the session is over: this was closed, or the scheduler is gone.
     *
     * @return true once it is
     */
    public boolean isOver() {
        return session.ended() != null;
    }

    /**
     * Ends the session. Futures that are not done end as cancelled, results that were not fetched are lost. Idempotent; does
     * nothing to the client of a worker's tasks, see {@link #current}.
     */
    @Override
    public void close() {
        if (!isOfWorker) {
            end();
        }
    }

    /** Ends the session, as {@link #close}, also of a worker's client; for those who write workers, not for users. */
    public void end() {
        CURRENT.compareAndSet(this, null);
        session.close();
    }

    @Override
    public String toString() {
        final MusterException ended = session.ended();
        return "Client(number=" + session.clientNumber() + ", workers="
                + session.workers().size() + ", futures=" + session.heldFutures()
                + (ended == null ? ")" : ", ended: " + ended.getMessage() + ")");
    }
}
