package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.CoordinationStatus;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Flags that are set or not, and whom it concerns that they are. */
final class Events {
    private static final byte[] NOTHING = {};

    private final CoordinationBudget budget;
    private final Map<String, State> byName = new HashMap<>();

    Events(final CoordinationBudget budget) {
        this.budget = budget;
    }

    CoordinationAnswer set(final CoordinationRequest request) {
        final State state = byName.get(request.name());
        final CoordinationAnswer refusal = state == null ? budget.refusedName(request) : null;
        if (refusal != null) {
            return refusal;
        }
        final State event = state == null ? add(request.name()) : state;
        event.set = true;
        for (Wait next = event.line.first(); next != null; next = event.line.first()) {
            next.answer(CoordinationStatus.DONE, 0, 0, NOTHING);
        }
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, 0);
    }

    CoordinationAnswer clear(final CoordinationRequest request) {
        final State state = byName.get(request.name());
        if (state != null) {
            state.set = false;
            state.removeIfUnused();
        }
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, 0);
    }

    @Nullable
    CoordinationAnswer await(final Party party, final CoordinationRequest request) {
        final State state = byName.get(request.name());
        if (state != null && state.set) {
            return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, 0);
        }
        if (!request.mayWait()) {
            return CoordinationAnswer.of(request.requestId(), CoordinationStatus.UNAVAILABLE, 0, 0);
        }
        final CoordinationAnswer refusal = state == null ? budget.refusedName(request) : null;
        if (refusal == null) {
            new Wait(party, request, (state == null ? add(request.name()) : state).line);
        }
        return refusal;
    }

    private State add(final String name) {
        final State state = new State(name);
        byName.put(name, state);
        budget.addName();
        return state;
    }

    /** One event. */
    private final class State {
        final String name;
        final WaitingLine line = new WaitingLine(wait -> removeIfUnused());
        boolean set;

        State(final String name) {
            this.name = name;
        }

        void removeIfUnused() {
            if (!set && line.isEmpty()) {
                byName.remove(name);
                budget.removeName();
            }
        }
    }
}
