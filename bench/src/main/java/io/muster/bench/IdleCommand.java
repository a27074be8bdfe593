package io.muster.bench;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.security.SchedulerFile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a cluster costs that has nothing to do. */
@Command(
        name = "idle",
        description = {
            "Processor time of a scheduler and its workers without tasks, all together, in percent of one core: once as soon"
                    + " as they are there (fresh_percent), and once when their compilers have calmed down (cpu_percent).",
            "Processes that have just started compile what they call often. It is over when the compilers of all of them"
                    + " together used less than half a percent of a core for half of --seconds; that is waited for, six times"
                    + " as long as --seconds at most (calm_seconds). What compilers used is counted in, and told apart too."
        })
final class IdleCommand implements Callable<Integer> {
    private static final long SETTLE_MS = 3_000;
    private static final int PATIENCE = 6;
    private static final double CALM_PERCENT = 0.5;
    private static final int STAGES = 3;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(names = "--seconds", paramLabel = "N", description = "For how long, each time; default ${DEFAULT-VALUE}.")
    private int seconds = 10;

    @Option(names = "--workers", paramLabel = "N", description = "Of how many workers; default ${DEFAULT-VALUE}.")
    private int workers = 10;

    /** Percent of one core, and how much of that compilers used. */
    private record Use(double percent, double compilerPercent) {}

    @Override
    public Integer call() throws InterruptedException {
        final Use fresh;
        final Use calm;
        final long calmNs;
        try (LocalCluster cluster = ClusterKind.AERON.builder().workers(workers).start()) {
            final List<Long> pids = pids(cluster);
            output.stage("idle", 0, STAGES);
            Thread.sleep(SETTLE_MS);
            fresh = use(pids, seconds * 1000L);
            output.stage("idle", 1, STAGES);
            calmNs = awaitCalm(pids);
            output.stage("idle", 2, STAGES);
            calm = use(pids, seconds * 1000L);
        } finally {
            output.endStages();
        }
        output.print(new BenchResult("idle")
                .with("transport", "aeron")
                .with("workers", workers)
                .with("seconds", seconds)
                .with("cpu_percent", calm.percent())
                .with("compiler_percent", calm.compilerPercent())
                .with("fresh_percent", fresh.percent())
                .with("fresh_compiler_percent", fresh.compilerPercent())
                .with("calm_seconds", calmNs / 1e9));
        return 0;
    }

    /** Waits until compilers have little to do; gives for how long. */
    private long awaitCalm(final List<Long> pids) throws InterruptedException {
        final long startNs = System.nanoTime();
        double percent;
        do {
            percent = use(pids, seconds * 500L).compilerPercent();
        } while (percent > CALM_PERCENT && System.nanoTime() - startNs < PATIENCE * seconds * 1_000_000_000L);
        return System.nanoTime() - startNs;
    }

    private static Use use(final List<Long> pids, final long millis) throws InterruptedException {
        final long startNs = System.nanoTime();
        final long cpuNs = sum(pids, Processes::cpuNs);
        final long compilerNs = sum(pids, Processes::compilerNs);
        Thread.sleep(millis);
        final long usedNs = sum(pids, Processes::cpuNs) - cpuNs;
        final long compiledNs = sum(pids, Processes::compilerNs) - compilerNs;
        final long elapsedNs = System.nanoTime() - startNs;
        return new Use(100.0 * usedNs / elapsedNs, 100.0 * compiledNs / elapsedNs);
    }

    private static List<Long> pids(final LocalCluster cluster) {
        final List<Long> pids = new ArrayList<>();
        pids.add(SchedulerFile.read(cluster.schedulerFile()).pid());
        try (Client client = cluster.connect()) {
            pids.addAll(Processes.workers(client).values());
        }
        return pids;
    }

    private static long sum(final List<Long> pids, final ToLongFunction<Long> figure) {
        return pids.stream().mapToLong(figure).sum();
    }
}
