package io.muster.jobqueue.manager;

import java.time.Duration;
import java.util.List;

/** Something that a {@link JobTable} wants done; what came of it is to be told to the table, always. */
sealed interface JobAction {
    /**
     * Submit jobs; answered by {@code submitted} or {@code submissionFailed}.
     *
     * @param group of which kind
     * @param token what to mark them with
     * @param count how many; more than 1 as an array
     */
    record Submit(String group, String token, int count) implements JobAction {}

    /**
     * Look for the jobs of a submission; answered by {@code found} or {@code findFailed}.
     *
     * @param token what they were marked with
     */
    record Find(String token) implements JobAction {}

    /**
     * Ask the batch system about jobs; answered by {@code queryAnswered} or {@code queryFailed}.
     *
     * @param ids the jobs
     */
    record Query(List<String> ids) implements JobAction {
        /** Copies the list. */
        public Query {
            ids = List.copyOf(ids);
        }
    }

    /**
     * Cancel jobs; answered by {@code cancelled} or {@code cancelFailed}.
     *
     * @param ids the jobs
     */
    record Cancel(List<String> ids) implements JobAction {
        /** Copies the list. */
        public Cancel {
            ids = List.copyOf(ids);
        }
    }

    /**
     * Let workers leave; answered by {@code workerLeft} for each in the end.
     *
     * @param workers numbers of workers
     * @param patience how long their tasks and copies may take
     * @param reason for logs
     */
    record Retire(List<Integer> workers, Duration patience, String reason) implements JobAction {
        /** Copies the list. */
        public Retire {
            workers = List.copyOf(workers);
        }
    }

    /** Ask how much there is to do; answered by {@code load}. */
    record AskLoad() implements JobAction {}

    /**
     * Read the end of a job's output; answered by {@code logTail}.
     *
     * @param job its id
     * @param token what it was marked with
     */
    record ReadLog(String job, String token) implements JobAction {}

    /**
     * Tell people about trouble; not answered.
     *
     * @param group of which jobs
     * @param text what happened, and what follows from it
     */
    record Report(String group, String text) implements JobAction {}
}
