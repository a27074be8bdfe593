package io.muster.scheduler;

import io.muster.ClusterEvent;
import io.muster.MusterException;
import io.muster.StoryLine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a dashboard sees of a scheduler that runs: every answer is made by the scheduler's own thread. */
final class LiveSource implements DashboardSource {
    private static final long PATIENCE_S = 2;

    /** How long an answer is waited for that is made of what workers or a batch system say. */
    private static final long LONG_PATIENCE_S = 5;

    private static final double NS_PER_S = 1e9;

    /** How many samples of all workers together are told at most, unless that is too few of each. */
    private static final int MANY_SAMPLES = 18_000;

    private static final int LEAST_SAMPLES = 30;

    private final SchedulerCore core;
    private final TaskViews tasks;
    private final Recorder recorder;
    private final StuckWatch watch;
    private final Executor owner;
    private final IntSupplier clients;
    private final LongSupplier coreNs;
    private final Consumer<Consumer<String>> jobs;
    private final String clusterId;
    private final long epoch;
    private final String address;
    private final long startedNs = System.nanoTime();

    /**
     * Makes one.
     *
     * @param core what is shown; touched by the owner only
     * @param recorder what happened; likewise
     * @param watch what makes no progress; likewise
     * @param owner has something done by the scheduler's own thread
     * @param clients how many there are; asked by the owner
     * @param coreNs the time by which the core counts
     * @param jobs has the cluster's jobs told, as JSON; asked by the owner
     */
    LiveSource(
            final SchedulerCore core,
            final Recorder recorder,
            final StuckWatch watch,
            final Executor owner,
            final IntSupplier clients,
            final LongSupplier coreNs,
            final Consumer<Consumer<String>> jobs,
            final String clusterId,
            final long epoch,
            final String address) {
        this.core = core;
        this.tasks = new TaskViews(core);
        this.recorder = recorder;
        this.watch = watch;
        this.owner = owner;
        this.clients = clients;
        this.coreNs = coreNs;
        this.jobs = jobs;
        this.clusterId = clusterId;
        this.epoch = epoch;
        this.address = address;
    }

    @Override
    public ClusterSnapshot cluster() {
        return ask(this::takeCluster);
    }

    @Override
    public List<WorkerSnapshot> workers() {
        return ask(this::takeWorkers);
    }

    @Override
    public List<FunctionSnapshot> functions() {
        return ask(tasks::functions);
    }

    @Override
    public TaskPage tasks(final TaskQuery query) {
        return ask(() -> tasks.page(query));
    }

    @Override
    public @Nullable TaskDetail task(final long id) {
        return ask(() -> Optional.ofNullable(tasks.detail(id))).orElse(null);
    }

    @Override
    public List<RunSnapshot> runs(final long id) {
        return ask(() -> recorder.stream().runs(id));
    }

    @Override
    public GraphSnapshot graph(final int limit) {
        return ask(() -> tasks.graph(limit));
    }

    @Override
    public List<Finding> findings() {
        return ask(() -> watch.look(false));
    }

    @Override
    public String jobs() {
        return askTo(jobs);
    }

    @Override
    public TaskStreamLog.Page stream(final long since, final int limit) {
        return ask(() -> {
            final TaskStreamLog log = recorder.stream();
            return log.since(since < 0 ? log.next() - limit : Math.min(since, log.next()), limit);
        });
    }

    @Override
    public Map<String, Object> system(final long sinceUs) {
        return ask(() -> {
            final SystemLog log = recorder.system();
            return log.toJson(sinceUs, Math.max(LEAST_SAMPLES, MANY_SAMPLES / Math.max(1, log.workers())));
        });
    }

    @Override
    public Map<String, Object> profile(final String function, final String worker) {
        return ask(() -> {
            final int number = worker.isEmpty() ? TaskTable.NONE : tasks.number(worker);
            return (worker.isEmpty() ? recorder.profile() : recorder.profile(number)).toJson(function);
        });
    }

    @Override
    public List<StoryLine> story(final long id) {
        return askTo(taker -> recorder.story(id, taker));
    }

    @Override
    public List<ClusterEvent> events(final String topic, final int limit) {
        return ask(() -> recorder.events().last(topic, limit));
    }

    @Override
    public String logs(final String worker, final int limit) {
        return askTo(taker -> recorder.logs(worker, limit, taker));
    }

    private ClusterSnapshot takeCluster() {
        int workers = 0;
        int threads = 0;
        long storedBytes = 0;
        long spilledBytes = 0;
        for (final WorkerState worker : core.workers()) {
            if (worker != null) {
                workers++;
                threads += worker.threads;
                storedBytes += worker.storedBytes;
                spilledBytes += worker.memory.spilledBytes;
            }
        }
        final Map<String, Long> tasks = new LinkedHashMap<>();
        for (final TaskPhase phase : TaskPhase.values()) {
            if (phase != TaskPhase.FORGOTTEN) {
                tasks.put(phase.label(), core.tasks().count(phase));
            }
        }
        return new ClusterSnapshot(
                clusterId,
                epoch,
                Version.current(),
                System.getProperty("java.version"),
                address,
                (System.nanoTime() - startedNs) / NS_PER_S,
                clients.getAsInt(),
                workers,
                threads,
                tasks,
                storedBytes,
                spilledBytes,
                recorder.system().donePerSecond(),
                recorder.system().schedulerCpuPerMille() / 10.0,
                recorder.system().done(),
                core.transitions());
    }

    private List<WorkerSnapshot> takeWorkers() {
        final long nowNs = coreNs.getAsLong();
        final List<WorkerSnapshot> taken = new ArrayList<>();
        for (final WorkerState worker : core.workers()) {
            if (worker != null) {
                taken.add(snapshot(worker, nowNs));
            }
        }
        return taken;
    }

    private WorkerSnapshot snapshot(final WorkerState worker, final long nowNs) {
        final PeerFigures figures =
                worker.peer instanceof Described described ? described.figures(nowNs) : PeerFigures.inThisJvm(worker);
        final long processBytes = figures.processBytes();
        final long managedBytes = worker.memory.managedBytes;
        final long[] traffic = recorder.system().trafficPerSecond(worker.number);
        return new WorkerSnapshot(
                worker.number,
                worker.name,
                worker.host,
                figures.pid(),
                worker.job,
                worker.draining ? "draining" : worker.paused ? "paused" : "running",
                worker.threads,
                (nowNs - worker.joinedAtNs) / NS_PER_S,
                worker.endAtNs == WorkerState.NEVER ? -1 : Math.max(0, worker.endAtNs - nowNs) / NS_PER_S,
                worker.memoryLimitBytes,
                managedBytes,
                processBytes <= 0 ? -1 : Math.max(0, processBytes - Math.max(0, managedBytes)),
                worker.memory.spilledBytes,
                figures.cpuPercent(),
                traffic[0],
                traffic[1],
                worker.assigned,
                figures.running(),
                worker.heldCount,
                worker.storedBytes,
                worker.resources().asMap(),
                figures.lastSeenNs() / NS_PER_S,
                figures.transport());
    }

    private <T> T ask(final Supplier<T> question) {
        final CompletableFuture<T> answer;
        try {
            answer = CompletableFuture.supplyAsync(question, owner);
        } catch (final IllegalStateException e) {
            throw new MusterException("the scheduler can't answer: " + e.getMessage(), e);
        }
        return await(answer, PATIENCE_S);
    }

    /** Has something answered that takes more than one cycle. */
    private <T> T askTo(final Consumer<Consumer<T>> question) {
        final CompletableFuture<T> answer = new CompletableFuture<>();
        ask(() -> {
            question.accept(answer::complete);
            return true;
        });
        return await(answer, LONG_PATIENCE_S);
    }

    private static <T> T await(final CompletableFuture<T> answer, final long patienceSeconds) {
        try {
            return answer.get(patienceSeconds, TimeUnit.SECONDS);
        } catch (final TimeoutException e) {
            throw new MusterException(
                    "the scheduler does not answer within " + patienceSeconds + " s: it is busy, stuck or closed", e);
        } catch (final ExecutionException e) {
            throw new MusterException("the scheduler can't answer: " + e.getCause(), e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MusterException("interrupted while the scheduler was asked", e);
        }
    }
}
