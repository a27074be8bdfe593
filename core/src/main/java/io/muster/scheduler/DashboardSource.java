package io.muster.scheduler;

import io.muster.ClusterEvent;
import io.muster.StoryLine;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a dashboard can ask a scheduler. Answers are copies that stand. They are taken by the scheduler's own thread, and cost it
 * nothing while nobody asks; the caller waits for them, so it must be another thread.
 *
 * <p>All methods throw {@link io.muster.MusterException} if the scheduler is closed or does not answer within two seconds,
 * or five where workers or a batch system are asked in turn.
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
     * Where a task ran, as far as it is remembered.
     *
     * @param id its id
     * @return runs that are over, oldest first
     */
    List<RunSnapshot> runs(long id);

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
     * What the scheduler and its workers used in the last ten minutes; of many workers not quite as far back.
     *
     * @param sinceUs only samples that are later, in microseconds since 1970
     * @return for {@link io.muster.config.Json#write}
     */
    Map<String, Object> system(long sinceUs);

    /**
     * What functions spend their time on, as far as workers take samples.
     *
     * @param function which; empty: all
     * @param worker the name of a worker; empty: all
     * @return for {@link io.muster.config.Json#write}
     */
    Map<String, Object> profile(String function, String worker);

    /**
     * Everything that is remembered of what happened to a task.
     *
     * @param id its id
     * @return lines, oldest first; of workers that do not answer nothing
     */
    List<StoryLine> story(long id);

    /**
     * The last events.
     *
     * @param topic which; empty: all
     * @param limit how many at most
     * @return events, oldest first
     */
    List<ClusterEvent> events(String topic, int limit);

    /**
     * The last log lines.
     *
     * @param worker the name of a worker; empty: the scheduler's own
     * @param limit how many at most
     * @return JSON: an object with {@code lines}, oldest first, or with {@code error}
     */
    String logs(String worker, int limit);

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
