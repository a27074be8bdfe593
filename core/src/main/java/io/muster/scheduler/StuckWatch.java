package io.muster.scheduler;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a scheduler every so often for tasks that make no progress, and logs each finding once, when it is there the second time. Used
 * by the scheduler's thread; what it saw {@link #last} is for any.
 */
final class StuckWatch {
    private static final Logger LOG = LoggerFactory.getLogger(StuckWatch.class);

    /** How many jobs in the queue are told of. */
    private static final int MAX_JOBS = 10;

    /** After how many looks it counts that nothing happens, where values may be on their way. */
    private static final int PATIENCE = 20;

    private final SchedulerCore core;
    private final Diagnosis diagnosis;
    private final Supplier<List<PendingJob>> pendingJobs;
    private final Map<String, Long> sinceNs = new HashMap<>();
    private final Set<String> logged = new HashSet<>();
    private Set<String> seen = Set.of();
    private long lastTransitions = -1;
    private int quietLooks;
    private volatile Seen last = new Seen(Instant.now(), List.of(), Map.of());

    /**
     * What was seen.
     *
     * @param at when
     * @param findings what makes no progress
     * @param tasks how many tasks there were, by state
     */
    record Seen(Instant at, List<Finding> findings, Map<String, Object> tasks) {}

    /**
     * Makes one that has not looked yet.
     *
     * @param pendingJobs the batch jobs of this cluster that have not started
     */
    StuckWatch(final SchedulerCore core, final Supplier<List<PendingJob>> pendingJobs) {
        this.core = core;
        this.diagnosis = new Diagnosis(core);
        this.pendingJobs = pendingJobs;
    }

    /** What was seen last. */
    Seen last() {
        return last;
    }

    /** Why a task is where it is. */
    String why(final int slot) {
        return diagnosis.why(slot);
    }

    /** Looks, and logs what is there for the second time. */
    void tick() {
        final long pending = pending();
        quietLooks = pending > 0 && core.transitions() == lastTransitions ? quietLooks + 1 : 0;
        lastTransitions = core.transitions();
        final List<Found> found = find(false);
        final Set<String> subjects = new HashSet<>();
        for (final Found each : found) {
            subjects.add(each.subject());
            if (seen.contains(each.subject()) && logged.add(each.subject())) {
                LOG.warn("{}: {}{}", each.what(), each.why(), tail(each));
            }
        }
        logged.removeIf(subject -> {
            final boolean isOver = !subjects.contains(subject);
            if (isOver) {
                LOG.info("no longer: {}", subject);
            }
            return isOver;
        });
        seen = subjects;
    }

    private static String tail(final Found found) {
        if (found.task() == null || found.count() == 0) {
            return "";
        }
        return found.count() == 1
                ? " (task " + found.task() + ")"
                : " (" + found.count() + " tasks, such as " + found.task() + ")";
    }

    /**
     * Looks.
     *
     * @param everything whether at all tasks, which takes a moment
     */
    List<Finding> look(final boolean everything) {
        find(everything);
        return last.findings();
    }

    private List<Found> find(final boolean everything) {
        final List<Found> found = diagnosis.findings(everything);
        if (found.isEmpty() && isStalled()) {
            found.add(stalled());
        }
        addJobs(found);
        final long nowNs = core.nowNs();
        final Set<String> subjects = new HashSet<>();
        final List<Finding> findings = new ArrayList<>();
        for (final Found each : found) {
            subjects.add(each.subject());
            final Long noted = sinceNs.putIfAbsent(each.subject(), (Long) nowNs);
            final long began = each.sinceNs() != WorkerState.NEVER ? each.sinceNs() : noted == null ? nowNs : noted;
            findings.add(new Finding(
                    each.what(),
                    each.why(),
                    each.task(),
                    each.worker(),
                    each.job(),
                    Math.round((nowNs - began) / 1e8) / 10.0,
                    each.count()));
        }
        sinceNs.keySet().retainAll(subjects);
        last = new Seen(Instant.now(), List.copyOf(findings), counts());
        return found;
    }

    private Map<String, Object> counts() {
        final Map<String, Object> counts = new LinkedHashMap<>();
        for (final TaskPhase phase : TaskPhase.values()) {
            if (phase != TaskPhase.FORGOTTEN) {
                counts.put(phase.label(), core.tasks().count(phase));
            }
        }
        return counts;
    }

    private long pending() {
        final TaskTable tasks = core.tasks();
        return tasks.count(TaskPhase.WAITING)
                + tasks.count(TaskPhase.QUEUED)
                + tasks.count(TaskPhase.NO_WORKER)
                + tasks.count(TaskPhase.PROCESSING);
    }

    /** Whether nothing has happened for long though no worker runs anything. */
    private boolean isStalled() {
        boolean isSending = false;
        for (final WorkerState worker : core.workers()) {
            if (worker != null) {
                if (worker.assigned > 0 && (!worker.known.isTold() || worker.known.running() > 0)) {
                    return false;
                }
                isSending |= worker.assigned > 0 || worker.awaited.first() != TaskTable.NONE;
            }
        }
        return quietLooks >= (isSending ? PATIENCE : 2);
    }

    private Found stalled() {
        int slot = 0;
        while (slot < core.tasks().limit() - 1 && !isPending(core.tasks().phase(slot))) {
            slot++;
        }
        final String key = core.key(slot);
        return new Found(
                "stalled",
                "stalled",
                "nothing happens, and no worker runs a task: " + key + " " + diagnosis.why(slot),
                key,
                null,
                null,
                WorkerState.NEVER,
                pending());
    }

    private static boolean isPending(final TaskPhase phase) {
        return switch (phase) {
            case WAITING, NO_WORKER, QUEUED, PROCESSING -> true;
            case RELEASED, MEMORY, ERRED, FORGOTTEN -> false;
        };
    }

    /** Where tasks have no worker, the jobs in the queue say why. */
    private void addJobs(final List<Found> found) {
        if (found.stream()
                .noneMatch(
                        each -> each.what().equals("no-workers") || each.what().equals("no-worker"))) {
            return;
        }
        final List<PendingJob> jobs = pendingJobs.get();
        for (int i = 0; i < Math.min(MAX_JOBS, jobs.size()); i++) {
            final PendingJob job = jobs.get(i);
            final String why = "job " + (job.id().isEmpty() ? "that is being submitted" : job.id()) + " is "
                    + job.state() + (job.reason().isEmpty() ? "" : ": " + job.reason())
                    + (i == MAX_JOBS - 1 && jobs.size() > MAX_JOBS
                            ? "; and " + (jobs.size() - MAX_JOBS) + " more"
                            : "");
            found.add(new Found(
                    "job-pending " + job.id(),
                    "job-pending",
                    why,
                    null,
                    null,
                    emptyAsNull(job.id()),
                    WorkerState.NEVER,
                    0));
        }
    }

    private static @Nullable String emptyAsNull(final String text) {
        return text.isEmpty() ? null : text;
    }
}
