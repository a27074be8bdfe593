package io.muster.system;

import com.sun.management.OperatingSystemMXBean;
import io.muster.Client;
import io.muster.Submitter;
import io.muster.TaskFuture;
import io.muster.mpi.MpiLaunch;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What {@link TwoNodesTest} launches: its client prints facts about the workers on both nodes, and ends with the code that it is given,
 * or has the launcher killed.
 */
final class TwoNodesProgram {
    /** Instead of an exit code: the launcher, which runs on the first node, is killed. */
    static final String KILL_LAUNCHER = "kill-launcher";

    private static final Duration BOUND = Duration.ofSeconds(40);
    private static final int DOUBLES = 1 << 20;

    private TwoNodesProgram() {}

    public static void main(final String[] arguments) throws InterruptedException {
        MpiLaunch.builder().threads(1).initialize(arguments);
        final Client client = Client.current();
        client.awaitWorkers(2, BOUND);
        final List<ClusterView.Seen> workers = ClusterView.of(client).workers();
        print("nodes", workers.stream().map(worker -> on(client, worker).submit(TwoNodesProgram::node)));
        print("links", workers.stream().map(ClusterView.Seen::link));
        print("parts of the memory", workers.stream().map(worker -> part(worker.memoryLimitBytes())));
        print("sums", IntStream.range(0, 2).mapToObj(i -> sumElsewhere(client, workers.get(i), workers.get(1 - i))));
        if (arguments[0].equals(KILL_LAUNCHER)) {
            workers.forEach(worker -> on(client, worker).submit(TwoNodesProgram::killLauncherIfHere));
            new CountDownLatch(1).await();
        }
        System.exit(Integer.parseInt(arguments[0]));
    }

    /** The launcher is the first process that was entered into the first node; the parent of all on the second one is its process 1. */
    private static boolean killLauncherIfHere() throws UnknownHostException {
        ProcessHandle first = ProcessHandle.current();
        while (first.parent().isPresent()) {
            first = first.parent().get();
        }
        return node().equals(MpiNodes.NAMES.get(0)) && first.destroyForcibly();
    }

    /** A value that one worker makes and another one reads. */
    private static TaskFuture<Double> sumElsewhere(
            final Client client, final ClusterView.Seen maker, final ClusterView.Seen reader) {
        final TaskFuture<double[]> ones = on(client, maker).submit(() -> ones(DOUBLES));
        return on(client, reader).then(ones, values -> Arrays.stream(values).sum());
    }

    private static double[] ones(final int length) {
        final double[] values = new double[length];
        Arrays.fill(values, 1);
        return values;
    }

    private static Submitter on(final Client client, final ClusterView.Seen worker) {
        return client.with(o -> o.workers(worker.name()));
    }

    private static String node() throws UnknownHostException {
        final String nodeOfSlurm = System.getenv("SLURMD_NODENAME");
        return nodeOfSlurm == null ? InetAddress.getLocalHost().getHostName() : nodeOfSlurm;
    }

    private static String part(final long bytes) {
        final long all = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        return String.format(Locale.ROOT, "%.2f", (double) bytes / all);
    }

    private static void print(final String what, final Stream<?> facts) {
        System.out.println(what + " "
                + facts.map(fact -> fact instanceof TaskFuture<?> future ? future.join() : fact)
                        .map(String::valueOf)
                        .sorted()
                        .toList());
    }
}
