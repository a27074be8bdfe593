package io.muster.scheduler;

import io.muster.MusterException;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.coordination.CoordinationRequest;
import io.muster.data.LocalDataPlane;
import io.muster.data.WorkerAddress;
import io.muster.protocol.RecordKind;
import io.muster.serialize.Serializer;
import io.muster.worker.MemoryRules;
import io.muster.worker.RunTimes;
import io.muster.worker.Worker;
import io.muster.worker.WorkerCounters;
import io.muster.worker.WorkerReports;
import io.muster.worker.WorkerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A scheduler with its workers in this JVM: the same core and the same workers, without sockets, threads of its own, or copies. */
public final class LocalScheduler implements AutoCloseable {
    /*
     * Commands queue up; whoever adds one and flushes takes the lock if it is free and applies all that are there, so that a task goes
     * from the submitting thread straight to an executor, and its result from there straight to the future. Who finds the lock taken
     * leaves: the holder looks again after unlocking, as `signalled` was set before the attempt. Callbacks that run under the lock may
     * add commands; those are applied by the same holder.
     */
    private static final long TICK_NS = 100_000_000;
    private static final String CLUSTER_ID = "local";
    private static final String ADDRESS = "inproc";

    private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Router router = new Router(true);
    private final Settings settings;
    private final Recorder recorder;
    private final SchedulerCore core;
    private final LocalDataPlane dataPlane = new LocalDataPlane();
    private final List<Worker> workers = new ArrayList<>();
    private final long startedNs = System.nanoTime();
    private final Thread clock;
    private final @Nullable Dashboard dashboard;
    private final StuckWatch watch;
    private final Examiner examiner;
    private final long checkIntervalNs;
    private long lastCheckNs;
    private volatile boolean signalled;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    private int nextWorker;
    private int lastClient;
    private int users;
    private long sampledNs;

    /**
     * Starts workers.
     *
     * @param count how many
     * @param threads of each
     * @param settings the scheduler's options that matter within one JVM
     */
    public LocalScheduler(final int count, final int threads, final Settings settings) {
        this.settings = settings;
        core = new SchedulerCore(
                router,
                new CoreSettings(
                        settings.get(Options.SCHEDULER_ALLOWED_FAILURES),
                        Long.MAX_VALUE / 4,
                        settings.get(Options.SCHEDULER_WORK_STEALING),
                        settings.get(Options.SCHEDULER_NO_WORKERS_TIMEOUT).toNanos()));
        core.reduceReplicasEvery(SchedulerServer.reduceReplicasNs(settings));
        router.core(core);
        recorder = new Recorder(core, settings.get(Options.DIAGNOSTICS_STREAM_ROWS));
        watch = new StuckWatch(core, List::of);
        examiner = new Examiner(
                core,
                watch,
                action -> {
                    commands.add(() -> {
                        tellRuns();
                        action.run();
                    });
                    apply();
                },
                this::describe,
                "",
                settings.toArguments(),
                recorder::epochUs);
        checkIntervalNs = settings.get(Options.SCHEDULER_CHECK_INTERVAL).toNanos();
        for (int number = 0; number < count; number++) {
            addWorker(threads);
        }
        clock = new Thread(null, this::tellTime, "muster-local-clock", 0, false);
        clock.setDaemon(true);
        clock.start();
        dashboard = Dashboards.start(
                new LiveSource(
                        core,
                        recorder,
                        watch,
                        this::execute,
                        () -> users,
                        this::nowNs,
                        answer -> answer.accept(Management.NO_JOBS),
                        CLUSTER_ID,
                        0,
                        ADDRESS),
                settings);
    }

    /**
     * A client's way to this scheduler.
     *
     * @return a link
     */
    public ClientLink link() {
        return new Link(false);
    }

    /**
     * What {@code muster info} shows.
     *
     * @return JSON
     */
    public String describe() {
        lock.lock();
        try {
            for (final WorkerState state : core.workers()) {
                if (state != null && state.peer instanceof Worker worker) {
                    state.memory.told(worker.status());
                }
            }
            final Map<String, Object> info = new LinkedHashMap<>();
            info.put("cluster_id", CLUSTER_ID);
            info.put("epoch", 0L);
            info.put("address", ADDRESS);
            info.put("dashboard_url", Dashboards.url(dashboard));
            info.put("uptime_s", (System.nanoTime() - startedNs) / 1_000_000 / 1000.0);
            info.put("version", Version.current());
            info.put("java", System.getProperty("java.version"));
            info.put("taken_back", recorder.steals());
            return InfoJson.write(info, core, users, System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        Dashboards.close(dashboard);
        commands.add(() -> {
            closed = true;
            for (final ClientState client : new ArrayList<>(core.clients().values())) {
                core.removeClient(client.number);
                router.clientLeft((ClientEvents) client.peer);
                ((ClientEvents) client.peer).disconnected("the cluster is closed");
            }
        });
        apply();
        LockSupport.unpark(clock);
        final List<Worker> last;
        synchronized (workers) {
            last = List.copyOf(workers);
        }
        last.forEach(Worker::close);
        dataPlane.close();
    }

    /**
     * Starts one more worker.
     *
     * @param threads how many tasks it runs at once
     * @return its number
     */
    public int addWorker(final int threads) {
        final int number;
        synchronized (workers) {
            number = nextWorker++;
        }
        final Reports reports = new Reports();
        final WorkerSettings workerSettings = WorkerSettings.of("w-" + number, threads)
                .withMemoryLimitBytes(MemoryRules.limitBytes(settings))
                .withMemoryRules(MemoryRules.inProcess(settings))
                .withBlocking(
                        settings.get(Options.WORKER_MAX_BLOCKED_THREADS),
                        settings.get(Options.WORKER_INTERRUPT_PATIENCE));
        final Worker worker = Worker.start(workerSettings, reports, Serializer.standard(), dataPlane);
        worker.clientsOver(() -> new Link(true));
        worker.profileEvery(settings.get(Options.WORKER_PROFILE_INTERVAL));
        worker.number(number);
        dataPlane.register(number, worker);
        synchronized (workers) {
            workers.add(worker);
        }
        final WorkerState state = new WorkerState(
                number, "w-" + number, "localhost", threads, workerSettings.memoryLimitBytes(), false, worker);
        reports.state = state;
        worker.onStop((restart, reason) -> {
            commands.add(() -> {
                core.removeWorker(state, reason, true);
                recorder.workerLeft(state, reason);
                dataPlane.unregister(number);
            });
            apply();
            synchronized (workers) {
                workers.remove(worker);
            }
        });
        commands.add(() -> {
            if (closed) {
                worker.close();
            } else {
                router.workerJoined(new WorkerAddress(number, state.name, threads, "", 0, new byte[0]));
                core.addWorker(nowNs(), state);
                recorder.workerJoined(state);
            }
        });
        apply();
        return number;
    }

    /**
     * How much there is to do.
     *
     * @return the load now
     */
    public Load load() {
        lock.lock();
        try {
            if (!closed) {
                applyAll();
            }
            return core.load();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets workers leave, as {@link ManagedScheduler#retire}.
     *
     * @param numbers of workers
     * @param patience how long running tasks may take
     * @param reason for logs
     */
    public void retire(final Collection<Integer> numbers, final Duration patience, final String reason) {
        final Set<Integer> leaving = Set.copyOf(numbers);
        commands.add(() -> core.retire(nowNs(), leaving, patience.toNanos(), reason));
        apply();
    }

    private void execute(final Runnable question) {
        commands.add(question);
        apply();
    }

    private long nowNs() {
        return System.nanoTime() - startedNs;
    }

    /** The core has no clock of its own, and acts on some things only when time has passed. */
    private void tellTime() {
        while (!closed) {
            LockSupport.parkNanos(this, TICK_NS);
            commands.add(() -> {
                if (!closed) {
                    core.tick(nowNs());
                    look();
                    sample(System.nanoTime());
                }
            });
            try {
                apply();
            } catch (final IllegalStateException e) {
                return;
            }
        }
    }

    private void look() {
        if (checkIntervalNs > 0 && nowNs() - lastCheckNs >= checkIntervalNs) {
            lastCheckNs = nowNs();
            tellRuns();
            watch.tick();
        }
    }

    /** Workers in this JVM send no heartbeats that name their runs, and lose no messages either. */
    private void tellRuns() {
        for (final WorkerState state : core.workers()) {
            if (state != null && state.peer instanceof Worker worker) {
                state.known.told(core.tasks(), state, worker.oldestRuns(), 0);
            }
        }
    }

    /** In one process there are no heartbeats: what the process uses is the scheduler's, workers tell what they have to do. */
    private void sample(final long timeNs) {
        if (timeNs - sampledNs >= SystemLog.INTERVAL_NS) {
            sampledNs = timeNs;
            for (final WorkerState state : core.workers()) {
                if (state != null && state.peer instanceof Worker worker) {
                    state.memory.told(worker.status());
                    final WorkerCounters counters = worker.counters();
                    recorder.heard(
                            state, new WorkerFigures(0, 0, 0, 0, 0, 0, counters.running(), counters.ready()), timeNs);
                }
            }
        }
        recorder.tick(timeNs);
    }

    private void apply() {
        signalled = true;
        if (lock.isHeldByCurrentThread()) {
            return;
        }
        while (signalled) {
            if (!lock.tryLock()) {
                return;
            }
            try {
                signalled = false;
                applyAll();
            } catch (final RuntimeException | Error e) {
                fail(e);
            } finally {
                lock.unlock();
            }
        }
    }

    private void applyAll() {
        core.storyTime(System.nanoTime());
        Runnable command = commands.poll();
        while (command != null) {
            while (command != null) {
                command.run();
                command = commands.poll();
            }
            if (!closed) {
                core.schedule();
            }
            command = commands.poll();
        }
    }

    /** An impossible transition: nothing the core says can be trusted any more, so every client is told. */
    private void fail(final Throwable e) {
        if (failure == null) {
            failure = e;
            for (final ClientState client : new ArrayList<>(core.clients().values())) {
                ((ClientEvents) client.peer).disconnected("the scheduler failed: " + e);
            }
            throw new IllegalStateException("the scheduler failed; this is a bug in Muster", e);
        }
    }

    /** A client's end. */
    private final class Link implements ClientLink {
        private final boolean isOfWorker;
        private @Nullable Requests requests;

        Link(final boolean isOfWorker) {
            this.isOfWorker = isOfWorker;
        }

        @Override
        public ClientRequests open(final ClientEvents events) {
            final Requests opened = new Requests(events, isOfWorker);
            requests = opened;
            return opened;
        }

        @Override
        public LocalDataPlane dataPlane() {
            return dataPlane;
        }

        @Override
        public Serializer serializer() {
            return Serializer.standard();
        }

        @Override
        public byte[] dump(final Duration timeout) {
            return examiner.dump();
        }

        @Override
        public void close() {
            if (requests != null) {
                requests.close("the client closed");
            }
        }
    }

    /** What a client says, as commands. */
    private final class Requests implements ClientRequests {
        private final ClientState state;
        private final ClientEvents events;
        private final boolean isOfWorker;
        private boolean ended;

        Requests(final ClientEvents events, final boolean isOfWorker) {
            this.events = events;
            this.isOfWorker = isOfWorker;
            lock.lock();
            try {
                if (closed) {
                    throw new MusterException("the cluster is closed; start another one");
                }
                state = new ClientState(++lastClient, events);
                state.isOfWorker = isOfWorker;
            } finally {
                lock.unlock();
            }
            commands.add(() -> {
                users += isOfWorker ? 0 : 1;
                core.addClient(state);
                router.clientJoined(events);
            });
            apply();
        }

        @Override
        public boolean isLocal() {
            return true;
        }

        @Override
        public int clientNumber() {
            return state.number;
        }

        private void command(final Runnable command) {
            commands.add(() -> {
                if (!ended && !closed) {
                    command.run();
                }
            });
        }

        @Override
        public void registerFunction(final int functionId, final Object body, final String name) {
            command(() -> core.registerFunction(state, functionId, body, name));
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
            final int[] inputs = dependencies.length == 0 ? dependencies : dependencies.clone();
            command(() -> core.submit(state, taskId, functionId, flags, inputs, inputs.length, payload, key, terms));
        }

        @Override
        public void release(final int taskId) {
            command(() -> core.release(state, taskId));
        }

        @Override
        public void cancel(final int[] taskIds, final boolean force, final boolean interrupt) {
            command(() -> core.cancel(state, taskIds, taskIds.length, interrupt));
            apply();
        }

        @Override
        public void retry(final int[] taskIds) {
            command(() -> core.retry(state, taskIds, taskIds.length));
            apply();
        }

        @Override
        public void restart(final long requestId) {
            final String reason = "client " + state.number + " restarted the cluster";
            command(() -> {
                recorder.clusterEvent(reason);
                events.infoReply(requestId, Arrays.toString(core.restart(0, reason)));
            });
            apply();
        }

        @Override
        public void scatter(
                final int taskId, final long sizeBytes, final @Nullable String key, final List<String> names) {
            command(() -> core.scatter(state, taskId, sizeBytes, key, names));
        }

        @Override
        public void replicate(final int[] taskIds, final int copies) {
            command(() -> core.replicate(state, taskIds, taskIds.length, copies));
        }

        @Override
        public void rebalance(final long requestId, final int[] taskIds) {
            command(() -> core.rebalance(state, requestId, taskIds, taskIds.length));
            apply();
        }

        @Override
        public void whoHas(final long requestId, final int[] taskIds) {
            command(() -> events.infoReply(requestId, core.whereabouts(state, taskIds, taskIds.length)));
            apply();
        }

        @Override
        public void resultMissing(final int taskId, final int worker, final boolean gone) {
            command(() -> core.resultMissing(state, taskId, worker, gone));
        }

        @Override
        public void submitPublished(
                final int taskId, final int functionId, final Object payload, final String dataset, final int index) {
            command(() -> core.submitPublished(state, taskId, functionId, payload, dataset, index));
        }

        @Override
        public void callActor(
                final int taskId, final int functionId, final long actor, final int flags, final Object payload) {
            command(() -> core.callActor(state, taskId, functionId, actor, flags, payload));
        }

        @Override
        public void coordinate(final CoordinationRequest request) {
            command(() -> core.sharing().coordinate(state, request));
            apply();
        }

        @Override
        public void info(final long requestId) {
            command(() -> events.infoReply(requestId, describe()));
        }

        @Override
        public void manage(final long requestId, final String json) {
            command(() -> events.infoReply(requestId, Management.NOTHING_TO_MANAGE));
            apply();
        }

        @Override
        public void askRecords(
                final long requestId, final RecordKind kind, final long since, final int limit, final String name) {
            command(() -> recorder.ask(kind, since, limit, name, json -> events.infoReply(requestId, json)));
            apply();
        }

        @Override
        public void event(final String topic, final String text) {
            command(() -> recorder.event(topic, "client-" + state.number, text));
            apply();
        }

        @Override
        public void stopCluster() {
            LocalScheduler.this.close();
        }

        @Override
        public void flush() {
            apply();
        }

        @Override
        public void close(final String reason) {
            command(() -> {
                ended = true;
                users -= isOfWorker ? 0 : 1;
                core.removeClient(state.number);
                router.clientLeft(events);
            });
            apply();
        }
    }

    /** What a worker says, as commands. */
    private final class Reports implements WorkerReports {
        private @Nullable WorkerState state;

        private WorkerState worker() {
            return java.util.Objects.requireNonNull(state, "state");
        }

        @Override
        public boolean isLocal() {
            return true;
        }

        @Override
        public void runDone(
                final long runId,
                final long task,
                final long sizeBytes,
                final RunTimes times,
                final boolean inline,
                final @Nullable Object value) {
            commands.add(() -> {
                ran(runId, task, times, false);
                core.runDone(worker(), runId, task, sizeBytes, times.durationNs(), inline, value);
            });
        }

        @Override
        public void runFailed(
                final long runId, final long task, final RunTimes times, final boolean unknown, final Object failed) {
            commands.add(() -> {
                ran(runId, task, times, true);
                core.runFailed(worker(), runId, task, times.durationNs(), unknown, failed);
            });
        }

        private void ran(final long runId, final long task, final RunTimes times, final boolean hasFailed) {
            recorder.ran(
                    worker(),
                    runId,
                    task,
                    hasFailed,
                    0,
                    times.stopNs(),
                    times.thread(),
                    times.startNs(),
                    times.stopNs(),
                    times.fetchStartNs(),
                    times.fetchStopNs(),
                    times.diskNs());
        }

        @Override
        public void longRunning(final long runId, final long task, final boolean seceded) {
            commands.add(() -> core.longRunning(worker(), runId, task, seceded));
        }

        @Override
        public void commitRequest(final long runId, final long task) {
            commands.add(() -> core.commitRequested(worker(), runId, task));
        }

        @Override
        public void inputMissing(
                final long runId, final long task, final long input, final int[] holders, final boolean[] gone) {
            commands.add(() -> core.inputMissing(worker(), runId, task, input, holders, gone));
        }

        @Override
        public void runsTakenBack(final long[] runIds, final boolean[] givenUp) {
            commands.add(() -> {
                for (int i = 0; i < runIds.length; i++) {
                    if (givenUp[i]) {
                        recorder.stolen();
                    }
                    core.runTakenBack(worker(), runIds[i], givenUp[i]);
                }
            });
        }

        @Override
        public void replicaFailed(final long task, final int[] holders, final boolean[] gone) {
            commands.add(() -> core.replicaFailed(worker(), task, holders, gone));
        }

        @Override
        public void coordinate(final CoordinationRequest request) {
            commands.add(() -> core.sharing().coordinate(worker(), request));
            apply();
        }

        @Override
        public void records(final long requestId, final String json) {
            commands.add(() -> recorder.told(worker(), requestId, json, 0));
            apply();
        }

        @Override
        public void profile(final String samples) {
            commands.add(() -> recorder.profiled(worker(), samples));
        }

        @Override
        public void said(final long runId, final long task, final boolean isLog, final String text) {
            commands.add(() -> recorder.said(worker(), task, isLog, text));
            apply();
        }

        @Override
        public void event(final String topic, final String text) {
            commands.add(() -> recorder.event(topic, worker().name, text));
            apply();
        }

        @Override
        public void replicaStored(final long task, final long sizeBytes) {
            commands.add(() -> core.replicaStored(worker(), task, sizeBytes));
        }

        @Override
        public void flush() {
            apply();
        }
    }
}
