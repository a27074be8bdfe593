package io.muster.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last runs and transfers, for time lines: when, where, and of which function. Rows are numbered from 0 on, and each overwrites the
 * one that came a capacity before it. For one thread at a time: the scheduler's.
 */
public final class TaskStreamLog {
    /** How many rows a page has at most. */
    public static final int MAX_PAGE_ROWS = 10_000;

    private static final int INITIAL = 1_024;
    private static final int MAX_FUNCTIONS = 10_000;
    private static final int MAX_WORKERS = 100_000;

    private final int capacity;
    private final List<String> functions = new ArrayList<>();
    private final Map<String, Integer> functionIndexes = new HashMap<>();
    private final Map<Integer, String> workers = new LinkedHashMap<>();
    private long[] startUs;
    private long[] stopUs;
    private long[] task;
    private int[] worker;
    private int[] thread;
    private int[] function;
    private byte[] kind;
    private @Nullable String[] key;
    private int at;
    private long next;

    /**
     * Makes an empty log.
     *
     * @param capacity how many rows it keeps; 0: none
     */
    public TaskStreamLog(final int capacity) {
        this.capacity = capacity;
        final int length = Math.min(capacity, INITIAL);
        startUs = new long[length];
        stopUs = new long[length];
        task = new long[length];
        worker = new int[length];
        thread = new int[length];
        function = new int[length];
        kind = new byte[length];
        key = new String[length];
    }

    /** What a row tells of; numbers are those of the dashboard's JSON. */
    public enum Kind {
        /** A run that ended with a result. */
        COMPUTE,
        /** A run that failed. */
        ERRED,
        /** The time in which a run's inputs came from other workers; the thread is that of the run, which did something else meanwhile. */
        TRANSFER,
        /** The time in which a run's inputs were read back from disk. */
        SPILL;

        private static final Kind[] ALL = values();
    }

    /**
     * One bar of the time line.
     *
     * @param worker the worker's number
     * @param thread which of its threads
     * @param function an index into {@link Page#functions}
     * @param startUs when it began, in microseconds since 1970
     * @param stopUs when it ended
     * @param kind what it was
     * @param task the task's identity: its client's number in the upper 32 bits, its own in the lower
     * @param key the task's key, if its user gave it one
     */
    public record Row(
            int worker,
            int thread,
            int function,
            long startUs,
            long stopUs,
            Kind kind,
            long task,
            @Nullable String key) {}

    /**
     * Some rows, oldest first.
     *
     * @param next the number to ask for next
     * @param functions names of functions
     * @param workers names of the workers that occur, by number
     * @param rows the rows
     */
    public record Page(long next, List<String> functions, Map<Integer, String> workers, List<Row> rows) {
        /**
         * As the dashboard's {@code api/stream} writes it; a row's eighth entry is the key, if its user gave one.
         *
         * @return for {@link io.muster.config.Json#write}
         */
        public Map<String, Object> toJson() {
            final Map<String, Object> json = new LinkedHashMap<>();
            json.put("next", next);
            json.put("functions", functions);
            final Map<String, Object> names = new LinkedHashMap<>();
            workers.forEach((number, name) -> names.put(String.valueOf(number), name));
            json.put("workers", names);
            final List<Object> lines = new ArrayList<>(rows.size());
            for (final Row row : rows) {
                final List<Object> line = new ArrayList<>(8);
                line.add((long) row.worker);
                line.add((long) row.thread);
                line.add((long) row.function);
                line.add(row.startUs);
                line.add(row.stopUs);
                line.add((long) row.kind.ordinal());
                line.add(row.task);
                if (row.key != null) {
                    line.add(row.key);
                }
                lines.add(line);
            }
            json.put("rows", lines);
            return json;
        }
    }

    /** Whether rows are kept at all. */
    boolean isOn() {
        return capacity > 0;
    }

    /** Remembers a worker's name for its rows. */
    void worker(final int number, final String name) {
        if (workers.size() >= MAX_WORKERS) {
            workers.remove(workers.keySet().iterator().next());
        }
        workers.put(number, name);
    }

    /** A worker's name, also of one that is gone. */
    String workerName(final int number) {
        return workers.getOrDefault(number, "worker " + number);
    }

    /** The index under which a function's rows are kept; that of all others once there are too many. */
    int functionIndex(final String name) {
        final String kept = functions.size() < MAX_FUNCTIONS || functionIndexes.containsKey(name) ? name : "other";
        return functionIndexes.computeIfAbsent(kept, added -> {
            functions.add(added);
            return functions.size() - 1;
        });
    }

    void add(
            final int ofWorker,
            final int ofThread,
            final int ofFunction,
            final long fromUs,
            final long toUs,
            final Kind what,
            final long identity,
            final @Nullable String itsKey) {
        if (at == startUs.length && !grow()) {
            at = 0;
        }
        startUs[at] = fromUs;
        stopUs[at] = toUs;
        task[at] = identity;
        worker[at] = ofWorker;
        thread[at] = ofThread;
        function[at] = ofFunction;
        kind[at] = (byte) what.ordinal();
        key[at] = itsKey;
        at++;
        next++;
    }

    /**
     * The number of the row that comes next, which is how many there were.
     *
     * @return the number
     */
    public long next() {
        return next;
    }

    /**
     * Rows from a number on, or from the oldest that is still there.
     *
     * @param from the number of the first row
     * @param limit how many at most, up to {@link #MAX_PAGE_ROWS}
     * @return the rows; none where there are none that new
     */
    public Page since(final long from, final int limit) {
        final long first = Math.max(Math.max(0, from), next - Math.min(next, startUs.length));
        final int count = (int) Math.max(0, Math.min(Math.min(limit, MAX_PAGE_ROWS), next - first));
        final Map<Integer, Integer> local = new HashMap<>();
        final List<String> names = new ArrayList<>();
        final Map<Integer, String> named = new LinkedHashMap<>();
        final List<Row> rows = new ArrayList<>(count);
        for (long sequence = first; sequence < first + count; sequence++) {
            final int i = (int) (sequence % startUs.length);
            final Integer index = local.computeIfAbsent(function[i], global -> {
                names.add(functions.get(global));
                return names.size() - 1;
            });
            named.computeIfAbsent(worker[i], number -> workerName(number));
            rows.add(new Row(worker[i], thread[i], index, startUs[i], stopUs[i], Kind.ALL[kind[i]], task[i], key[i]));
        }
        return new Page(first + count, List.copyOf(names), Map.copyOf(named), List.copyOf(rows));
    }

    /** The runs of a task that are remembered, oldest first. */
    List<RunSnapshot> runs(final long identity) {
        final List<RunSnapshot> runs = new ArrayList<>();
        for (long sequence = next - Math.min(next, startUs.length); sequence < next; sequence++) {
            final int i = (int) (sequence % startUs.length);
            if (task[i] == identity && (kind[i] == Kind.COMPUTE.ordinal() || kind[i] == Kind.ERRED.ordinal())) {
                final String name = workers.getOrDefault(worker[i], "worker-" + worker[i]);
                runs.add(new RunSnapshot(name, thread[i], startUs[i], stopUs[i], kind[i] == Kind.ERRED.ordinal()));
            }
        }
        return runs;
    }

    private boolean grow() {
        final int length = Math.min(capacity, startUs.length * 2);
        if (length == startUs.length) {
            return false;
        }
        startUs = Arrays.copyOf(startUs, length);
        stopUs = Arrays.copyOf(stopUs, length);
        task = Arrays.copyOf(task, length);
        worker = Arrays.copyOf(worker, length);
        thread = Arrays.copyOf(thread, length);
        function = Arrays.copyOf(function, length);
        kind = Arrays.copyOf(kind, length);
        key = Arrays.copyOf(key, length);
        return true;
    }
}
