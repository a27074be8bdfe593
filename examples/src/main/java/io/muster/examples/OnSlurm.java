package io.muster.examples;

import io.muster.Client;
import io.muster.MemorySize;
import io.muster.TaskFuture;
import io.muster.jobqueue.slurm.SlurmCluster;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Sums squares on workers in two jobs of Slurm: the partition is the first argument. */
public final class OnSlurm {
    private OnSlurm() {}

    /**
     * Submits, computes, and leaves nothing in the queue.
     *
     * @param arguments the partition
     */
    public static void main(final String[] arguments) {
        try (SlurmCluster cluster = SlurmCluster.builder()
                        .partition(arguments.length > 0 ? arguments[0] : "normal")
                        .coresPerJob(1)
                        .memoryPerJob(MemorySize.gib(1))
                        .walltime(Duration.ofMinutes(10))
                        .jobs(2)
                        .start();
                Client client = cluster.connect()) {
            client.awaitWorkers(1, Duration.ofHours(1));
            final List<Integer> numbers = IntStream.rangeClosed(1, 100).boxed().toList();
            final List<TaskFuture<Long>> squares = client.map(n -> (long) n * n, numbers);
            final long sum =
                    client.gather(squares).stream().mapToLong(Long::longValue).sum();
            System.out.println("the sum of the squares is " + sum);
            cluster.jobs().forEach(job -> System.out.println("job " + job.id() + " on " + job.node()));
        }
    }
}
