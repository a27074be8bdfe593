package io.muster.scheduler;

import java.util.List;
import java.util.Map;

/**
 * How much there is to do in a cluster, for deciding how many workers it should have.
 *
 * @param classes the tasks that could run now or do, by what they need; one entry for each kind of need
 * @param waiting tasks that wait for others
 * @param workers what the living workers do
 */
public record Load(List<Need> classes, long waiting, List<Busy> workers) {
    private static final double ROUNDING = 1e-9;

    /** Copies the lists. */
    public Load {
        classes = List.copyOf(classes);
        workers = List.copyOf(workers);
    }

    /**
     * Tasks that need the same.
     *
     * @param resources what each needs besides a thread; empty: nothing
     * @param tasks how many could run now or do
     * @param workUs their expected work in microseconds of one thread
     */
    public record Need(Map<String, Double> resources, long tasks, long workUs) {
        /** Copies the map. */
        public Need {
            resources = Map.copyOf(resources);
        }

        /**
         * How many such tasks run at once where there is so much.
         *
         * @param threads threads
         * @param offered what there is besides them
         * @return 0 or more
         */
        public long slots(final long threads, final Map<String, Double> offered) {
            long slots = threads;
            for (final Map.Entry<String, Double> need : resources.entrySet()) {
                if (need.getValue() > 0) {
                    final double there = offered.getOrDefault(need.getKey(), 0.0);
                    slots = Math.min(slots, (long) Math.floor(there / need.getValue() + ROUNDING));
                }
            }
            return slots;
        }
    }

    /**
     * A living worker.
     *
     * @param number its number
     * @param assigned tasks that are assigned to it or wait for it in particular
     * @param storedBytes results that it holds
     * @param leaving whether it gets no new tasks
     * @param isNeeded whether it alone holds a result that somebody waits for, or may still ask for
     */
    public record Busy(int number, long assigned, long storedBytes, boolean leaving, boolean isNeeded) {}
}
