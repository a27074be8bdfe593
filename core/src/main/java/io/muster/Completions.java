package io.muster;

import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Futures in the order in which they become done. */
final class Completions<R> implements Iterable<TaskFuture<R>> {
    private final List<TaskFuture<R>> futures;

    Completions(final Collection<? extends TaskFuture<R>> futures) {
        this.futures = List.copyOf(futures);
    }

    @Override
    public Iterator<TaskFuture<R>> iterator() {
        final BlockingQueue<TaskFuture<R>> done = new LinkedBlockingQueue<>();
        futures.forEach(future -> future.whenDone(() -> done.add(future)));
        return new Iterator<>() {
            private int left = futures.size();

            @Override
            public boolean hasNext() {
                return left > 0;
            }

            @Override
            public TaskFuture<R> next() {
                if (left == 0) {
                    throw new NoSuchElementException();
                }
                TaskFuture<R> next = done.poll();
                try {
                    if (next == null) {
                        final Away away = Away.begin();
                        try {
                            next = done.take();
                        } finally {
                            away.end();
                        }
                    }
                    left--;
                    return next;
                } catch (final InterruptedException e) {
                    throw Waiting.interrupted(left + " futures to be done");
                }
            }
        };
    }
}
