package io.muster.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadyQueueTest {
    private final CountDownLatch helping = new CountDownLatch(1);
    private final CountDownLatch awake = new CountDownLatch(1);
    private final AtomicInteger ends = new AtomicInteger();
    private final ReadyQueue queue = new ReadyQueue((WorkerReports) Proxy.newProxyInstance(
            WorkerReports.class.getClassLoader(), new Class<?>[] {WorkerReports.class}, (proxy, method, arguments) -> {
                switch (method.getName()) {
                    case "isLocal":
                        return false;
                    case "helpUntil":
                        helping.countDown();
                        awake.await();
                        return true;
                    case "endHelp":
                        ends.incrementAndGet();
                        return null;
                    default:
                        return null;
                }
            }));

    /** A run may be taken before the one who added it has looked for who helps; the next one who adds a run has to find the helper too. */
    @Test
    void whoAddsARunEndsTheHelpOfTheThreadThatWaitsAlsoAfterAnotherDid() throws Exception {
        final CompletableFuture<Run> first =
                CompletableFuture.supplyAsync(() -> queue.take(queue.new Waiter(Thread.currentThread()), false));
        helping.await();

        queue.add(run(1));
        queue.add(run(2));

        assertThat(ends).hasValue(2);
        awake.countDown();
        assertThat(first.get(10, SECONDS).runId).isEqualTo(1);
    }

    /** Two threads take turns as the one that spins and the one that searches; no run may be left behind. */
    @Test
    void noRunIsLeftBehindWhereThreadsOfALocalWorkerSpin() throws Exception {
        final ReadyQueue local = new ReadyQueue(localReports());
        final AtomicInteger taken = new AtomicInteger();
        final List<CompletableFuture<Void>> takers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            takers.add(CompletableFuture.runAsync(() -> takeAll(local, taken), command -> new Thread(command).start()));
        }

        for (int i = 0; i < 20_000; i++) {
            local.add(run(i));
            while (i % 10 != 0 && taken.get() <= i) {
                Thread.onSpinWait();
            }
        }

        await().untilAsserted(() -> assertThat(taken).hasValue(20_000));
        local.close();
        for (final CompletableFuture<Void> taker : takers) {
            taker.get(10, SECONDS);
        }
    }

    private static void takeAll(final ReadyQueue from, final AtomicInteger taken) {
        from.threadStarted();
        final ReadyQueue.Waiter waiter = from.new Waiter(Thread.currentThread());
        boolean announced = false;
        for (Run run = from.take(waiter, false); run != null; run = from.take(waiter, announced)) {
            taken.incrementAndGet();
            announced = from.announce();
        }
        from.threadEnded();
    }

    private static WorkerReports localReports() {
        return (WorkerReports) Proxy.newProxyInstance(
                WorkerReports.class.getClassLoader(),
                new Class<?>[] {WorkerReports.class},
                (proxy, method, arguments) -> method.getName().equals("isLocal") ? true : null);
    }

    private static Run run(final int number) {
        return new Run(number, number, 0, 1, 0, new long[0], new int[0], "payload", null);
    }
}
