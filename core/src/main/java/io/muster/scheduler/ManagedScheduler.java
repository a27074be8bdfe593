package io.muster.scheduler;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Consumer;

/** A scheduler as its {@link ClusterManager} sees it. Methods may be called from any thread and return at once. */
public interface ManagedScheduler {
    /**
     * The file by which workers find the scheduler.
     *
     * @return its absolute path
     */
    Path schedulerFile();

    /**
     * Lets workers leave: they get no new tasks, running ones end, what only they hold is copied to others, then they are stopped.
     * Where no worker stays that could take it, what only they hold is dropped, and computed again when it is asked for. Workers that are
     * gone or leave already are passed over.
     *
     * @param workers numbers of workers
     * @param patience how long running tasks and copies may take; after it the worker is stopped all the same, and what ran on it is
     *     run elsewhere, without blame
     * @param reason for logs
     */
    void retire(Collection<Integer> workers, Duration patience, String reason);

    /**
     * How much there is to do.
     *
     * @param taker gets the answer, from the scheduler's thread; must return at once
     */
    void load(Consumer<Load> taker);

    /**
     * Ends the scheduler and with it every worker; {@link ClusterManager#close} is called on the way.
     *
     * @param reason for logs
     */
    void stopCluster(String reason);
}
