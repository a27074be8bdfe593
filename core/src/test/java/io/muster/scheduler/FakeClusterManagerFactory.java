package io.muster.scheduler;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Makes managers that do what a test tells them; found by the service loader. */
public final class FakeClusterManagerFactory implements ClusterManagerFactory {
    private static final List<FakeClusterManager> MADE = new CopyOnWriteArrayList<>();

    /** Forgets the managers of earlier tests. */
    public static void reset() {
        MADE.clear();
    }

    /** The managers made since the last reset. */
    public static List<FakeClusterManager> made() {
        return MADE;
    }

    @Override
    public ClusterManager create(final ManagedScheduler scheduler) {
        final FakeClusterManager manager = new FakeClusterManager(scheduler);
        MADE.add(manager);
        return manager;
    }
}
