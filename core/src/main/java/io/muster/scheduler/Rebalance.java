package io.muster.scheduler;

import io.muster.config.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Moves results from workers that hold much to workers that hold little, as dask does: copies them, and drops the first copy then. */
final class Rebalance {
    /** How far from the mean a worker may be, as a part of its memory. */
    private static final double HALF_GAP = 0.05;

    /** What a worker holds at least that has to give, as a part of its memory. */
    private static final double SENDER_MIN = 0.3;

    /** What a worker holds at most that takes, as a part of its memory. */
    private static final double RECIPIENT_MAX = 0.6;

    private static final Comparator<Scale> BY_BYTES =
            Comparator.comparingDouble((Scale scale) -> scale.bytes).thenComparingInt(scale -> scale.worker.number);

    private final CoreState state;
    private final TaskTable tasks;
    private final Effects effects;
    private final Copies copies;
    private final Replication replication;
    private final TaskLife life;
    private final Deque<Request> requests = new ArrayDeque<>();
    private final List<Move> underWay = new ArrayList<>();
    private List<Deque<Move>> waiting = new ArrayList<>();
    private long endedCopies;
    private long movedBytes;
    private int moved;
    private int failed;

    Rebalance(
            final CoreState state,
            final Effects effects,
            final Copies copies,
            final Replication replication,
            final TaskLife life) {
        this.state = state;
        this.tasks = state.tasks;
        this.effects = effects;
        this.copies = copies;
        this.replication = replication;
        this.life = life;
    }

    /** A client asks for it; it is answered when the moves are over. {@code slots} are those that may be moved, null for all. */
    void request(final int client, final long requestId, final @Nullable BitSet slots) {
        requests.add(new Request(client, requestId, slots));
        if (requests.size() == 1) {
            plan(slots);
        }
    }

    /** Goes on with the moves. */
    void advance(final long nowNs) {
        if (requests.isEmpty() || !underWay.isEmpty() && endedCopies == copies.ended()) {
            return;
        }
        endedCopies = copies.ended();
        underWay.removeIf(this::isOver);
        waiting.forEach(moves -> begin(moves, nowNs));
        while (!requests.isEmpty() && underWay.isEmpty() && waiting.stream().allMatch(Deque::isEmpty)) {
            answer(requests.remove());
            final Request next = requests.peek();
            if (next != null) {
                plan(next.slots);
                waiting.forEach(moves -> begin(moves, nowNs));
            }
        }
    }

    private void answer(final Request request) {
        final ClientState client = state.clients.get(request.client);
        if (client != null) {
            effects.answer(
                    client,
                    request.requestId,
                    Json.write(Map.of("moved", (long) moved, "bytes", movedBytes, "failed", (long) failed)));
        }
        moved = 0;
        movedBytes = 0;
        failed = 0;
    }

    private boolean isOver(final Move move) {
        if (isCurrent(move) && Copies.isUnderWay(move.slot, move.to)) {
            return false;
        }
        if (isCurrent(move) && tasks.isHeldBy(move.slot, move.to.number)) {
            if (tasks.isHeldBy(move.slot, move.from.number) && replication.mayDrop(move.slot, move.from)) {
                life.dropCopy(move.slot, move.from);
            }
            moved++;
            movedBytes += tasks.sizeBytes[move.slot];
        } else {
            failed++;
        }
        return true;
    }

    private void begin(final Deque<Move> moves, final long nowNs) {
        while (!moves.isEmpty()) {
            final Move move = moves.peek();
            if (isCurrent(move)
                    && copies.mayTake(move.to, move.slot, nowNs)
                    && tasks.isHeldBy(move.slot, move.from.number)
                    && !tasks.isHeldBy(move.slot, move.to.number)
                    && copies.underWay(move.slot) == 0) {
                copies.begin(move.slot, move.to);
                underWay.add(move);
            } else if (isCurrent(move) && !move.to.gone && !move.to.copying.isEmpty()) {
                return;
            } else {
                failed++;
            }
            moves.remove();
        }
    }

    private boolean isCurrent(final Move move) {
        return state.slotOf(move.identity) == move.slot && tasks.phase(move.slot) == TaskPhase.MEMORY;
    }

    private void plan(final @Nullable BitSet slots) {
        waiting = new ArrayList<>();
        final List<Scale> scales = scales();
        final TreeSet<Scale> lightest = new TreeSet<>(BY_BYTES);
        scales.stream().filter(Scale::takes).forEach(lightest::add);
        scales.stream()
                .filter(Scale::gives)
                .sorted(BY_BYTES.reversed())
                .forEach(sender -> planFrom(sender, lightest, slots));
        scales.forEach(scale -> waiting.add(scale.incoming));
    }

    private void planFrom(final Scale sender, final TreeSet<Scale> lightest, final @Nullable BitSet slots) {
        for (int i = 0; i < sender.worker.held.size() && sender.gives() && !lightest.isEmpty(); i++) {
            final int slot = sender.worker.held.getInt(i);
            if (state.holds(sender.worker, slot)
                    && (slots == null || slots.get(slot))
                    && copies.underWay(slot) == 0
                    && !tasks.has(slot, TaskTable.ACTOR)) {
                lightest.stream()
                        .filter(scale -> !tasks.isHeldBy(slot, scale.worker.number)
                                && copies.mayHold(slot, scale.worker)
                                && scale.improves(tasks.sizeBytes[slot], sender))
                        .findFirst()
                        .ifPresent(recipient -> move(slot, sender, recipient, lightest));
            }
        }
    }

    private void move(final int slot, final Scale sender, final Scale recipient, final TreeSet<Scale> lightest) {
        lightest.remove(recipient);
        sender.bytes -= tasks.sizeBytes[slot];
        recipient.bytes += tasks.sizeBytes[slot];
        recipient.incoming.add(new Move(slot, state.identity(slot), sender.worker, recipient.worker));
        if (recipient.takes()) {
            lightest.add(recipient);
        }
    }

    private List<Scale> scales() {
        final List<WorkerState> staying = new ArrayList<>();
        double sum = 0;
        for (final WorkerState worker : state.workers) {
            if (worker != null && !worker.draining) {
                staying.add(worker);
                sum += worker.storedBytes;
            }
        }
        final double mean = staying.isEmpty() ? 0 : sum / staying.size();
        return staying.stream().map(worker -> new Scale(worker, mean)).toList();
    }

    private record Request(
            int client, long requestId, @Nullable BitSet slots) {}

    private record Move(int slot, long identity, WorkerState from, WorkerState to) {}

    /** A worker's place in the plan. */
    private static final class Scale {
        final WorkerState worker;
        final Deque<Move> incoming = new ArrayDeque<>();
        private final double mean;
        private final double limit;
        private final double halfGap;
        private double bytes;

        Scale(final WorkerState worker, final double mean) {
            this.worker = worker;
            this.mean = mean;
            this.bytes = worker.storedBytes;
            this.limit = worker.memoryLimitBytes > 0 ? worker.memoryLimitBytes : Double.POSITIVE_INFINITY;
            this.halfGap = worker.memoryLimitBytes > 0 ? HALF_GAP * worker.memoryLimitBytes : 0;
        }

        boolean gives() {
            return bytes > mean + halfGap && (worker.memoryLimitBytes <= 0 || bytes > SENDER_MIN * limit);
        }

        boolean takes() {
            return bytes < mean - halfGap && bytes < RECIPIENT_MAX * limit;
        }

        /** Whether both are nearer to the mean once the result is here. */
        boolean improves(final long sizeBytes, final Scale sender) {
            return bytes + sizeBytes < sender.bytes
                    && bytes + sizeBytes <= mean + Math.max(halfGap, sizeBytes / 2.0)
                    && bytes + sizeBytes <= RECIPIENT_MAX * limit;
        }
    }
}
