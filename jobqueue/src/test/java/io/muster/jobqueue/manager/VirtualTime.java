package io.muster.jobqueue.manager;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock and the events that are still to come; equal times in the order in which they were planned. */
final class VirtualTime {
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::ns).thenComparingLong(Event::order));
    private long ns;
    private long orders;

    Moment now() {
        return new Moment(ns, Bench.START.plusNanos(ns));
    }

    void in(final Duration delay, final Runnable what) {
        orders++;
        events.add(new Event(ns + delay.toNanos(), orders, what));
    }

    /** Runs all events up to a time from now, and something after each. */
    void pass(final Duration duration, final Runnable afterEach) {
        final long end = ns + duration.toNanos();
        for (Event next = events.peek(); next != null && next.ns() <= end; next = events.peek()) {
            events.remove();
            ns = next.ns();
            next.what().run();
            afterEach.run();
        }
        ns = end;
    }

    private record Event(long ns, long order, Runnable what) {}
}
