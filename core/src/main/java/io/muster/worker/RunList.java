package io.muster.worker;

/**
 * Runs of a worker that have not ended, for those who look at it.
 *
 * @param total how many there are
 * @param runs the ids of those with the lowest ids, rising
 * @param states how far each of these is: {@link #FETCHING}, {@link #READY} or {@link #RUNNING}
 */
public record RunList(int total, long[] runs, byte[] states) {
    /** It waits for inputs. */
    public static final byte FETCHING = 0;

    /** It waits for a thread. */
    public static final byte READY = 1;

    /** User code runs. */
    public static final byte RUNNING = 2;

    /** How many are told at most. */
    public static final int MAX_TOLD = 64;

    static byte state(final Run.State state) {
        return switch (state) {
            case RUNNING -> RUNNING;
            case READY -> READY;
            case NEW, FETCHING, DONE, FAILED, ABANDONED -> FETCHING;
        };
    }
}
