package io.muster.scheduler;

import java.util.Map;
import java.util.function.Consumer;

/** A worker's peer that can say more of itself than the core knows. */
interface Described {
    /** Adds what {@code muster info} shows of it. */
    void describe(long nowNs, Map<String, Object> into);

    /** What a dashboard shows of it. */
    PeerFigures figures(long nowNs);

    /** Asks it what it does; the answer, JSON, comes to the taker in the scheduler's thread, or never. The last to ask gets it. */
    void report(Consumer<String> taker);
}
