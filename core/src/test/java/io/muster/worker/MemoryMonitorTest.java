package io.muster.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.serialize.Serializer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MemoryMonitorTest {
    private static final long LIMIT = 1_000_000;
    private static final long SECOND_NS = 1_000_000_000;

    @TempDir
    private Path folder;

    private final StartGate gate = new StartGate();
    private final List<Boolean> told = new ArrayList<>();
    private final Gauge gauge = new Gauge();
    private int running;
    private long nowNs;

    @Test
    void garbageIsCollectedBeforeAnythingIsDoneBecauseOfIt() {
        final MemoryMonitor monitor = monitor(null);
        gauge.aliveBytes = 300_000;
        gauge.garbageBytes = 600_000;

        monitor.tick();

        assertThat(gauge.collected).isEqualTo(1);
        assertThat(told).isEmpty();
        assertThat(gate.isOpen()).isTrue();
        assertThat(monitor.processBytes()).isEqualTo(300_000);
    }

    @Test
    void nothingIsDoneOnTheWordOfAHeapThatMayBeFullOfGarbage() {
        final MemoryMonitor monitor = monitor(null);
        gauge.aliveBytes = 750_000;
        monitor.tick();
        gauge.garbageBytes = 200_000;

        monitor.tick();

        assertThat(gauge.collected).isEqualTo(1);
        assertThat(told).isEmpty();
    }

    @Test
    void aWorkerPausesAboveTheThresholdAndGoesOnWellBelowIt() {
        final MemoryMonitor monitor = monitor(null);
        gauge.aliveBytes = 810_000;
        monitor.tick();
        assertThat(told).containsExactly(true);
        assertThat(gate.isOpen()).isFalse();

        gauge.aliveBytes = 770_000;
        later(monitor);
        assertThat(told).containsExactly(true);

        gauge.aliveBytes = 740_000;
        later(monitor);
        assertThat(told).containsExactly(true, false);
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void memoryBesideTheHeapCountsAgainstTheLimitOfTheProcess() {
        final MemoryMonitor monitor = monitor(null);
        gauge.aliveBytes = 100_000;
        gauge.nativeBytes = 900_000;
        monitor.tick();
        assertThat(told).isEmpty();

        gauge.nativeBytes = 1_600_000;
        later(monitor);
        assertThat(told).containsExactly(true);
    }

    @Test
    void resultsGoToDiskAboveTheThresholdAndTheirGarbageIsNotCountedTwice() {
        final SpillStore store = new SpillStore(
                "w-0",
                SpillStore.NO_LIMIT,
                SpillStore.NO_LIMIT,
                Serializer.standard(),
                new SpillDirectory(folder),
                () -> nowNs);
        for (int i = 0; i < 50; i++) {
            store.add(new byte[10_000 - 16], 10_000);
        }
        final MemoryMonitor monitor = monitor(store);
        gauge.aliveBytes = 780_000;

        monitor.tick();
        assertThat(store.spilledBytes()).isBetween(180_000L, 190_000L);
        monitor.tick();
        nowNs += SECOND_NS / 10;
        monitor.tick();
        assertThat(store.spilledBytes()).isBetween(180_000L, 190_000L);
        assertThat(told).isEmpty();
        store.close();
    }

    @Test
    void aWorkerThatNothingHelpsGoesOnWithOneTaskAtATime() {
        final MemoryMonitor monitor = monitor(null);
        running = 2;
        gauge.aliveBytes = 900_000;
        later(monitor);
        nowNs += 60 * SECOND_NS;
        later(monitor);
        assertThat(told).as("running tasks may free memory").containsExactly(true);
        final CompletableFuture<Void> first = CompletableFuture.runAsync(gate::pass);
        final CompletableFuture<Void> second = CompletableFuture.runAsync(gate::pass);

        running = 0;
        later(monitor);
        assertThat(told).containsExactly(true);
        nowNs += MemoryMonitor.PATIENCE_NS;
        later(monitor);

        assertThat(told).containsExactly(true, false);
        await().until(() -> first.isDone() || second.isDone());
        running = 1;
        later(monitor);
        assertThat(first.isDone() && second.isDone()).isFalse();
        running = 0;
        later(monitor);
        await().until(() -> first.isDone() && second.isDone());

        gauge.aliveBytes = 100_000;
        later(monitor);
        assertThat(told).as("it was told already").containsExactly(true, false);
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void theGateOfAClosedWorkerHoldsNobody() throws Exception {
        gate.shut();
        final CompletableFuture<Void> waiting = CompletableFuture.runAsync(gate::pass);

        gate.close();

        waiting.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aCollectionTellsWhatIsAlive() {
        final MemoryGauge real = new MemoryGauge();
        final byte[] alive = new byte[8 << 20];
        real.collect();
        final MemoryGauge.Reading reading = real.read();

        assertThat(reading.heapBytes())
                .isBetween(
                        (long) alive.length,
                        Runtime.getRuntime().totalMemory()
                                - Runtime.getRuntime().freeMemory()
                                + (64 << 20));
        assertThat(reading.nativeBytes()).isNotNegative();
        assertThat(reading.collections()).isPositive();
    }

    /** A collection is allowed again. */
    private void later(final MemoryMonitor monitor) {
        nowNs += 2 * SECOND_NS;
        monitor.tick();
    }

    private MemoryMonitor monitor(final SpillStore store) {
        final MemoryRules rules = new MemoryRules(0.6, 0.7, 0.8, Long.MAX_VALUE, folder, LIMIT);
        return new MemoryMonitor(
                "w-0", rules, LIMIT, 2 * LIMIT, gauge, store, gate, () -> running, told::add, () -> nowNs);
    }

    /** Tells what a test sets. */
    private static final class Gauge extends MemoryGauge {
        private long aliveBytes;
        private long garbageBytes;
        private long nativeBytes;
        private int collected;

        @Override
        Reading read() {
            return new Reading(aliveBytes + garbageBytes, nativeBytes, collected);
        }

        @Override
        void collect() {
            garbageBytes = 0;
            collected++;
        }
    }
}
