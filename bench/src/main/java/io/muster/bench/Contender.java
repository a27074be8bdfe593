package io.muster.bench;

import io.muster.MusterException;

/** What runs a graph, as often as it is asked to. */
interface Contender extends AutoCloseable {
    /** The sum of what the last tasks make is known up to this. */
    int MODULUS = 1_000_000_007;

    /** Which version of it that is. */
    String version();

    /** Runs the graph once: from the first task's submission to the last result's arrival. */
    Run run();

    @Override
    void close();

    /**
     * One run.
     *
     * @param seconds how long it took
     * @param sum of the results, up to {@link #MODULUS}
     */
    record Run(double seconds, long sum) {
        Run checked(final long expected) {
            if (sum != expected) {
                throw new MusterException("the sum of results=" + sum + " must be " + expected);
            }
            return this;
        }
    }
}
