package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.CoordinationStatus;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values by name, and those who wait for one. */
final class Variables {
    private final CoordinationBudget budget;
    private final Map<String, State> byName = new HashMap<>();

    Variables(final CoordinationBudget budget) {
        this.budget = budget;
    }

    CoordinationAnswer set(final CoordinationRequest request) {
        State state = byName.get(request.name());
        CoordinationAnswer refusal = state == null ? budget.refusedName(request) : null;
        if (refusal == null) {
            refusal = budget.refusedValue(request);
        }
        if (refusal != null) {
            return refusal;
        }
        if (state == null) {
            state = add(request.name());
        }
        state.set(request.value());
        for (Wait next = state.line.first(); next != null; next = state.line.first()) {
            next.answer(CoordinationStatus.DONE, 0, 0, request.value());
        }
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, 0);
    }

    @Nullable
    CoordinationAnswer get(final Party party, final CoordinationRequest request) {
        final State state = byName.get(request.name());
        final byte[] value = state == null ? null : state.value;
        if (value != null) {
            return new CoordinationAnswer(request.requestId(), CoordinationStatus.DONE, 0, 0, value);
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

    CoordinationAnswer delete(final CoordinationRequest request) {
        final State state = byName.get(request.name());
        final boolean wasSet = state != null && state.value != null;
        if (state != null) {
            state.set(null);
            state.removeIfUnused();
        }
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, wasSet ? 1 : 0);
    }

    private State add(final String name) {
        final State state = new State(name);
        byName.put(name, state);
        budget.addName();
        return state;
    }

    /** One variable. */
    private final class State {
        final String name;
        final WaitingLine line = new WaitingLine(wait -> removeIfUnused());
        byte @Nullable [] value;

        State(final String name) {
            this.name = name;
        }

        void set(final byte @Nullable [] next) {
            final byte[] before = value;
            budget.addBytes((next == null ? 0 : next.length) - (before == null ? 0 : before.length));
            value = next;
        }

        void removeIfUnused() {
            if (value == null && line.isEmpty()) {
                byName.remove(name);
                budget.removeName();
            }
        }
    }
}
