package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.CoordinationStatus;
import java.util.HashMap;
import java.util.Map;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** Permits, each held by one session or run, under a token that is larger than any before it. A lock is one permit. */
final class Semaphores {
    private static final byte[] NOTHING = {};

    private final CoordinationBudget budget;
    private final Map<String, State> byName = new HashMap<>();
    private final Long2ObjectHashMap<Hold> holds = new Long2ObjectHashMap<>();
    private long lastToken;

    Semaphores(final CoordinationBudget budget) {
        this.budget = budget;
    }

    void tokensFrom(final long token) {
        lastToken = token;
    }

    /** How many permits of a semaphore are held. */
    long held(final String name) {
        final State state = byName.get(name);
        return state == null ? 0 : state.held;
    }

    /** How many requests wait for a permit of a semaphore. */
    int waiting(final String name) {
        final State state = byName.get(name);
        return state == null ? 0 : state.line.size();
    }

    @Nullable
    CoordinationAnswer acquire(final Party party, final CoordinationRequest request) {
        final long permits = request.amount();
        if (permits < 1) {
            return CoordinationAnswer.refusal(
                    request.requestId(), "permits=" + permits + " must be >= 1: semaphore=" + request.name());
        }
        State state = byName.get(request.name());
        if (state == null) {
            final CoordinationAnswer refusal = budget.refusedName(request);
            if (refusal != null) {
                return refusal;
            }
            state = new State(request.name(), permits);
            byName.put(request.name(), state);
            budget.addName();
        }
        if (state.permits != permits) {
            return CoordinationAnswer.refusal(
                    request.requestId(),
                    "permits=" + permits + " must be " + state.permits + ", with which semaphore=" + request.name()
                            + " is in use; a lock is a semaphore with permits=1");
        }
        if (state.held < state.permits) {
            final Hold hold = new Hold(party, request.runId(), state);
            return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, hold.token, 0);
        }
        if (request.mayWait()) {
            new Wait(party, request, state.line);
            return null;
        }
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.UNAVAILABLE, 0, 0);
    }

    /** Gives a permit back; nothing if the party does not hold it. */
    void release(final Party party, final long token) {
        final Hold hold = holds.get(token);
        if (hold != null && hold.party == party) {
            hold.drop();
        }
    }

    /** The permits under one name. */
    private static final class State {
        final String name;
        final long permits;
        final WaitingLine line = new WaitingLine(wait -> {});
        long held;

        State(final String name, final long permits) {
            this.name = name;
            this.permits = permits;
        }
    }

    /** A permit that is held. */
    private final class Hold extends Claim {
        final long token = ++lastToken;
        private final State state;

        Hold(final Party party, final long runId, final State state) {
            super(party, runId, NO_REQUEST);
            this.state = state;
            state.held++;
            holds.put(token, this);
        }

        @Override
        boolean isWaiting() {
            return false;
        }

        @Override
        void drop() {
            party.remove(this);
            holds.remove(token);
            state.held--;
            final Wait next = state.line.first();
            if (next != null) {
                next.answer(CoordinationStatus.DONE, new Hold(next.party, next.runId, state).token, 0, NOTHING);
            } else if (state.held == 0) {
                byName.remove(state.name);
                budget.removeName();
            }
        }
    }
}
