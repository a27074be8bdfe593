package io.muster.worker;

import static org.awaitility.Awaitility.await;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A rest lasts an hour here, so that one who is not woken hangs the test. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VigilTest {
    private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);
    private static final int ROUNDS = 2_000;

    private final AtomicLong nowNs = new AtomicLong();
    private final AtomicBoolean running = new AtomicBoolean();
    private final Vigil vigil = new Vigil(running::get, nowNs::get, HOUR_NS);

    @Test
    void whoRestsIsWokenByARunThatBegins() throws Exception {
        nowNs.set(2 * Vigil.QUIET_NS);
        final Thread watcher = paused();
        await().until(() -> watcher.getState() == Thread.State.TIMED_WAITING);

        running.set(true);
        vigil.begun();

        watcher.join();
    }

    @Test
    void noRunBeginsUnseenByOneWhoIsJustAboutToRest() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            running.set(false);
            nowNs.addAndGet(2 * Vigil.QUIET_NS);
            final AtomicBoolean looked = new AtomicBoolean();
            final Thread watcher = new Thread(() -> {
                while (!looked.get()) {
                    vigil.pause(1);
                    looked.set(running.get());
                }
            });
            watcher.start();
            running.set(true);
            vigil.begun();
            watcher.join();
        }
    }

    @Test
    void nobodyRestsBeforeItWasQuietForAWhile() throws Exception {
        nowNs.set(10 * Vigil.QUIET_NS);
        running.set(true);
        paused().join();
        running.set(false);
        nowNs.addAndGet(Vigil.QUIET_NS);

        paused().join();
    }

    private Thread paused() {
        final Thread thread = new Thread(() -> vigil.pause(1));
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
