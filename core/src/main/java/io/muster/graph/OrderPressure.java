package io.muster.graph;

/**
 * How many results are held while a graph is computed one task at a time: before each task, those that some task still needs.
 *
 * @param most the greatest number
 * @param mean the mean over all tasks
 */
public record OrderPressure(int most, double mean) implements Comparable<OrderPressure> {
    /** The lower maximum is less; of equal ones, the lower mean. */
    @Override
    public int compareTo(final OrderPressure other) {
        return most == other.most ? Double.compare(mean, other.mean) : Integer.compare(most, other.most);
    }
}
