package io.muster.bench;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.security.SchedulerFile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a cluster costs that has nothing to do. */
@Command(
        name = "idle",
        description =
                "Processor time of a scheduler and its workers without tasks, all together, in percent of one core.")
final class IdleCommand implements Callable<Integer> {
    private static final long SETTLE_MS = 3_000;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(names = "--seconds", paramLabel = "N", description = "For how long; default ${DEFAULT-VALUE}.")
    private int seconds = 10;

    @Option(names = "--workers", paramLabel = "N", description = "Of how many workers; default ${DEFAULT-VALUE}.")
    private int workers = 10;

    @Override
    public Integer call() throws InterruptedException {
        final long startNs;
        final long usedNs;
        final long endNs;
        try (LocalCluster cluster = ClusterKind.AERON.builder().workers(workers).start()) {
            final List<Long> pids = pids(cluster);
            output.stage("idle", 0, 2);
            Thread.sleep(SETTLE_MS);
            output.stage("idle", 1, 2);
            startNs = System.nanoTime();
            final long usedBeforeNs = cpuNs(pids);
            Thread.sleep(seconds * 1000L);
            usedNs = cpuNs(pids) - usedBeforeNs;
            endNs = System.nanoTime();
        } finally {
            output.endStages();
        }
        output.print(new BenchResult("idle")
                .with("transport", "aeron")
                .with("workers", workers)
                .with("seconds", (endNs - startNs) / 1e9)
                .with("cpu_percent", 100.0 * usedNs / (endNs - startNs)));
        return 0;
    }

    private static List<Long> pids(final LocalCluster cluster) {
        final List<Long> pids = new ArrayList<>();
        pids.add(SchedulerFile.read(cluster.schedulerFile()).pid());
        try (Client client = cluster.connect()) {
            pids.addAll(Processes.workers(client).values());
        }
        return pids;
    }

    private static long cpuNs(final List<Long> pids) {
        return pids.stream().mapToLong(Processes::cpuNs).sum();
    }
}
