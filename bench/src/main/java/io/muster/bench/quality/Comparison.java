package io.muster.bench.quality;

import io.muster.scheduler.VirtualCluster;
import io.muster.testing.FairNetwork;
import io.muster.testing.VirtualClock;
import io.muster.testing.VirtualGraph;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What Muster makes of a workflow, and what the schedulers of the published comparison do, on the same workers and the same network.
 *
 * @param graph the workflow's name
 * @param workers how many workers
 * @param cores how many cores each has
 * @param mibPerSecond what each sends, and receives, at most
 * @param knowledge what the others know before
 * @param lowerBound the least time in which it can be done, in seconds
 * @param cold what Muster takes where it has not seen any of the functions, in seconds
 * @param warm what Muster takes the second time
 * @param told what Muster takes where it has not seen any of the functions, but is told how long each job takes, by what the others know
 * @param others what the others take
 */
public record Comparison(
        String graph,
        int workers,
        int cores,
        double mibPerSecond,
        String knowledge,
        double lowerBound,
        double cold,
        double warm,
        double told,
        Map<String, Double> others) {
    /** All clusters of the comparison: workers and cores. */
    public static final int[][] CLUSTERS = {{8, 4}, {16, 4}, {32, 4}, {16, 8}, {32, 16}};

    /** What workers send and receive, in MiB per second. */
    public static final double[] BANDWIDTHS = {32, 256, 2048, 8192};

    private static final double MIB = 1024 * 1024;

    /**
     * The names of the workflows.
     *
     * @return in the order of the publication
     */
    public static Set<String> graphs() {
        return Workflows.names();
    }

    /**
     * Compares, for each state of knowledge.
     *
     * @param graph the name of a workflow
     * @param workers how many workers
     * @param cores how many cores each has
     * @param mibPerSecond what each sends, and receives, at most
     * @param seed what the workflow's numbers are drawn with
     * @return what came out for each, by name
     */
    public static Map<String, Comparison> of(
            final String graph, final int workers, final int cores, final double mibPerSecond, final long seed) {
        final Workflow flow = Workflows.of(graph, seed);
        final Place place = new Place(workers, cores, mibPerSecond);
        final VirtualCluster muster = cluster(place);
        final VirtualGraph virtual = flow.graph(job -> 0);
        final double cold = muster.run(virtual);
        final double warm = muster.run(virtual);
        final Map<String, Comparison> byKnowledge = new LinkedHashMap<>();
        for (final Knowledge knowledge : Knowledge.values()) {
            final Map<String, Double> others = new LinkedHashMap<>();
            Policies.of(flow, place, knowledge)
                    .forEach((name, policy) -> others.put(name, new Imitation(flow, place, policy).run()));
            final String name = knowledge.name().toLowerCase(Locale.ROOT);
            byKnowledge.put(
                    name,
                    new Comparison(
                            graph,
                            workers,
                            cores,
                            mibPerSecond,
                            name,
                            flow.lowerBound(workers * cores),
                            cold,
                            warm,
                            cluster(place).run(flow.graph(new Estimates(flow, knowledge)::seconds)),
                            others));
        }
        return byKnowledge;
    }

    private static VirtualCluster cluster(final Place place) {
        final VirtualClock clock = new VirtualClock();
        final FairNetwork network = new FairNetwork(clock, place.workers(), place.mibPerSecond() * MIB);
        final VirtualCluster cluster = new VirtualCluster(clock, network, place.workers(), place.cores());
        cluster.bandwidth(place.mibPerSecond() * MIB);
        return cluster;
    }

    /**
     * Which of the others is best.
     *
     * @return its name
     */
    public String best() {
        return others.entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse("");
    }

    /**
     * What the best of the others takes.
     *
     * @return in seconds
     */
    public double bestSeconds() {
        return others.values().stream().mapToDouble(Double::doubleValue).min().orElse(0);
    }
}
