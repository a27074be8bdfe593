package io.muster.dashboard;

import com.sun.management.OperatingSystemMXBean;
import io.muster.scheduler.ClusterSnapshot;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How much is done in a second, from one look at counters to the next; used by one thread. */
final class Rates {
    private static final long LEAST_NS = 400_000_000;
    private static final double NS_PER_S = 1e9;

    private long atNs = System.nanoTime();
    private long cpuNs = processCpuNs();
    private long runsEnded = -1;
    private double tasksPerSecond;
    private double cpuPercent;

    Map<String, @Nullable Object> summary(final ClusterSnapshot cluster, final int findings) {
        final long nowNs = System.nanoTime();
        final long passedNs = nowNs - atNs;
        if (runsEnded < 0) {
            runsEnded = cluster.runsEnded();
            tasksPerSecond = cluster.runsEnded() / Math.max(1e-3, cluster.uptimeSeconds());
        } else if (passedNs >= LEAST_NS) {
            final long nowCpuNs = processCpuNs();
            tasksPerSecond = (cluster.runsEnded() - runsEnded) * NS_PER_S / passedNs;
            cpuPercent = 100.0 * (nowCpuNs - cpuNs) / passedNs;
            runsEnded = cluster.runsEnded();
            cpuNs = nowCpuNs;
            atNs = nowNs;
        }
        return Views.summary(cluster, tasksPerSecond, cpuPercent, findings);
    }

    private static long processCpuNs() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? Math.max(0, system.getProcessCpuTime())
                : 0;
    }
}
