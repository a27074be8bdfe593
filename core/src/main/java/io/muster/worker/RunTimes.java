package io.muster.worker;

/**
 * When and where a run was, in nanoseconds by the worker's {@link System#nanoTime()}.
 *
 * @param thread which of the worker's threads, from 0
 * @param startNs when it was begun; 0: it never was
 * @param stopNs when it ended
 * @param durationNs how long it worked, without the time that it waited for other tasks
 * @param fetchStartNs when the first of its inputs was asked for; 0: all were there
 * @param fetchStopNs when the last of them had come
 * @param diskNs how long inputs were read back from disk, from {@code startNs} on
 */
public record RunTimes(
        int thread, long startNs, long stopNs, long durationNs, long fetchStartNs, long fetchStopNs, long diskNs) {
    /** Of a run that was not begun. */
    public static final RunTimes NONE = of(0);

    /**
     * Of a run of which only its length is known.
     *
     * @param durationNs how long it worked
     * @return the times
     */
    public static RunTimes of(final long durationNs) {
        return new RunTimes(0, 0, 0, durationNs, 0, 0, 0);
    }

    /**
     * Whether it was begun.
     *
     * @return false if its times are not known
     */
    public boolean isKnown() {
        return startNs != 0;
    }

    /**
     * Whether it waited for inputs from other workers.
     *
     * @return false if all were there
     */
    public boolean hasFetched() {
        return fetchStartNs != 0;
    }
}
