package io.muster.scheduler;

import io.muster.worker.ProcessFigures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.agrona.collections.Int2ObjectHashMap;

/** What the scheduler's process and its workers used in the last ten minutes, a sample every two seconds. */
final class SystemLog {
    static final long INTERVAL_NS = 2_000_000_000L;

    private static final int SAMPLES = 300;

    /** Of how many workers all samples are kept; of further ones the last. */
    private static final int MANY = 1_000;

    private static final String[] OF_WORKER = {
        "at",
        "cpu",
        "memory",
        "heap",
        "managed",
        "spilled",
        "net_read_per_s",
        "net_write_per_s",
        "gc_per_mille",
        "running",
        "ready"
    };

    private final ProcessFigures use = new ProcessFigures();
    private final Series scheduler =
            new Series(SAMPLES, "at", "cpu", "heap", "transitions_per_s", "tasks_per_s", "workers", "processing");
    private final Int2ObjectHashMap<OfWorker> workers = new Int2ObjectHashMap<>();
    private long lastNs;
    private long lastTransitions;
    private long lastDone;
    private long done;
    private long doneBefore;

    /** A worker's samples, and what its counters were at the last one. */
    private static final class OfWorker {
        private final Series series;
        private long lastNs;
        private long readBytes;
        private long writtenBytes;
        private long gcNs;

        OfWorker(final int samples) {
            series = new Series(samples, OF_WORKER);
        }
    }

    /** A task's run ended. */
    void ran() {
        done++;
    }

    /** How many runs ended since the scheduler began. */
    long done() {
        return done;
    }

    /** Takes a sample of the scheduler if it is time. */
    void tick(final long nowNs, final long atUs, final SchedulerCore core) {
        final long elapsedNs = nowNs - lastNs;
        if (lastNs != 0 && elapsedNs < INTERVAL_NS) {
            return;
        }
        final long transitions = core.transitions();
        final long perMille = use.cpuPerMille(nowNs);
        if (lastNs != 0) {
            scheduler.add(
                    atUs,
                    perMille,
                    use.heapUsedBytes(),
                    perSecond(transitions - lastTransitions, elapsedNs),
                    perSecond(done - doneBefore, elapsedNs),
                    core.livingWorkers(),
                    core.tasks().count(TaskPhase.PROCESSING));
            lastDone = perSecond(done - doneBefore, elapsedNs);
        }
        doneBefore = done;
        lastTransitions = transitions;
        lastNs = nowNs;
    }

    /** How many runs ended in a second, lately. */
    long donePerSecond() {
        return lastDone;
    }

    /** The scheduler's processor time, in thousandths of a core, lately. */
    long schedulerCpuPerMille() {
        return scheduler.last()[1];
    }

    /** A worker says what it uses; kept if it is time. */
    void heard(final long nowNs, final long atUs, final WorkerState worker, final WorkerFigures figures) {
        OfWorker known = workers.get(worker.number);
        if (known == null) {
            known = new OfWorker(workers.size() < MANY ? SAMPLES : 1);
            workers.put(worker.number, known);
        }
        final long elapsedNs = nowNs - known.lastNs;
        if (known.lastNs != 0 && elapsedNs < INTERVAL_NS * 9 / 10) {
            return;
        }
        final boolean isFirst = known.lastNs == 0;
        known.series.add(
                atUs,
                figures.cpuPerMille(),
                figures.residentBytes(),
                figures.heapUsedBytes(),
                Math.max(0, worker.memory.managedBytes),
                worker.memory.spilledBytes,
                isFirst ? 0 : perSecond(figures.readBytes() - known.readBytes, elapsedNs),
                isFirst ? 0 : perSecond(figures.writtenBytes() - known.writtenBytes, elapsedNs),
                isFirst ? 0 : Math.max(0, (figures.gcNs() - known.gcNs) / Math.max(1, elapsedNs / 1_000)),
                figures.running(),
                figures.ready());
        known.lastNs = nowNs;
        known.readBytes = figures.readBytes();
        known.writtenBytes = figures.writtenBytes();
        known.gcNs = figures.gcNs();
    }

    int workers() {
        return workers.size();
    }

    void workerLeft(final int number) {
        workers.remove(number);
    }

    /** What a worker reads and writes in a second, lately; zeros before there are two samples. */
    long[] trafficPerSecond(final int worker) {
        final OfWorker known = workers.get(worker);
        final long[] last = known == null ? null : known.series.last();
        return last == null ? new long[2] : new long[] {last[6], last[7]};
    }

    /** As the dashboard's {@code api/system} writes it; cpu is in thousandths of a core. */
    Map<String, Object> toJson() {
        return toJson(0, SAMPLES);
    }

    /**
     * As {@link #toJson()}, but with less.
     *
     * @param sinceUs only samples that are later
     * @param most how many samples of each worker at most, the newest
     */
    Map<String, Object> toJson(final long sinceUs, final int most) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("interval_s", INTERVAL_NS / 1_000_000_000L);
        json.put("scheduler", scheduler.toJson(sinceUs, SAMPLES));
        final List<Object> each = new ArrayList<>(workers.size());
        workers.keySet().stream().sorted().forEach(number -> {
            final Map<String, Object> worker = new LinkedHashMap<>();
            worker.put("number", (long) number);
            worker.putAll(Objects.requireNonNull(workers.get(number)).series.toJson(sinceUs, most));
            each.add(worker);
        });
        json.put("workers", each);
        return json;
    }

    private static long perSecond(final long count, final long elapsedNs) {
        return Math.max(0, (long) (count * 1e9 / Math.max(1, elapsedNs)));
    }
}
