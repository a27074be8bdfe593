package io.muster.examples;

import io.muster.Client;
import io.muster.TaskFuture;
import io.muster.mpi.MpiLaunch;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * Estimates pi on the processes of an MPI launch, such as {@code mpirun -np 8}: rank 0 becomes the scheduler, rank 1 goes on with this
 * program, the others become workers. Scripts for batch systems are in examples/mpi.
 */
public final class MpiPi {
    private MpiPi() {}

    /**
     * Runs the program.
     *
     * @param arguments how many tasks, default 40, and how many darts each throws, default a million
     */
    public static void main(final String[] arguments) {
        String[] own = MpiLaunch.initialize(arguments);
        int tasks = own.length > 0 ? Integer.parseInt(own[0]) : 40;
        long darts = own.length > 1 ? Long.parseLong(own[1]) : 1_000_000;
        List<Long> seeds = LongStream.range(0, tasks).boxed().toList();
        Client client = Client.current();
        long hits = 0;
        for (TaskFuture<Long> future : client.asCompleted(client.map(seed -> hits(seed, darts), seeds))) {
            hits += future.join();
        }
        System.out.printf("pi is about %.5f, by workers=%d%n", 4.0 * hits / (tasks * darts), MpiLaunch.workers());
    }

    private static long hits(final long seed, final long darts) {
        SplittableRandom random = new SplittableRandom(seed);
        long hits = 0;
        for (long i = 0; i < darts; i++) {
            double x = random.nextDouble();
            double y = random.nextDouble();
            hits += x * x + y * y < 1 ? 1 : 0;
        }
        return hits;
    }
}
