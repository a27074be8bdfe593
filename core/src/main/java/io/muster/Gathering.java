package io.muster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Waits for many futures, and fetches the values of those that are at workers together. */
final class Gathering {
    private Gathering() {}

    static <R> List<R> gather(
            final Session session, final Collection<? extends TaskFuture<? extends R>> futures, final long timeoutNs) {
        session.checkOurs(futures);
        if (futures.stream().allMatch(TaskFuture::isDone)) {
            return gatherAway(session, futures, timeoutNs);
        }
        final Away away = Away.begin();
        try {
            return gatherAway(session, futures, timeoutNs);
        } finally {
            away.end();
        }
    }

    private static <R> List<R> gatherAway(
            final Session session, final Collection<? extends TaskFuture<? extends R>> futures, final long timeoutNs) {
        awaitAway(futures, timeoutNs, true);
        session.fetch(futures.stream()
                .filter(f -> f.outcome() instanceof Outcome.Remote remote && remote.claim())
                .toList());
        final List<R> values = new ArrayList<>(futures.size());
        for (final TaskFuture<? extends R> future : futures) {
            values.add(future.join());
        }
        return values;
    }

    /** Waits until all are done. */
    static void await(final Collection<? extends TaskFuture<?>> futures, final long timeoutNs) {
        if (!futures.stream().allMatch(TaskFuture::isDone)) {
            final Away away = Away.begin();
            try {
                awaitAway(futures, timeoutNs, false);
            } finally {
                away.end();
            }
        }
    }

    /** Waits until all are done or, if asked, one has failed. */
    private static void awaitAway(
            final Collection<? extends TaskFuture<?>> futures, final long timeoutNs, final boolean untilFailure) {
        final long startNs = System.nanoTime();
        try {
            for (final TaskFuture<?> future : futures) {
                final long leftNs = timeoutNs == Long.MAX_VALUE
                        ? timeoutNs
                        : Math.max(0, timeoutNs - (System.nanoTime() - startNs));
                if (!future.isDone() && !future.awaitDone(leftNs)) {
                    final long done =
                            futures.stream().filter(TaskFuture::isDone).count();
                    throw new WaitTimeoutException("done=" + done + " must be " + futures.size() + " within "
                            + timeoutNs / 1_000_000 + " ms; not done: key=" + future.key());
                }
                if (untilFailure && future.state() != TaskState.FINISHED) {
                    future.join();
                }
            }
        } catch (final InterruptedException e) {
            throw Waiting.interrupted(futures.size() + " futures to be done");
        }
    }
}
