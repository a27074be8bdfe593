package io.muster.scheduler;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/** Which worker a task goes to. */
final class Placement {
    /** Bytes per microsecond that dask assumes between workers before it has measured: 100 MB/s. */
    private static final long BYTES_PER_US = 100;

    /** What fetching anything at all costs, however small. */
    private static final long FETCH_US = 500;

    /** How many workers are compared where comparing all would cost too much. */
    private static final int SAMPLE = 8;

    /** Up to how many inputs a task may have that goes to another worker than the one it was placed on. */
    private static final int MAX_INPUTS_MOVED = 32;

    private final TaskTable tasks;
    private final EdgePool edges;
    private final List<@Nullable WorkerState> workers;
    private final BitSet idle = new BitSet();
    private final BitSet room = new BitSet();
    private final IntArrayList accepting = new IntArrayList();
    private final IntArrayList candidates = new IntArrayList();
    private long[] bytesAt = new long[16];
    private int turn;
    private int sampled;

    Placement(final TaskTable tasks, final EdgePool edges, final List<@Nullable WorkerState> workers) {
        this.tasks = tasks;
        this.edges = edges;
        this.workers = workers;
    }

    /** A worker takes tasks from now on. */
    void joined(final WorkerState worker) {
        accepting.addInt(worker.number);
        roomChanged(worker);
    }

    /** A worker takes no more tasks. */
    void left(final WorkerState worker) {
        accepting.removeInt(worker.number);
        roomChanged(worker);
    }

    void roomChanged(final WorkerState worker) {
        idle.set(worker.number, worker.isIdle());
        room.set(worker.number, worker.hasRoom());
    }

    /** A worker that can take a task now, those with a free thread first, in turn; or null. */
    @Nullable
    WorkerState withRoom() {
        int number = next(idle);
        if (number < 0) {
            number = next(room);
        }
        if (number < 0) {
            return null;
        }
        turn = number + 1;
        return workers.get(number);
    }

    /**
     * As dask decides: among the holders of inputs and the least busy worker, the one where the task would be done first, counting
     * the work before it and the bytes to bring; then the one that holds less.
     */
    @Nullable
    WorkerState forInputs(final int slot) {
        long total = 0;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            final int input = edges.input(edge);
            final long size = Math.max(1, tasks.sizeBytes[input]);
            total += size;
            addBytes(tasks.holder[input], size);
            for (final int holder : tasks.furtherHolders(input)) {
                addBytes(holder, size);
            }
        }
        final WorkerState relaxed = leastBusy();
        WorkerState best = null;
        long bestCost = Long.MAX_VALUE;
        if (relaxed != null) {
            addBytes(relaxed.number, 0);
        }
        for (int i = 0; i < candidates.size(); i++) {
            final int number = candidates.getInt(i);
            final WorkerState worker = workers.get(number);
            if (worker != null && !worker.draining) {
                final long missing = total - bytesAt[number];
                final long cost = worker.occupancyUs / worker.threads + fetchUs(missing);
                if (cost < bestCost || cost == bestCost && best != null && worker.storedBytes < best.storedBytes) {
                    best = worker;
                    bestCost = cost;
                }
            }
            bytesAt[number] = 0;
        }
        candidates.clear();
        return best;
    }

    /**
     * Whether a task that waits for one worker would be started earlier by another one, that has room, though it had to bring the
     * inputs. Not asked for a task with many inputs, which is where most of them are.
     */
    boolean isEarlierOn(final WorkerState other, final int slot, final WorkerState waitsFor) {
        if (!isAllowed(other, tasks.restriction(slot))) {
            return false;
        }
        long missingOnOther = 0;
        long missing = 0;
        int count = 0;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            final int input = edges.input(edge);
            final long size = Math.max(1, tasks.sizeBytes[input]);
            missingOnOther += tasks.isHeldBy(input, other.number) ? 0 : size;
            missing += tasks.isHeldBy(input, waitsFor.number) ? 0 : size;
            if (++count > MAX_INPUTS_MOVED) {
                return false;
            }
        }
        return other.occupancyUs / other.threads + fetchUs(missingOnOther)
                < waitsFor.assignedUs() / waitsFor.threads + fetchUs(missing);
    }

    /** The least busy worker that answers to one of the names, or any if allowed; null when there is none. */
    @Nullable
    WorkerState any(final String @Nullable [] restriction, final boolean orOthers) {
        WorkerState best = null;
        WorkerState other = null;
        for (int i = 0; i < accepting.size(); i++) {
            final WorkerState worker = inTurn();
            if (isAllowed(worker, restriction)) {
                best = lessBusy(best, worker);
            } else if (orOthers) {
                other = lessBusy(other, worker);
            }
        }
        if (!accepting.isEmpty()) {
            inTurn();
        }
        return best == null ? other : best;
    }

    private @Nullable WorkerState leastBusy() {
        final int number = next(idle);
        if (number >= 0) {
            return workers.get(number);
        }
        WorkerState best = null;
        for (int i = 0; i < Math.min(SAMPLE, accepting.size()); i++) {
            best = lessBusy(best, inTurn());
        }
        return best;
    }

    private WorkerState inTurn() {
        sampled = sampled + 1 < accepting.size() ? sampled + 1 : 0;
        return require(accepting.getInt(sampled));
    }

    private WorkerState require(final int number) {
        final WorkerState worker = workers.get(number);
        if (worker == null) {
            throw new IllegalStateException("worker number=" + number + " is gone and was not taken out");
        }
        return worker;
    }

    private static long fetchUs(final long missingBytes) {
        return missingBytes > 0 ? FETCH_US + missingBytes / BYTES_PER_US : 0;
    }

    private static WorkerState lessBusy(final @Nullable WorkerState one, final WorkerState other) {
        return one == null || other.occupancyUs / other.threads < one.occupancyUs / one.threads ? other : one;
    }

    /** Whether a worker answers to one of the names; null stands for all. */
    static boolean isAllowed(final WorkerState worker, final String @Nullable [] restriction) {
        if (restriction == null) {
            return true;
        }
        for (final String name : restriction) {
            if (worker.answersTo(name)) {
                return true;
            }
        }
        return false;
    }

    private int next(final BitSet set) {
        final int number = set.nextSetBit(turn);
        return number >= 0 ? number : set.nextSetBit(0);
    }

    private void addBytes(final int number, final long size) {
        if (number == TaskTable.NONE) {
            return;
        }
        if (number >= bytesAt.length) {
            bytesAt = Arrays.copyOf(bytesAt, number * 2);
        }
        if (bytesAt[number] == 0) {
            candidates.addInt(number);
        }
        bytesAt[number] += size;
    }
}
