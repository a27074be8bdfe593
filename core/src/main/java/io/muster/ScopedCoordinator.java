package io.muster;

import io.muster.coordination.CoordinationScope;

/** A coordinator for one scope. */
final class ScopedCoordinator implements Coordinator {
    private final CoordinationScope scope;

    ScopedCoordinator(final CoordinationScope scope) {
        this.scope = scope;
    }

    @Override
    public DistributedLock lock(final String name) {
        return new DistributedLock(new Named(scope, "lock", name));
    }

    @Override
    public DistributedSemaphore semaphore(final String name, final int permits) {
        return new DistributedSemaphore(new Named(scope, "semaphore", name), atLeastOne("permits", permits));
    }

    @Override
    public DistributedEvent event(final String name) {
        return new DistributedEvent(new Named(scope, "event", name));
    }

    @Override
    public <T> DistributedQueue<T> queue(final String name, final int capacity) {
        return new DistributedQueue<>(new Named(scope, "queue", name), atLeastOne("capacity", capacity));
    }

    @Override
    public <T> DistributedVariable<T> variable(final String name) {
        return new DistributedVariable<>(new Named(scope, "variable", name));
    }

    @Override
    public <T> DistributedTopic<T> topic(final String name) {
        return new DistributedTopic<>(new Named(scope, "topic", name));
    }

    @Override
    public DistributedCounter counter(final String name) {
        return new DistributedCounter(new Named(scope, "counter", name));
    }

    private static int atLeastOne(final String what, final int value) {
        if (value < 1) {
            throw new MusterException(what + "=" + value + " must be >= 1");
        }
        return value;
    }
}
