package io.muster;

import io.muster.coordination.CoordinationAnswer;
import io.muster.protocol.CoordinationStatus;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A subscription to a {@link DistributedTopic}, until it is closed, or the client's session or the task's run ends. */
public final class Subscription implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    /** How many values are dealt with before the scheduler is told, unless there are no more. */
    private static final int ACKNOWLEDGE_AFTER = 64;

    private final Named topic;
    private final Consumer<@Nullable Object> consumer;
    private final BlockingQueue<CoordinationAnswer> arrived = new LinkedBlockingQueue<>();
    private final Thread thread;
    private long subscription;
    private volatile boolean closed;
    private volatile long received;
    private volatile long dropped;

    private Subscription(final Named topic, final Consumer<@Nullable Object> consumer) {
        this.topic = topic;
        this.consumer = consumer;
        this.thread = new Thread(this::consume, "muster-topic-" + topic.name());
        this.thread.setDaemon(true);
    }

    static Subscription begin(final Named topic, final Consumer<@Nullable Object> consumer) {
        final Subscription begun = new Subscription(topic, consumer);
        begun.subscription = topic.scope().calls().subscribe(topic.scope(), topic.name(), begun.arrived::add);
        begun.thread.start();
        return begun;
    }

    /**
     * How many values the consumer was given.
     *
     * @return the number so far
     */
    public long received() {
        return received;
    }

    /**
     * How many values were lost, as the consumer did not keep up.
     *
     * @return the number, as far as the scheduler told
     */
    public long dropped() {
        return dropped;
    }

    /** Ends the subscription. What the consumer is doing goes on, but it is given no more. Further calls do nothing. */
    @Override
    public void close() {
        closed = true;
        topic.scope().calls().unsubscribe(topic.scope(), subscription);
        arrived.add(CoordinationAnswer.of(subscription, CoordinationStatus.RUN_OVER, 0, 0));
    }

    @Override
    public String toString() {
        return "Subscription(" + topic + ", received=" + received + ", dropped=" + dropped + ")";
    }

    private void consume() {
        int unacknowledged = 0;
        try {
            for (CoordinationAnswer next = arrived.take();
                    next.status() != CoordinationStatus.RUN_OVER && !closed;
                    next = arrived.take()) {
                count(next.amount());
                if (next.status() != CoordinationStatus.MESSAGE) {
                    continue;
                }
                consume(next.value());
                if (++unacknowledged == ACKNOWLEDGE_AFTER || arrived.isEmpty()) {
                    unacknowledged = 0;
                    topic.scope().calls().consumed(topic.scope(), subscription, next.token());
                }
            }
        } catch (final InterruptedException e) {
            LOG.debug("{}: the subscription's thread was interrupted", topic, e);
            close();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void consume(final byte[] value) {
        received++;
        try {
            consumer.accept(topic.decode(value));
        } catch (final RuntimeException | Error e) {
            LOG.warn("{}: the consumer failed", topic, e);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void count(final long more) {
        if (more > 0) {
            if (dropped == 0) {
                LOG.warn("{}: the consumer does not keep up; values dropped so far: {}", topic, more);
            }
            dropped += more;
        }
    }
}
