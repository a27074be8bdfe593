package io.muster.progress;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Shows how far work is, on a thread of its own, until all of it is done or this is closed. The work does not wait for it, nor depend on it.
 */
public final class Progress implements AutoCloseable {
    private static final long LOOK_MS = 100;

    /** What part of its time it may spend looking. */
    private static final int LOOKING = 20;

    private final ProgressBars bars;
    private final Supplier<List<Bar>> work;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);

    private Progress(final ProgressBars bars, final Supplier<List<Bar>> work) {
        this.bars = bars;
        this.work = work;
    }

    /**
     * Begins to show.
     *
     * @param bars where; closed in the end
     * @param work says how far it is; asked ten times a second, less often if that takes long
     * @return close it to stop showing before all is done
     */
    public static Progress start(final ProgressBars bars, final Supplier<List<Bar>> work) {
        final Progress progress = new Progress(bars, work);
        final Thread thread = new Thread(progress::run, "muster-progress");
        thread.setDaemon(true);
        thread.start();
        return progress;
    }

    /**
     * Waits until all is done, failed, or cancelled, and shown; or until this is closed.
     *
     * @throws InterruptedException if interrupted
     */
    public void await() throws InterruptedException {
        ended.await();
    }

    /**
     * Waits until all is done, failed, or cancelled, and shown; or until this is closed.
     *
     * @param timeout how long
     * @return false if the time is up
     * @throws InterruptedException if interrupted
     */
    public boolean await(final Duration timeout) throws InterruptedException {
        return ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Shows how far it is for the last time, and ends the lines. Further calls do nothing. */
    @Override
    public void close() {
        closing.countDown();
        boolean interrupted = false;
        while (ended.getCount() > 0) {
            try {
                ended.await();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (bars) {
            boolean isClosing = false;
            boolean isOver = false;
            while (!isOver) {
                final long beginNs = System.nanoTime();
                final List<Bar> now = work.get();
                bars.show(now);
                isOver = isClosing || now.stream().allMatch(Bar::isOver);
                final long tookMs = (System.nanoTime() - beginNs) / 1_000_000;
                isClosing = !isOver && closing.await(Math.max(LOOK_MS, LOOKING * tookMs), TimeUnit.MILLISECONDS);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }
}
