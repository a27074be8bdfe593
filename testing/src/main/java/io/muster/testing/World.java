package io.muster.testing;

import java.util.BitSet;
import java.util.List;

/** Simulated clusters: what each of them goes through follows from its seed. Safe for use by several threads. */
public interface World {
    /**
     * Runs a simulated cluster to its end.
     *
     * @param seed the seed
     * @param workers how many workers it has at most, 1 or more
     * @param without which steps of its plan are left out
     * @param trace gets a line for each thing that happens
     * @return what came of it
     */
    Outcome run(long seed, int workers, BitSet without, Trace trace);

    /**
     * What a cluster would go through: faults, and what clients do.
     *
     * @param seed the seed
     * @param workers how many workers it has at most
     * @return a line for each step, in the order of their numbers
     */
    List<String> plan(long seed, int workers);

    /** Gets lines of text. */
    interface Trace {
        /** Drops everything. */
        Trace NONE = (timeUs, what, who, about) -> {};

        /**
         * Something happens.
         *
         * @param timeUs the virtual time in microseconds
         * @param what a word
         * @param who to whom
         * @param about the details
         */
        void line(long timeUs, String what, Object who, Object about);
    }
}
