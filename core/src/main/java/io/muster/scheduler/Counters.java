package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.CoordinationStatus;
import java.util.HashMap;
import java.util.Map;

/** Numbers by name; what is not there is 0. */
final class Counters {
    private final CoordinationBudget budget;
    private final Map<String, Long> byName = new HashMap<>();

    Counters(final CoordinationBudget budget) {
        this.budget = budget;
    }

    /** Answers the sum. */
    CoordinationAnswer add(final CoordinationRequest request) {
        final long now = get(request);
        final long sum = now + request.amount();
        if (((now ^ sum) & (request.amount() ^ sum)) < 0) {
            return CoordinationAnswer.refusal(
                    request.requestId(),
                    "counter=" + request.name() + " value=" + now + " + " + request.amount()
                            + " must be a number of 64 bits");
        }
        return put(request, sum);
    }

    /** Answers what the number is now, and with token 1 if it was changed. */
    CoordinationAnswer compareAndSet(final CoordinationRequest request) {
        final long now = get(request);
        return now == request.token()
                ? put(request, request.amount())
                : CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, now);
    }

    private long get(final CoordinationRequest request) {
        return byName.getOrDefault(request.name(), 0L);
    }

    private CoordinationAnswer put(final CoordinationRequest request, final long number) {
        if (number == 0) {
            if (byName.remove(request.name()) != null) {
                budget.removeName();
            }
        } else {
            if (!byName.containsKey(request.name())) {
                final CoordinationAnswer refusal = budget.refusedName(request);
                if (refusal != null) {
                    return refusal;
                }
                budget.addName();
            }
            byName.put(request.name(), number);
        }
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 1, number);
    }
}
