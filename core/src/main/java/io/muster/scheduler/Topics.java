package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.CoordinationStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values go to whoever subscribed to their topic, in one order for all. A subscriber that does not keep up loses values rather than
 * have the scheduler keep them, and is told how many.
 */
final class Topics {
    /** How many values may be on their way to a subscriber. */
    static final int WINDOW = 1_024;

    /** How many bytes may be, unless it is one value. */
    static final long WINDOW_BYTES = 8L << 20;

    private final CoordinationBudget budget;
    private final Map<String, Set<Subscription>> byName = new HashMap<>();
    private long lastSequence;

    Topics(final CoordinationBudget budget) {
        this.budget = budget;
    }

    @Nullable
    CoordinationAnswer subscribe(final Party party, final CoordinationRequest request) {
        Set<Subscription> subscriptions = byName.get(request.name());
        if (subscriptions == null) {
            final CoordinationAnswer refusal = budget.refusedName(request);
            if (refusal != null) {
                return refusal;
            }
            subscriptions = new LinkedHashSet<>();
            byName.put(request.name(), subscriptions);
            budget.addName();
        }
        subscriptions.add(new Subscription(party, request));
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, 0);
    }

    /** Answers how many subscribers there are. */
    CoordinationAnswer publish(final CoordinationRequest request) {
        final int count = announce(request.name(), request.value());
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, count);
    }

    /** Sends a value to all subscribers; gives their number. */
    int announce(final String name, final byte[] value) {
        final Set<Subscription> subscriptions = byName.get(name);
        if (subscriptions == null) {
            return 0;
        }
        lastSequence++;
        for (final Subscription subscription : subscriptions) {
            subscription.send(lastSequence, value);
        }
        return subscriptions.size();
    }

    void consumed(final Party party, final CoordinationRequest request) {
        if (party.asked(request.requestId()) instanceof Subscription subscription) {
            subscription.consumed(request.token());
        }
    }

    /** A value on its way. */
    private record Sent(long sequence, int bytes) {}

    /** One who gets the values of a topic. */
    private final class Subscription extends Claim {
        private final String name;
        private final Deque<Sent> onTheirWay = new ArrayDeque<>();
        private long bytes;
        private long dropped;

        Subscription(final Party party, final CoordinationRequest request) {
            super(party, request.runId(), request.requestId());
            this.name = request.name();
        }

        void send(final long sequence, final byte[] value) {
            final boolean isFull = onTheirWay.size() >= WINDOW || bytes + value.length > WINDOW_BYTES;
            if (isFull && !onTheirWay.isEmpty()) {
                dropped++;
                return;
            }
            onTheirWay.addLast(new Sent(sequence, value.length));
            bytes += value.length;
            party.tell(new CoordinationAnswer(requestId, CoordinationStatus.MESSAGE, sequence, dropped, value));
            dropped = 0;
        }

        void consumed(final long upTo) {
            while (!onTheirWay.isEmpty() && onTheirWay.getFirst().sequence() <= upTo) {
                bytes -= onTheirWay.removeFirst().bytes();
            }
            if (dropped > 0) {
                party.tell(CoordinationAnswer.of(requestId, CoordinationStatus.DROPPED, 0, dropped));
                dropped = 0;
            }
        }

        @Override
        boolean isWaiting() {
            return false;
        }

        @Override
        void drop() {
            party.remove(this);
            final Set<Subscription> subscriptions = byName.get(name);
            if (subscriptions != null && subscriptions.remove(this) && subscriptions.isEmpty()) {
                byName.remove(name);
                budget.removeName();
            }
        }
    }
}
