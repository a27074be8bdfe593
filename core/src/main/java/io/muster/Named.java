package io.muster;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.coordination.CoordinationScope;
import io.muster.protocol.CoordinationOperation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something with a name at the scheduler, and on whose behalf it is asked for.
 *
 * @param scope on whose behalf
 * @param kind for messages: lock, queue…
 * @param name its name among its kind
 */
record Named(CoordinationScope scope, String kind, String name) {
    static final byte[] NOTHING = {};

    Named {
        Objects.requireNonNull(name, "name");
        if (name.isBlank() || name.length() > CoordinationRequest.MAX_NAME_LENGTH) {
            throw new MusterException(kind + " name.length=" + name.length() + " must be from 1 to "
                    + CoordinationRequest.MAX_NAME_LENGTH + ", and not only blanks: name=" + name);
        }
    }

    /** Asks for what is there or not. */
    CoordinationAnswer ask(
            final CoordinationOperation operation, final long token, final long amount, final byte[] value) {
        return ask(operation, token, amount, value, 0);
    }

    /** Asks, and waits for what is not there yet; 0 ns for not at all. */
    CoordinationAnswer ask(
            final CoordinationOperation operation,
            final long token,
            final long amount,
            final byte[] value,
            final long timeoutNs) {
        return scope.calls().ask(scope, operation, name, token, amount, value, timeoutNs);
    }

    byte[] encode(final @Nullable Object value) {
        if (value instanceof TaskFuture<?> future) {
            throw new MusterException("the future of key=" + future.key() + " can't go into " + this
                    + ", as it belongs to its client: client.publish(name, future), pass the name on, and"
                    + " client.dataset(name) where it is needed");
        }
        return scope.serializer().toBytes(value);
    }

    @Nullable
    Object decode(final byte[] bytes) {
        return scope.serializer().fromBytes(bytes, 0, bytes.length);
    }

    @Override
    public String toString() {
        return kind + "=" + name;
    }
}
