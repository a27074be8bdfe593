package io.muster.scheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a dashboard can ask a scheduler. Answers are copies that stand. They are taken by the scheduler's own thread, and cost it
 * nothing while nobody asks; the caller waits for them, so it must be another thread.
 *
 * <p>All methods throw {@link io.muster.MusterException} if the scheduler is closed or does not answer within two seconds.
 */
public interface DashboardSource {
    /**
     * The cluster as a whole.
     *
     * @return how it is now
     */
    ClusterSnapshot cluster();

    /**
     * The workers that are there.
     *
     * @return how they are now, by number
     */
    List<WorkerSnapshot> workers();

    /**
     * The functions that clients registered, by name.
     *
     * @return how far they are; those that no task was of are left out
     */
    List<FunctionSnapshot> functions();

    /**
     * Some of the tasks.
     *
     * @param query which
     * @return a page of them, in an order that stays as long as no tasks come or go
     */
    TaskPage tasks(TaskQuery query);

    /**
     * One task.
     *
     * @param id its id
     * @return all that is known of it, or null if there is none of this id
     */
    @Nullable
    TaskDetail task(long id);

    /**
     * What depends on what.
     *
     * @param limit up to how many tasks they are listed one by one
     * @return the graph
     */
    GraphSnapshot graph(int limit);

    /**
     * The runs and transfers of late.
     *
     * @param since the number of the first row, see {@link TaskStreamLog.Page#next}; below 0: the newest that fit
     * @param limit how many at most, up to {@link TaskStreamLog#MAX_PAGE_ROWS}
     * @return the rows, oldest first
     */
    TaskStreamLog.Page stream(long since, int limit);

    /**
     * What makes no progress.
     *
     * @return at most 100, equal reasons are one
     */
    List<Finding> findings();

    /**
     * The batch jobs of the cluster.
     *
     * @return JSON, as {@code muster jobs --json} prints it; an object with an empty list {@code jobs} if there is nothing that has jobs
     */
    String jobs();
}
