package io.muster;

import io.muster.coordination.CoordinationAnswer;
import io.muster.protocol.CoordinationOperation;
import io.muster.protocol.CoordinationStatus;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A value for all of a cluster, which can be set, read and deleted; see {@link Coordinator}. It stays when the one who set it leaves.
 *
 * @param <T> the value; futures are refused, see {@link Client#publish(String, TaskFuture...)}
 */
public final class DistributedVariable<T> {
    private final Named named;

    DistributedVariable(final Named named) {
        this.named = named;
    }

    /**
     * Sets it, for all who wait too.
     *
     * @param value not null
     * @throws MusterException if the value is too large
     * @throws io.muster.serialize.UnserializableException if the value can't be serialized
     */
    public void set(final T value) {
        named.ask(CoordinationOperation.VARIABLE_SET, 0, 0, named.encode(Objects.requireNonNull(value, "value")));
    }

    /**
     * Reads it, and waits for a time until it is set.
     *
     * @param timeout how long; zero for not at all
     * @return a copy of the value; empty if it was not set in time
     */
    public Optional<T> get(final Duration timeout) {
        final CoordinationAnswer answer =
                named.ask(CoordinationOperation.VARIABLE_GET, 0, 0, Named.NOTHING, Waiting.nanos(timeout));
        return answer.status() == CoordinationStatus.DONE
                ? Optional.of(Unchecked.cast(named.decode(answer.value())))
                : Optional.empty();
    }

    /**
     * Deletes its value.
     *
     * @return whether it was set
     */
    public boolean delete() {
        return named.ask(CoordinationOperation.VARIABLE_DELETE, 0, 0, Named.NOTHING)
                        .amount()
                > 0;
    }

    @Override
    public String toString() {
        return "DistributedVariable(" + named + ")";
    }
}
