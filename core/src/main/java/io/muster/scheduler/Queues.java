package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.CoordinationStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bounded queues of values. A value is with the one who took it, and nowhere else. */
final class Queues {
    private static final byte[] NOTHING = {};

    private final CoordinationBudget budget;
    private final Map<String, State> byName = new HashMap<>();
    private long lastSequence;

    Queues(final CoordinationBudget budget) {
        this.budget = budget;
    }

    /** How many values a queue has. */
    int size(final String name) {
        final State state = byName.get(name);
        return state == null ? 0 : state.items.size();
    }

    @Nullable
    CoordinationAnswer put(final Party party, final CoordinationRequest request) {
        CoordinationAnswer refusal = refused(request);
        if (refusal == null) {
            refusal = budget.refusedValue(request);
        }
        if (refusal != null) {
            return refusal;
        }
        final State queue = getOrAdd(request);
        final Wait taker = queue.takers.first();
        if (taker != null) {
            taker.answer(CoordinationStatus.DONE, ++lastSequence, queue.capacity, request.value());
            queue.removeIfUnused();
        } else if (queue.items.size() < queue.capacity) {
            queue.items.addLast(new Item(++lastSequence, request.value()));
            budget.addBytes(request.value().length);
        } else if (request.mayWait()) {
            new Wait(party, request, queue.putters);
            budget.addBytes(request.value().length);
            return null;
        } else {
            return CoordinationAnswer.of(request.requestId(), CoordinationStatus.UNAVAILABLE, 0, 0);
        }
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, 0);
    }

    @Nullable
    CoordinationAnswer take(final Party party, final CoordinationRequest request) {
        final CoordinationAnswer refusal = refused(request);
        if (refusal != null) {
            return refusal;
        }
        final State queue = byName.get(request.name());
        final Item item = queue == null ? null : queue.items.pollFirst();
        if (queue != null && item != null) {
            budget.addBytes(-item.value().length);
            queue.letIn();
            queue.removeIfUnused();
            return new CoordinationAnswer(
                    request.requestId(), CoordinationStatus.DONE, item.sequence(), queue.capacity, item.value());
        }
        if (request.mayWait()) {
            new Wait(party, request, getOrAdd(request).takers);
            return null;
        }
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.UNAVAILABLE, 0, 0);
    }

    /** A value that was taken for one who has stopped waiting comes back to where it was. */
    void putBack(final CoordinationRequest request) {
        if (request.violation() != null || request.amount() < 1) {
            return;
        }
        final State queue = getOrAdd(request);
        final Wait taker = queue.takers.first();
        if (taker != null) {
            taker.answer(CoordinationStatus.DONE, request.token(), queue.capacity, request.value());
            queue.removeIfUnused();
            return;
        }
        final Deque<Item> earlier = new ArrayDeque<>();
        while (!queue.items.isEmpty() && queue.items.getFirst().sequence() < request.token()) {
            earlier.addLast(queue.items.removeFirst());
        }
        queue.items.addFirst(new Item(request.token(), request.value()));
        while (!earlier.isEmpty()) {
            queue.items.addFirst(earlier.removeLast());
        }
        budget.addBytes(request.value().length);
    }

    CoordinationAnswer size(final CoordinationRequest request) {
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, size(request.name()));
    }

    CoordinationAnswer clear(final CoordinationRequest request) {
        final State queue = byName.get(request.name());
        int dropped = 0;
        if (queue != null) {
            dropped = queue.items.size();
            queue.items.forEach(item -> budget.addBytes(-item.value().length));
            queue.items.clear();
            queue.letIn();
            queue.removeIfUnused();
        }
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, dropped);
    }

    private @Nullable CoordinationAnswer refused(final CoordinationRequest request) {
        if (request.amount() < 1) {
            return CoordinationAnswer.refusal(
                    request.requestId(), "capacity=" + request.amount() + " must be >= 1: queue=" + request.name());
        }
        final State queue = byName.get(request.name());
        if (queue == null) {
            return budget.refusedName(request);
        }
        return queue.capacity == request.amount()
                ? null
                : CoordinationAnswer.refusal(
                        request.requestId(),
                        "capacity=" + request.amount() + " must be " + queue.capacity + ", with which queue="
                                + request.name() + " is in use");
    }

    private State getOrAdd(final CoordinationRequest request) {
        State queue = byName.get(request.name());
        if (queue == null) {
            queue = new State(request.name(), request.amount());
            byName.put(request.name(), queue);
            budget.addName();
        }
        return queue;
    }

    /** A value and its place in the order of all. */
    private record Item(long sequence, byte[] value) {}

    /** One queue. */
    private final class State {
        final String name;
        final long capacity;
        final Deque<Item> items = new ArrayDeque<>();
        final WaitingLine takers = new WaitingLine(wait -> removeIfUnused());
        final WaitingLine putters = new WaitingLine(wait -> budget.addBytes(-wait.value.length));

        State(final String name, final long capacity) {
            this.name = name;
            this.capacity = capacity;
        }

        /** There may be room for the values of those who wait to put one. */
        void letIn() {
            for (Wait next = putters.first(); next != null && items.size() < capacity; next = putters.first()) {
                items.addLast(new Item(++lastSequence, next.value));
                next.answer(CoordinationStatus.DONE, 0, 0, NOTHING);
            }
        }

        void removeIfUnused() {
            if (items.isEmpty() && takers.isEmpty() && putters.isEmpty()) {
                byName.remove(name);
                budget.removeName();
            }
        }
    }
}
