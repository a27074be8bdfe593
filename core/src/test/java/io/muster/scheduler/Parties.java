package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.CoordinationOperation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sessions that ask a {@link Coordination}, and note what they are answered. */
final class Parties {
    static final byte[] NOTHING = {};

    final Coordination coordination = new Coordination();
    private long lastRequest;

    Member join() {
        return new Member();
    }

    static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** One session. */
    final class Member {
        final List<CoordinationAnswer> answers = new ArrayList<>();
        final Party party = new Party(answers::add);

        /** Asks for something that may have to be waited for. */
        long await(final CoordinationOperation operation, final String name, final long amount, final byte[] value) {
            return ask(operation, name, 0, 0, amount, true, value);
        }

        /** Asks for something now, and gives the answer. */
        CoordinationAnswer now(
                final CoordinationOperation operation, final String name, final long amount, final byte[] value) {
            return answer(ask(operation, name, 0, 0, amount, false, value));
        }

        long ask(
                final CoordinationOperation operation,
                final String name,
                final long runId,
                final long token,
                final long amount,
                final boolean mayWait,
                final byte[] value) {
            final long requestId = ++lastRequest;
            coordination.request(
                    party,
                    new CoordinationRequest(requestId, operation, name, runId, 0, token, amount, mayWait, value));
            return requestId;
        }

        long lock(final String name) {
            return await(CoordinationOperation.ACQUIRE, name, 1, NOTHING);
        }

        void release(final long token) {
            ask(CoordinationOperation.RELEASE, "", 0, token, 0, false, NOTHING);
        }

        void withdraw(final long requestId) {
            tell(CoordinationOperation.WITHDRAW, requestId, 0);
        }

        void consumed(final long subscription, final long upTo) {
            tell(CoordinationOperation.TOPIC_CONSUMED, subscription, upTo);
        }

        void leave() {
            coordination.leave(party);
        }

        /** The answer to a request, of which there has to be one. */
        CoordinationAnswer answer(final long requestId) {
            final List<CoordinationAnswer> found = answers(requestId);
            if (found.size() != 1) {
                throw new AssertionError("requestId=" + requestId + " answers=" + found);
            }
            return found.get(0);
        }

        List<CoordinationAnswer> answers(final long requestId) {
            return answers.stream()
                    .filter(answer -> answer.requestId() == requestId)
                    .toList();
        }

        private void tell(final CoordinationOperation operation, final long requestId, final long token) {
            coordination.request(
                    party, new CoordinationRequest(requestId, operation, "", 0, 0, token, 0, false, NOTHING));
        }
    }
}
