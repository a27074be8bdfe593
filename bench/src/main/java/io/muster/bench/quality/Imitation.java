package io.muster.bench.quality;

import io.muster.testing.FairNetwork;
import io.muster.testing.VirtualClock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A workflow in virtual time under a {@link Policy}. A worker fetches what the jobs need that it was given, at most four results at once
 * and two from one worker, and starts those jobs that have everything, in both cases the job of the highest priority first.
 */
final class Imitation {
    static final int NOBODY = -1;

    private static final int DOWNLOADS = 4;
    private static final int DOWNLOADS_FROM_ONE = 2;
    private static final double MIB = 1024 * 1024;

    final Workflow flow;
    final Place place;
    private final Policy policy;
    private final VirtualClock clock = new VirtualClock();
    private final FairNetwork network;
    private final List<Node> nodes = new ArrayList<>();
    private final int[] worker;
    private final double[] priority;
    private final int[] missing;
    private final boolean[] started;
    private final boolean[] ended;
    private int left;
    private boolean mustDecide;

    Imitation(final Workflow flow, final Place place, final Policy policy) {
        this.flow = flow;
        this.place = place;
        this.policy = policy;
        network = new FairNetwork(clock, place.workers(), place.mibPerSecond() * MIB);
        final int count = flow.jobs.size();
        worker = new int[count];
        Arrays.fill(worker, NOBODY);
        priority = new double[count];
        missing = new int[count];
        started = new boolean[count];
        ended = new boolean[count];
        left = count;
        for (final Job job : flow.jobs) {
            missing[job.id] = job.inputs.size();
        }
        for (int i = 0; i < place.workers(); i++) {
            nodes.add(new Node(i));
        }
    }

    /** How long it takes, in seconds. */
    double run() {
        decideSoon();
        while (left > 0) {
            if (!clock.advance()) {
                throw new IllegalStateException(
                        "graph=" + flow.name + ": jobs=" + left + " are left and nothing is to happen");
            }
        }
        return clock.now();
    }

    /** Gives a job to a worker, or to another one if it has not started. */
    void assign(final Job job, final int to, final double itsPriority) {
        if (worker[job.id] != NOBODY) {
            nodes.get(worker[job.id]).jobs.remove(job);
        }
        worker[job.id] = to;
        priority[job.id] = itsPriority;
        nodes.get(to).give(job);
    }

    int workerOf(final Job job) {
        return worker[job.id];
    }

    boolean isReady(final Job job) {
        return missing[job.id] == 0;
    }

    boolean hasStarted(final Job job) {
        return started[job.id];
    }

    /** Cores of a worker less what all need that were given to it and have not ended. */
    int freeCores(final int number) {
        return place.cores() - nodes.get(number).assignedCores;
    }

    /** What a worker would have to fetch for a job, in MiB. */
    double missingMib(final Job job, final int number) {
        double sum = 0;
        final Node node = nodes.get(number);
        for (final Output input : job.inputs) {
            sum += node.has.contains(input) || node.fetching.contains(input) ? 0 : input.mib;
        }
        return sum;
    }

    /** Jobs of a worker that have not started. */
    List<Job> waiting(final int number) {
        return nodes.get(number).jobs;
    }

    private void decideSoon() {
        if (!mustDecide) {
            mustDecide = true;
            clock.after(0, () -> {
                mustDecide = false;
                policy.decide(this);
                nodes.forEach(Node::goOn);
            });
        }
    }

    /** A worker. */
    private final class Node {
        private final int number;
        private final List<Job> jobs = new ArrayList<>();
        private final Set<Output> has = new HashSet<>();
        private final Set<Output> fetching = new HashSet<>();
        private final int[] downloadsFrom = new int[place.workers()];
        private int downloads;
        private int freeCores = place.cores();
        private int assignedCores;

        Node(final int number) {
            this.number = number;
        }

        void give(final Job job) {
            jobs.add(job);
            jobs.sort(Comparator.<Job>comparingDouble(one -> -priority[one.id]).thenComparingInt(one -> one.id));
            assignedCores = place.cores()
                    - freeCores
                    + jobs.stream().mapToInt(one -> one.cores).sum();
        }

        void goOn() {
            assignedCores = place.cores()
                    - freeCores
                    + jobs.stream().mapToInt(one -> one.cores).sum();
            for (int i = 0; i < jobs.size(); i++) {
                final Job job = jobs.get(i);
                if (job.cores <= freeCores && isReady(job) && has.containsAll(job.inputs)) {
                    jobs.remove(i--);
                    start(job);
                }
            }
            for (int i = 0; i < jobs.size() && downloads < DOWNLOADS; i++) {
                fetch(jobs.get(i));
            }
        }

        private void start(final Job job) {
            started[job.id] = true;
            freeCores -= job.cores;
            clock.after(job.seconds, () -> {
                freeCores += job.cores;
                ended[job.id] = true;
                left--;
                has.addAll(job.outputs);
                for (final Output output : job.outputs) {
                    output.consumers.forEach(consumer -> missing[consumer.id]--);
                }
                goOn();
                decideSoon();
            });
        }

        private void fetch(final Job job) {
            for (final Output input : job.inputs) {
                final int from = worker[input.producer.id];
                if (ended[input.producer.id]
                        && from != number
                        && downloads < DOWNLOADS
                        && downloadsFrom[from] < DOWNLOADS_FROM_ONE
                        && !has.contains(input)
                        && fetching.add(input)) {
                    downloads++;
                    downloadsFrom[from]++;
                    network.send(from, number, input.mib * MIB, () -> {
                        downloads--;
                        downloadsFrom[from]--;
                        fetching.remove(input);
                        has.add(input);
                        goOn();
                    });
                }
            }
        }
    }
}
