package io.muster.scheduler;

import java.util.Arrays;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

/** What is expected of transfers between workers: how fast they are, and how much each worker has yet to send and to receive. */
final class Links {
    /*
     * A transfer that is decided on is booked: it makes its sender and its receiver busy for longer, each on its own, by its bytes. So
     * neither has to be told when a transfer ends: what was booked is over when its time has come. Results that are under way are
     * noted until they are there, or nowhere any more; a transfer that came to nothing stays noted, and costs a worse guess at most.
     *
     * How fast a link is shows in what fetched alone: what shared it looks slower. So the fastest counts at once, and slower ones little.
     */

    /** Bytes per microsecond that dask assumes between workers before it has measured: 100 MB/s. */
    private static final double ASSUMED_BYTES_PER_US = 100;

    /** What fetching anything at all costs, however small. */
    private static final long FETCH_US = 500;

    /** Smaller results are not booked. */
    static final long LEAST_BOOKED_BYTES = 64 << 10;

    /** Smaller transfers say nothing of how fast they are. */
    private static final long LEAST_MEASURED_BYTES = 1 << 20;

    /** What part a slower transfer than the expected ones has in what is expected. */
    private static final double SLOWER_WEIGHT = 1.0 / 32;

    private static final long NONE = -1;
    private static final int[] NOBODY = {};

    private final CoreState state;
    private final Long2LongHashMap fetching = new Long2LongHashMap(NONE);
    private final Int2ObjectHashMap<int[]> underWay = new Int2ObjectHashMap<>();
    private long[] sendsUntilUs = new long[16];
    private long[] receivesUntilUs = new long[16];
    private double bytesPerUs = ASSUMED_BYTES_PER_US;
    private boolean isGiven;
    private boolean isMeasured;

    Links(final CoreState state) {
        this.state = state;
    }

    /** Says what a worker sends in a second, and receives, in bytes; 0: that is measured. */
    void bandwidth(final long bytesPerSecond) {
        isGiven = bytesPerSecond > 0;
        bytesPerUs = isGiven ? bytesPerSecond / 1e6 : ASSUMED_BYTES_PER_US;
    }

    /** A worker has nothing to send or to receive. */
    void joined(final int worker) {
        if (worker >= sendsUntilUs.length) {
            final int length = Math.max(worker + 1, 2 * sendsUntilUs.length);
            sendsUntilUs = Arrays.copyOf(sendsUntilUs, length);
            receivesUntilUs = Arrays.copyOf(receivesUntilUs, length);
        }
        sendsUntilUs[worker] = nowUs();
        receivesUntilUs[worker] = nowUs();
    }

    /** How long a transfer takes, were nothing else sent. */
    long transferUs(final long bytes) {
        return bytes > 0 ? FETCH_US + (long) (bytes / bytesPerUs) : 0;
    }

    /** For how long a worker has to send what was booked; 0 for nobody, as of what was lost. */
    long sendingUs(final int worker) {
        return worker < 0 ? 0 : Math.max(0, sendsUntilUs[worker] - nowUs());
    }

    /** For how long a worker has to receive what was booked. */
    long receivingUs(final int worker) {
        return Math.max(0, receivesUntilUs[worker] - nowUs());
    }

    /** The workers to which a result is under way. */
    int[] underWay(final int slot) {
        if (underWay.isEmpty()) {
            return NOBODY;
        }
        final int[] to = underWay.get(slot);
        return to == null ? NOBODY : to;
    }

    boolean isUnderWay(final int slot, final int worker) {
        for (final int to : underWay(slot)) {
            if (to == worker) {
                return true;
            }
        }
        return false;
    }

    /** A worker that does not hold a result is to fetch it. */
    void book(final int slot, final int from, final int to, final long bytes) {
        if (bytes < LEAST_BOOKED_BYTES || isUnderWay(slot, to)) {
            return;
        }
        final long takesUs = (long) (bytes / bytesPerUs);
        sendsUntilUs[from] = nowUs() + sendingUs(from) + takesUs;
        receivesUntilUs[to] = nowUs() + receivingUs(to) + takesUs;
        final int @Nullable [] others = underWay.get(slot);
        final int[] all = others == null ? new int[1] : Arrays.copyOf(others, others.length + 1);
        all[all.length - 1] = to;
        underWay.put(slot, all);
    }

    /** A result has come. */
    void arrived(final int slot, final int worker) {
        if (!isUnderWay(slot, worker)) {
            return;
        }
        final int[] all = underWay(slot);
        if (all.length == 1) {
            underWay.remove(slot);
        } else {
            final int[] left = new int[all.length - 1];
            int count = 0;
            for (final int to : all) {
                if (to != worker) {
                    left[count++] = to;
                }
            }
            underWay.put(slot, left);
        }
    }

    /** A result is no more. */
    void forget(final int slot) {
        if (!underWay.isEmpty()) {
            underWay.remove(slot);
        }
    }

    /** A run is assigned that has so much to fetch. */
    void begin(final int slot, final long bytes) {
        fetching.put(slot, bytes);
    }

    /** A run is not assigned any more. */
    void end(final int slot) {
        if (!fetching.isEmpty()) {
            fetching.remove(slot);
        }
    }

    /** A run says how long it took to fetch what it had to. */
    void fetched(final int slot, final long durationNs) {
        if (!fetching.isEmpty()) {
            observe(fetching.get(slot), durationNs);
        }
    }

    /** Learns from a transfer. */
    void observe(final long bytes, final long durationNs) {
        if (isGiven || bytes < LEAST_MEASURED_BYTES || durationNs <= 0) {
            return;
        }
        final double sample = bytes * 1e3 / durationNs;
        final boolean isFirst = !isMeasured;
        isMeasured = true;
        bytesPerUs = isFirst || sample > bytesPerUs ? sample : bytesPerUs + (sample - bytesPerUs) * SLOWER_WEIGHT;
    }

    private long nowUs() {
        return state.nowNs / 1_000;
    }
}
