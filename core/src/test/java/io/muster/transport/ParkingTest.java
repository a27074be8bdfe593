package io.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loop whose agent lets it block for an hour: one who is not woken hangs the test. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ParkingTest {
    private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);

    private final AtomicInteger cycles = new AtomicInteger();
    private final AtomicInteger parks = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final EventLoop loop = new EventLoop(new Idler(), 0, failure::set);

    @AfterEach
    void close() {
        loop.close();
        assertThat(ended).isTrue();
        assertThat(failure.get()).isNull();
    }

    @Test
    void aLoopBlocksForAsLongAsItsAgentAllows() {
        loop.start();
        await().until(() -> parks.get() == 1);
        final int before = cycles.get();

        loop.wakeup();

        await().until(() -> parks.get() == 2);
        assertThat(cycles.get()).isGreaterThan(before);
    }

    @Test
    void aLoopWhoseThreadStandsByForAHelperEndsAtOnce() throws InterruptedException {
        final AtomicBoolean done = new AtomicBoolean();
        final Thread helper = new Thread(() -> loop.helpUntil(done::get, System.nanoTime() + HOUR_NS));
        helper.start();
        await().until(() -> parks.get() == 1);
        loop.start();

        loop.close();

        helper.join();
        assertThat(ended).isTrue();
    }

    @Test
    void theLoopsThreadTakesOverWhenAHelperLeavesAfterLong() throws InterruptedException {
        final AtomicBoolean done = new AtomicBoolean();
        final Thread helper = new Thread(() -> loop.helpUntil(done::get, System.nanoTime() + HOUR_NS));
        helper.start();
        await().until(() -> parks.get() == 1);
        loop.start();

        done.set(true);
        loop.endHelp();

        helper.join();
        await().until(() -> parks.get() >= 2);
    }

    /** An agent that never has anything to do. */
    private final class Idler implements EventLoop.Agent {
        @Override
        public String roleName() {
            return "parking-test";
        }

        @Override
        public int doWork(final long nowNs) {
            cycles.incrementAndGet();
            return 0;
        }

        @Override
        public boolean prepareToPark() {
            return true;
        }

        @Override
        public long maxParkNs(final long nowNs) {
            parks.incrementAndGet();
            return HOUR_NS;
        }

        @Override
        public void onClose() {
            ended.set(true);
        }
    }
}
