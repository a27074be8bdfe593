package io.muster.worker;

import io.muster.data.DataPlane;
import io.muster.serialize.Serializer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker's memory: puts results on disk, holds back starts and transfers, and tells the scheduler; with a thread of its own. */
final class WorkerMemory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerMemory.class);
    private static final long TICK_NS = 100_000_000;

    /** How often it looks just after tasks ran, which is who fills the memory; later it looks still less often. */
    private static final long IDLE_TICK_NS = 500_000_000;

    private static final long REST_NS = 5_000_000_000L;

    private final WorkerSettings settings;
    private final WorkerReports reports;
    private final @Nullable SpillStore store;
    private final StartGate gate = new StartGate();
    private final RunTable table;
    private final Vigil vigil;
    private final HeldBackFetches fetches;
    private final @Nullable Thread thread;
    private volatile @Nullable MemoryMonitor monitor;
    private volatile boolean paused;
    private volatile boolean closed;

    WorkerMemory(
            final WorkerSettings settings,
            final WorkerReports reports,
            final Serializer serializer,
            final DataPlane dataPlane) {
        this.settings = settings;
        this.reports = reports;
        final MemoryRules rules = settings.memoryRules();
        final long limitBytes = settings.memoryLimitBytes();
        if (rules.spills() && limitBytes > 0) {
            store = new SpillStore(
                    settings.name(),
                    rules.target() > 0 ? (long) (rules.target() * limitBytes) : SpillStore.NO_LIMIT,
                    rules.maxSpillBytes(),
                    serializer,
                    new SpillDirectory(java.util.Objects.requireNonNull(rules.directory())),
                    System::nanoTime);
        } else {
            store = null;
        }
        table = new RunTable(store, new RunHistory(RunHistory.ROWS, System::nanoTime));
        vigil = new Vigil(table::isAnyRunning, System::nanoTime, REST_NS);
        fetches = new HeldBackFetches(dataPlane, reports.isLocal() ? this::wake : this::makeRoom);
        final boolean hasThread = store != null || !reports.isLocal();
        thread = hasThread ? new Thread(null, this::watch, "muster-" + settings.name() + "-memory", 0, false) : null;
    }

    void start() {
        if (thread != null) {
            thread.setDaemon(true);
            thread.start();
        }
    }

    RunTable table() {
        return table;
    }

    /** How those pause who look after the worker. */
    Vigil vigil() {
        return vigil;
    }

    HeldBackFetches fetches() {
        return fetches;
    }

    StartGate gate() {
        return gate;
    }

    boolean isOverTarget() {
        return store != null && store.isOverTarget();
    }

    /** Whether a value of this size could go to disk, if nobody else holds it. */
    boolean mayGo(final @Nullable Object value, final long sizeBytes) {
        return store != null && store.mayGo(value, sizeBytes);
    }

    /** Puts on disk what is too much; the calling thread waits for the disk. */
    void makeRoom() {
        if (store != null) {
            store.makeRoom();
        }
    }

    /** Has the memory thread make room. */
    void wake() {
        if (isOverTarget()) {
            LockSupport.unpark(thread);
        }
    }

    WorkerStatus status() {
        final MemoryMonitor current = monitor;
        return new WorkerStatus(
                paused,
                store == null ? table.counters().storedBytes() : store.memoryBytes(),
                store == null ? 0 : store.spilledBytes(),
                current == null ? 0 : current.processBytes(),
                settings.memoryRules().hardLimitBytes());
    }

    /** For people: what the heap has, and what results take of it. */
    String describe() {
        final Runtime runtime = Runtime.getRuntime();
        final WorkerStatus status = status();
        return "worker=" + settings.name() + " heap=" + MemoryMonitor.mib(runtime.totalMemory() - runtime.freeMemory())
                + " of " + MemoryMonitor.mib(runtime.maxMemory()) + ", results in memory="
                + MemoryMonitor.mib(status.managedBytes()) + ", on disk=" + MemoryMonitor.mib(status.spilledBytes());
    }

    @Override
    public void close() {
        closed = true;
        gate.close();
        LockSupport.unpark(thread);
        if (store != null) {
            store.close();
        }
    }

    private void watch() {
        if (store != null) {
            SpillDirectory.sweep(
                    java.util.Objects.requireNonNull(settings.memoryRules().directory()));
        }
        final MemoryMonitor watching = reports.isLocal() ? null : newMonitor();
        monitor = watching;
        while (!closed) {
            try {
                makeRoom();
                if (watching != null) {
                    watching.tick();
                }
            } catch (final RuntimeException | Error e) {
                LOG.warn("worker={}: can't look after the memory: {}", settings.name(), e.toString(), e);
            }
            if (paused) {
                LockSupport.parkNanos(this, TICK_NS);
            } else {
                vigil.pause(table.isAnyRunning() ? TICK_NS : IDLE_TICK_NS);
            }
        }
    }

    private MemoryMonitor newMonitor() {
        final MemoryRules rules = settings.memoryRules();
        final long heapBytes = settings.memoryLimitBytes() > 0
                ? settings.memoryLimitBytes()
                : Runtime.getRuntime().maxMemory();
        return new MemoryMonitor(
                settings.name(),
                settings.memoryLimitBytes() > 0 ? rules : MemoryRules.NONE,
                heapBytes,
                WorkerHeap.processBytes(heapBytes),
                new MemoryGauge(),
                store,
                gate,
                () -> table.counters().running(),
                this::pause,
                System::nanoTime);
    }

    private void pause(final boolean now) {
        paused = now;
        fetches.pause(now);
        reports.status(status());
        reports.flush();
    }
}
