package io.muster.scheduler;

import java.util.Map;

/** A worker's peer that can say more of itself than the core knows. */
interface Described {
    /** Adds what {@code muster info} shows of it. */
    void describe(long nowNs, Map<String, Object> into);

    /** What a dashboard shows of it. */
    WorkerFigures figures(long nowNs);
}
