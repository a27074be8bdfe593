package io.muster.testing;

import java.util.ArrayList;
import java.util.List;

/** A graph of tasks of which it is known how long they take and how large their results are: inputs before those that need them. */
public final class VirtualGraph {
    private final List<Task> tasks = new ArrayList<>();

    /** Makes a graph without tasks. */
    public VirtualGraph() {
        tasks.clear();
    }

    /**
     * Adds a task.
     *
     * @param function the name of its function: tasks of one function are expected to take alike
     * @param seconds how long it takes
     * @param resultBytes the size of its result
     * @param cores how many cores of its worker it needs
     * @param expectedSeconds how long its user says that it takes; 0: nothing is said
     * @param inputs the numbers of earlier tasks
     * @return its number, from 0
     */
    public int add(
            final String function,
            final double seconds,
            final double resultBytes,
            final int cores,
            final double expectedSeconds,
            final int... inputs) {
        tasks.add(new Task(function, seconds, resultBytes, cores, expectedSeconds, inputs.clone()));
        return tasks.size() - 1;
    }

    /**
     * How many tasks there are.
     *
     * @return the number
     */
    public int size() {
        return tasks.size();
    }

    /**
     * A task.
     *
     * @param number its number
     * @return the task
     */
    public Task task(final int number) {
        return tasks.get(number);
    }

    /**
     * A task of a graph.
     *
     * @param function the name of its function
     * @param seconds how long it takes
     * @param resultBytes the size of its result
     * @param cores how many cores of its worker it needs
     * @param expectedSeconds how long its user says that it takes; 0: nothing is said
     * @param inputs the numbers of the tasks whose results it needs
     */
    public record Task(
            String function, double seconds, double resultBytes, int cores, double expectedSeconds, int[] inputs) {}
}
