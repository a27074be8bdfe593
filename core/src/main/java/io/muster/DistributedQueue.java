package io.muster;

import io.muster.coordination.CoordinationAnswer;
import io.muster.protocol.CoordinationOperation;
import io.muster.protocol.CoordinationStatus;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A bounded queue of values for all of a cluster; see {@link Coordinator}. Values come out in the order in which they went in, to takers in
 * the order in which they came. What was taken is gone from the queue, even if its taker dies the next moment. Values stay when those who
 * put them leave.
 *
 * @param <T> a value; futures are refused, see {@link Client#publish(String, TaskFuture...)}
 */
public final class DistributedQueue<T> {
    private final Named named;
    private final int capacity;

    DistributedQueue(final Named named, final int capacity) {
        this.named = named;
        this.capacity = capacity;
    }

    /**
     * Puts a value, and waits until there is room.
     *
     * @param value not null
     * @throws MusterException if the value is too large, if the queue is in use with another capacity, if the session or the run ends, or
     *     if the thread is interrupted; then it is not in the queue, unless the message says that this is not known
     * @throws io.muster.serialize.UnserializableException if the value can't be serialized
     */
    public void put(final T value) {
        put(value, Long.MAX_VALUE);
    }

    /**
     * Puts a value, and waits for room for a time.
     *
     * @param value not null
     * @param timeout how long; zero for only if there is room now
     * @return whether it is in the queue
     * @throws MusterException as {@link #put(Object)}
     */
    public boolean offer(final T value, final Duration timeout) {
        return put(value, Waiting.nanos(timeout));
    }

    /**
     * Takes the first value, and waits until there is one.
     *
     * @return the value
     * @throws MusterException if the queue is in use with another capacity, if the session or the run ends, or if the thread is
     *     interrupted
     */
    public T take() {
        return take(Long.MAX_VALUE).orElseThrow();
    }

    /**
     * Takes the first value, and waits for one for a time.
     *
     * @param timeout how long; zero for only if there is one now
     * @return the value; empty if there was none in time
     * @throws MusterException as {@link #take()}
     */
    public Optional<T> poll(final Duration timeout) {
        return take(Waiting.nanos(timeout));
    }

    /**
     * How many values it has.
     *
     * @return the number when the scheduler was asked
     */
    public int size() {
        return (int)
                named.ask(CoordinationOperation.QUEUE_SIZE, 0, 0, Named.NOTHING).amount();
    }

    /**
     * Drops all values that it has.
     *
     * @return how many
     */
    public int clear() {
        return (int) named.ask(CoordinationOperation.QUEUE_CLEAR, 0, 0, Named.NOTHING)
                .amount();
    }

    @Override
    public String toString() {
        return "DistributedQueue(" + named + ", capacity=" + capacity + ")";
    }

    private boolean put(final T value, final long timeoutNs) {
        final byte[] bytes = named.encode(Objects.requireNonNull(value, "value"));
        return named.ask(CoordinationOperation.QUEUE_PUT, 0, capacity, bytes, timeoutNs)
                        .status()
                == CoordinationStatus.DONE;
    }

    private Optional<T> take(final long timeoutNs) {
        final CoordinationAnswer answer =
                named.ask(CoordinationOperation.QUEUE_TAKE, 0, capacity, Named.NOTHING, timeoutNs);
        return answer.status() == CoordinationStatus.DONE
                ? Optional.of(Unchecked.cast(named.decode(answer.value())))
                : Optional.empty();
    }
}
