package io.muster.worker;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Arrays;
import java.util.List;

/** How much memory this JVM uses: what its heap held after the last collection, and what is beside the heap. */
class MemoryGauge {
    /*
     * The memory that the kernel counts never shrinks, as a heap keeps what it once took; so the heap counts by what was found alive. Eden
     * and survivor spaces tell that after each collection. The old generation does only after a full one, which may be an hour ago; so all
     * that is in it counts, and whoever is about to act on that has it collected first.
     */
    private final ProcessFigures figures = new ProcessFigures();
    private final List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();
    private final List<BufferPoolMXBean> buffers = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class);

    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans().stream()
            .filter(collector -> Arrays.stream(collector.getMemoryPoolNames()).anyMatch(MemoryGauge::isOld))
            .toList();

    /**
     * What is used.
     *
     * @param heapBytes alive on the heap, at most
     * @param nativeBytes beside the heap; 0 as long as that can't be told from heap that was never touched
     * @param collections how many times the whole heap was collected
     */
    record Reading(long heapBytes, long nativeBytes, long collections) {
        long processBytes() {
            return heapBytes + nativeBytes;
        }
    }

    Reading read() {
        long alive = 0;
        long committed = 0;
        for (final MemoryPoolMXBean pool : pools) {
            final MemoryUsage now = pool.getUsage();
            final MemoryUsage collected = isYoung(pool.getName()) ? pool.getCollectionUsage() : null;
            alive += collected == null ? now.getUsed() : Math.min(collected.getUsed(), now.getUsed());
            committed += now.getCommitted();
        }
        long direct = 0;
        for (final BufferPoolMXBean pool : buffers) {
            direct += pool.getName().equals("direct") ? Math.max(0, pool.getMemoryUsed()) : 0;
        }
        long collections = 0;
        for (final GarbageCollectorMXBean collector : collectors) {
            collections += Math.max(0, collector.getCollectionCount());
        }
        return new Reading(alive, Math.max(direct, figures.residentBytes() - committed), collections);
    }

    /** Collects garbage, which stops the JVM meanwhile. */
    void collect() {
        System.gc();
    }

    private static boolean isYoung(final String pool) {
        return pool.contains("Eden") || pool.contains("Survivor");
    }

    private static boolean isOld(final String pool) {
        return !isYoung(pool);
    }
}
