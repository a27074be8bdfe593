package io.muster.examples;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.TaskFuture;

/** The smallest program: a task, a second one that goes on with its result on a worker, and the value brought here. */
public final class HelloCluster {
    private HelloCluster() {}

    /**
     * Runs the program.
     *
     * @param arguments none
     */
    public static void main(final String[] arguments) {
        try (LocalCluster cluster = LocalCluster.builder().workers(2).start();
                Client client = cluster.connect()) {
            TaskFuture<Integer> product = client.submit(() -> 6 * 7);
            TaskFuture<String> sentence = product.then(n -> "The answer is " + n + ".");
            System.out.println(sentence.join());
        }
    }
}
