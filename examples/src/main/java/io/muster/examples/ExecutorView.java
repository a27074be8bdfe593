package io.muster.examples;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.Task;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Gives a cluster to code that knows nothing of it but the interface of an {@link ExecutorService}. */
public final class ExecutorView {
    private ExecutorView() {}

    /**
     * Runs the program.
     *
     * @param arguments up to which exponent Mersenne numbers are tested, default 1300
     * @throws InterruptedException if interrupted
     * @throws ExecutionException if a task fails
     */
    public static void main(final String[] arguments) throws InterruptedException, ExecutionException {
        int limit = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1300;
        try (LocalCluster cluster = LocalCluster.builder().start();
                Client client = cluster.connect()) {
            System.out.println("2^p - 1 is prime for p = " + exponents(client.executor(), limit));
        }
    }

    private static List<Integer> exponents(final ExecutorService pool, final int limit)
            throws InterruptedException, ExecutionException {
        List<Task<Boolean>> tasks = new ArrayList<>();
        for (int p = 2; p <= limit; p++) {
            int exponent = p;
            tasks.add(() -> isMersennePrime(exponent));
        }
        List<Integer> exponents = new ArrayList<>();
        List<Future<Boolean>> answers = pool.invokeAll(tasks);
        for (int i = 0; i < answers.size(); i++) {
            if (answers.get(i).get()) {
                exponents.add(i + 2);
            }
        }
        pool.shutdown();
        return exponents;
    }

    private static boolean isMersennePrime(final int exponent) {
        return BigInteger.valueOf(exponent).isProbablePrime(50)
                && BigInteger.ONE.shiftLeft(exponent).subtract(BigInteger.ONE).isProbablePrime(50);
    }
}
