package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import org.jspecify.annotations.Nullable;

/** How much {@link Coordination} keeps in the scheduler's memory, and how much it may. */
final class CoordinationBudget {
    /** How many locks, queues and so on there may be, counting only those in use. */
    static final int MAX_NAMES = 100_000;

    /** How many bytes all values in queues and variables may take. */
    static final long MAX_BYTES = 256L << 20;

    /** How many requests of one client or worker may wait at a time, its subscriptions included. */
    static final int MAX_ASKED = 10_000;

    private int names;
    private long bytes;

    int names() {
        return names;
    }

    long bytes() {
        return bytes;
    }

    /** Why there can be no other name; null if there can. */
    @Nullable
    CoordinationAnswer refusedName(final CoordinationRequest request) {
        return names < MAX_NAMES
                ? null
                : CoordinationAnswer.refusal(
                        request.requestId(),
                        "names=" + names + " of locks, queues and so on in use must be < " + MAX_NAMES + ": name="
                                + request.name() + "; release, empty or delete some");
    }

    /** Why a value can't be kept; null if it can. */
    @Nullable
    CoordinationAnswer refusedValue(final CoordinationRequest request) {
        final long needed = bytes + request.value().length;
        return needed <= MAX_BYTES
                ? null
                : CoordinationAnswer.refusal(
                        request.requestId(),
                        "bytes=" + needed + " of values in queues and variables must be <= " + MAX_BYTES + ": name="
                                + request.name() + "; take or delete some, or leave large values with workers");
    }

    void addName() {
        names++;
    }

    void removeName() {
        names--;
    }

    void addBytes(final long more) {
        bytes += more;
    }
}
