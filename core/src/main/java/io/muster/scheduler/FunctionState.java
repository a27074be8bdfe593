package io.muster.scheduler;

import java.util.BitSet;

/** A function that a client registered: its body, who has it, and how long its tasks take. */
final class FunctionState {
    static final long UNKNOWN = -1;

    private static final int WARM_UP_US = 500_000;

    /** Added to every estimate: what a worker spends on a task beside the user's code. */
    private static final int OVERHEAD_US = 2;

    static final int MAX_ESTIMATE_US = 2_000_000_000;

    final long id;
    final Object body;
    final String name;
    final ClientShare share;
    private final BitSet knownBy = new BitSet();
    private long averageNs = UNKNOWN;
    private int knownUs;
    private long averageBytes;
    private long ended;
    private long endedNs;

    /** Where {@link TaskStreamLog} keeps its name; below 0 before its first row. */
    int streamIndex = -1;

    FunctionState(final long id, final Object body, final String name, final ClientShare share) {
        this.id = id;
        this.body = body;
        this.name = name;
        this.share = share;
    }

    /** True the first time it is asked for a worker: the function has to be sent. */
    boolean mustSendTo(final int worker) {
        if (knownBy.get(worker)) {
            return false;
        }
        knownBy.set(worker);
        return true;
    }

    BitSet knownBy() {
        return knownBy;
    }

    /** Learns from a finished run; weights are dask's: half the newest, half what was known. */
    void observe(final long durationNs) {
        final long sampleNs = Math.max(0, Math.min(MAX_ESTIMATE_US * 1000L, durationNs));
        averageNs = averageNs == UNKNOWN ? sampleNs : (averageNs + sampleNs) / 2;
        knownUs = (int) Math.min(MAX_ESTIMATE_US, OVERHEAD_US + averageNs / 1000);
        ended++;
        endedNs += sampleNs;
    }

    /** How many runs ended. */
    long ended() {
        return ended;
    }

    /** How long they took together. */
    long endedNs() {
        return endedNs;
    }

    /** Learns from a result. */
    void observeSize(final long sizeBytes) {
        averageBytes = averageBytes == 0 ? sizeBytes : (averageBytes + sizeBytes) / 2;
    }

    /** Expected size of a result; 0 while nothing is known. */
    long expectedBytes() {
        return averageBytes;
    }

    /** Expected time on a worker; 500 ms as in dask while nothing is known. */
    int estimateUs() {
        return knownUs == 0 ? WARM_UP_US : knownUs;
    }

    /** Expected time on a worker; 0 while nothing is known. */
    int knownUs() {
        return knownUs;
    }
}
