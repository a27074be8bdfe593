package io.muster.worker;

import io.muster.MemorySize;
import io.muster.worker.MemoryGauge.Reading;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a worker's memory from time to time, and decides what goes to disk and whether tasks may start. */
final class MemoryMonitor {
    /*
     * What is used is known to be alive only after a full collection. So nothing is done because there is much unless one has just been,
     * the JVM's own, as it does when much is alive, or one that is asked for here; those take a twentieth of the time at most. What was
     * put on disk since the last one is taken off what is found.
     *
     * A paused worker gets to run again in any case. If nothing runs, and for ten seconds neither the disk nor a collection has helped, it
     * is not a task that holds the memory, and to wait longer is of no use: it says that it is there again, and starts one task whenever
     * none runs. That may free memory; if it kills the process, the nanny says so, and the scheduler counts it against that task alone.
     */
    static final long PATIENCE_NS = 10_000_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(MemoryMonitor.class);
    private static final long COLLECT_AGAIN_NS = 1_000_000_000L;
    private static final int COLLECT_SHARE = 20;
    private static final int COLLECT_SHARE_IDLE = 4;
    private static final double HYSTERESIS = 0.05;

    private final String workerName;
    private final MemoryRules rules;
    private final long limitBytes;
    private final long processLimitBytes;
    private final MemoryGauge gauge;
    private final @Nullable SpillStore store;
    private final StartGate gate;
    private final IntSupplier running;
    private final Consumer<Boolean> onPause;
    private final LongSupplier nanoTime;
    private long collectedAtNs;
    private long collectionTookNs = -1;
    private long collections;
    private long evictedBytes;
    private boolean paused;
    private boolean strained;
    private long idleSinceNs;
    private volatile long processBytes;

    /**
     * @param limitBytes of the heap; shares are of it
     * @param processLimitBytes of the whole process
     * @param running how many tasks run
     * @param onPause told when the worker pauses and when it goes on
     */
    MemoryMonitor(
            final String workerName,
            final MemoryRules rules,
            final long limitBytes,
            final long processLimitBytes,
            final MemoryGauge gauge,
            final @Nullable SpillStore store,
            final StartGate gate,
            final IntSupplier running,
            final Consumer<Boolean> onPause,
            final LongSupplier nanoTime) {
        this.workerName = workerName;
        this.rules = rules;
        this.limitBytes = limitBytes;
        this.processLimitBytes = processLimitBytes;
        this.gauge = gauge;
        this.store = store;
        this.gate = gate;
        this.running = running;
        this.onPause = onPause;
        this.nanoTime = nanoTime;
    }

    /** What the process used when it was last looked at; 0 before that. */
    long processBytes() {
        return processBytes;
    }

    void tick() {
        final long collectionsBefore = collections;
        Reading reading = read();
        if ((isOver(reading, rules.spill()) || isOver(reading, rules.pause())) && mayCollect()) {
            collect();
            reading = read();
        }
        final boolean isAlive = collections != collectionsBefore;
        if (isAlive && store != null && isOver(reading, rules.spill())) {
            evictedBytes += store.evict(excessBytes(reading, store));
            reading = read();
        }
        processBytes = reading.processBytes();
        if (rules.pause() > 0) {
            decideOnPause(reading, isAlive);
        }
    }

    private void decideOnPause(final Reading reading, final boolean isAlive) {
        final long nowNs = nanoTime.getAsLong();
        final boolean idle = running.getAsInt() == 0;
        if (!paused) {
            if (isAlive && isOver(reading, rules.pause())) {
                paused = true;
                idleSinceNs = nowNs;
                gate.shut();
                LOG.warn("worker={} pauses: {}", workerName, text(reading));
                onPause.accept(true);
            }
            return;
        }
        if (!isOver(reading, Math.max(0.01, rules.pause() - HYSTERESIS))) {
            LOG.info("worker={} goes on: {}", workerName, text(reading));
            final boolean isNews = !strained;
            paused = false;
            strained = false;
            gate.open();
            if (isNews) {
                onPause.accept(false);
            }
        } else if (!idle) {
            idleSinceNs = nowNs;
        } else if (strained) {
            gate.letOne();
        } else if (nowNs - idleSinceNs >= PATIENCE_NS) {
            strained = true;
            LOG.warn(
                    "worker={} goes on with one task at a time, as nothing runs that could free memory: {}",
                    workerName,
                    text(reading));
            gate.letOne();
            onPause.accept(false);
        }
    }

    /** What the heap has less what became garbage since, as it went to disk. */
    private Reading read() {
        final Reading reading = gauge.read();
        if (reading.collections() != collections) {
            collections = reading.collections();
            evictedBytes = 0;
        }
        return new Reading(
                Math.max(0, reading.heapBytes() - evictedBytes), reading.nativeBytes(), reading.collections());
    }

    private boolean isOver(final Reading reading, final double share) {
        return share > 0 && share(reading) > share;
    }

    private double share(final Reading reading) {
        return Math.max(reading.heapBytes() / (double) limitBytes, reading.processBytes() / (double) processLimitBytes);
    }

    /** How much has to go so that the target is met, or the threshold if there is none. */
    private long excessBytes(final Reading reading, final SpillStore from) {
        final double goal = rules.target() > 0 ? Math.min(rules.target(), rules.spill()) : rules.spill();
        return Math.min(from.memoryBytes(), (long) ((share(reading) - goal) * limitBytes) + 1);
    }

    private boolean mayCollect() {
        final int share = paused && running.getAsInt() == 0 ? COLLECT_SHARE_IDLE : COLLECT_SHARE;
        return collectionTookNs < 0
                || nanoTime.getAsLong() - collectedAtNs >= Math.max(COLLECT_AGAIN_NS, share * collectionTookNs);
    }

    private void collect() {
        final long startNs = nanoTime.getAsLong();
        gauge.collect();
        collectedAtNs = nanoTime.getAsLong();
        collectionTookNs = collectedAtNs - startNs;
        evictedBytes = 0;
    }

    private String text(final Reading reading) {
        final long managed = store == null ? 0 : store.memoryBytes();
        return String.format(
                Locale.ROOT,
                "memory in use=%.2f of the limit (heap=%s of %s, beside it=%s), worker.memory.pause=%.2f; results in"
                        + " memory=%s, on disk=%s",
                share(reading),
                mib(reading.heapBytes()),
                mib(limitBytes),
                mib(reading.nativeBytes()),
                rules.pause(),
                mib(managed),
                mib(store == null ? 0 : store.spilledBytes()));
    }

    static MemorySize mib(final long bytes) {
        return MemorySize.mib(bytes >> 20);
    }
}
