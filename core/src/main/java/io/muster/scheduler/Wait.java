package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.CoordinationStatus;

/** A request in line for what is not there yet. */
final class Wait extends Claim {
    final byte[] value;
    private final WaitingLine line;

    Wait(final Party party, final CoordinationRequest request, final WaitingLine line) {
        super(party, request.runId(), request.requestId());
        this.value = request.value();
        this.line = line;
        line.add(this);
    }

    /** Ends the waiting with an answer. */
    void answer(final CoordinationStatus status, final long token, final long amount, final byte[] given) {
        leave();
        party.tell(new CoordinationAnswer(requestId, status, token, amount, given));
    }

    /** Takes it out of the line, without an answer. */
    void leave() {
        line.remove(this);
        party.remove(this);
    }

    @Override
    boolean isWaiting() {
        return true;
    }

    @Override
    void drop() {
        leave();
        line.left(this);
    }
}
