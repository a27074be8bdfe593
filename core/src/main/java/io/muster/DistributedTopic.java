package io.muster;

import io.muster.protocol.CoordinationOperation;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A topic for all of a cluster: what is published to it goes to all who subscribed, in one order for all; see {@link Coordinator}. Nothing
 * is kept for who subscribes later.
 *
 * @param <T> a value; futures are refused, see {@link Client#publish(String, TaskFuture...)}
 */
public final class DistributedTopic<T> {
    private final Named named;

    DistributedTopic(final Named named) {
        this.named = named;
    }

    /**
     * Publishes a value.
     *
     * @param value not null
     * @return how many subscribers there were
     * @throws MusterException if the value is too large
     * @throws io.muster.serialize.UnserializableException if the value can't be serialized
     */
    public int publish(final T value) {
        final byte[] bytes = named.encode(Objects.requireNonNull(value, "value"));
        return (int) named.ask(CoordinationOperation.TOPIC_PUBLISH, 0, 0, bytes).amount();
    }

    /**
     * Subscribes. A subscriber that does not keep up, with 1,024 values or 8 MiB on their way to it, loses those that are published
     * meanwhile; {@link Subscription#dropped()} counts them, and the first loss is logged.
     *
     * @param consumer gets each value, one after the other, in a thread of the subscription; what it throws is logged
     * @return ends the subscription when closed; it also ends with the session or the run
     */
    public Subscription subscribe(final Consumer<? super T> consumer) {
        Objects.requireNonNull(consumer, "consumer");
        return Subscription.begin(named, value -> consumer.accept(Unchecked.cast(value)));
    }

    @Override
    public String toString() {
        return "DistributedTopic(" + named + ")";
    }
}
