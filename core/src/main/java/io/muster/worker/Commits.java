package io.muster.worker;

import java.util.HashMap;
import java.util.Map;

/** Runs that may be the only ones of their tasks, and wait for the scheduler's word before they begin. */
final class Commits {
    private final RunTable table;
    private final WorkerReports reports;
    private final Map<Long, Answer> waiting = new HashMap<>();

    Commits(final RunTable table, final WorkerReports reports) {
        this.table = table;
        this.reports = reports;
    }

    /** Asks, and waits for the answer; false if the run must not begin, also if it is abandoned meanwhile. */
    boolean await(final Run run) throws InterruptedException {
        synchronized (this) {
            waiting.put(run.runId, Answer.PENDING);
        }
        if (table.isRunning(run)) {
            reports.commitRequest(run.runId, run.task);
            reports.flush();
        } else {
            answer(run.runId, false);
        }
        synchronized (this) {
            try {
                while (waiting.get(run.runId) == Answer.PENDING) {
                    wait();
                }
                return waiting.get(run.runId) == Answer.GRANTED && table.isRunning(run);
            } finally {
                waiting.remove(run.runId);
            }
        }
    }

    synchronized void answer(final long runId, final boolean granted) {
        if (waiting.replace(runId, Answer.PENDING, granted ? Answer.GRANTED : Answer.DENIED)) {
            notifyAll();
        }
    }

    synchronized void denyAll() {
        waiting.replaceAll((run, answer) -> answer == Answer.PENDING ? Answer.DENIED : answer);
        notifyAll();
    }

    private enum Answer {
        PENDING,
        GRANTED,
        DENIED
    }
}
