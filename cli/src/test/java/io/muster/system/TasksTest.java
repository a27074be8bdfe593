package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.RemoteTaskException;
import io.muster.Submitter;
import io.muster.TaskContext;
import io.muster.TaskFuture;
import io.muster.TaskState;
import io.muster.TaskTimeoutException;
import io.muster.UnknownOutcomeException;
import io.muster.WaitTimeoutException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tasks that use the cluster, have time limits, are interrupted, run once or again; on one worker with one thread. */
@ParameterizedClass
@EnumSource(
        value = ClusterKind.class,
        names = {"IN_PROCESS", "TCP"})
@ExtendWith(ShowLogs.class)
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class TasksTest implements ShowLogs.OnCluster {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static LocalCluster shared;

    @TempDir
    Path directory;

    private final ClusterKind kind;
    private Client client;

    TasksTest(final ClusterKind kind) {
        this.kind = kind;
    }

    @BeforeParameterizedClassInvocation
    static void start(final ClusterKind kind) {
        shared = kind.builder()
                .workers(1)
                .threadsPerWorker(1)
                .set("worker.interrupt-patience", "300ms")
                .set("worker.max-blocked-threads", "60")
                .start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        shared.close();
    }

    @BeforeEach
    void connect() {
        client = shared.connect();
        client.awaitWorkers(1, SOON);
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Override
    public String logs() {
        return shared + "\n" + shared.logs();
    }

    @Test
    void tasksThatWaitForTasksDoNotStandInTheirWay() {
        assertThat(client.submit(() -> fibonacci(12)).join()).isEqualTo(144);
        assertThat(client.submit(() -> 7).join()).isEqualTo(7);
    }

    @Test
    void aTaskWaitsForManyAtOnce() {
        final int sum = client.submit(() -> {
                    final Client own = Client.current();
                    final List<TaskFuture<Integer>> squares =
                            own.map(x -> x * x, IntStream.range(0, 50).boxed().toList());
                    int total = Work.sum(own.gather(squares));
                    for (final TaskFuture<Integer> square : own.asCompleted(squares)) {
                        total += square.join();
                    }
                    own.close();
                    return total + own.submit(() -> 1).join();
                })
                .join();
        assertThat(sum).isEqualTo(2 * 40_425 + 1);
    }

    @Test
    void theTasksOfAWorkerShareOneClientThatCountsForNoUser() {
        final String first = client.submit(() -> Client.current().toString()).join();
        final String again = client.submit(() -> Client.current().toString()).join();
        assertThat(first.replaceAll("\\(number=(\\d+).*", "$1"))
                .isEqualTo(again.replaceAll("\\(number=(\\d+).*", "$1"));
        assertThat(client.info()).contains("\"clients\":1");
    }

    @Test
    void aTaskKnowsItsRun() {
        final TaskFuture<List<String>> seen = client.with(o -> o.timeout(Duration.ofSeconds(50)))
                .submit(() -> {
                    final TaskContext self = TaskContext.current();
                    final long leftMs = self.remaining().orElseThrow().toMillis();
                    return List.of(
                            self.key(),
                            self.worker(),
                            "" + self.attempt(),
                            "" + (self.runId() > 0 && leftMs <= 50_000));
                });
        assertThat(seen.join()).containsExactly(seen.key(), "w-0", "1", "true");
        assertThat(client.submit(() -> TaskContext.current().remaining().isEmpty())
                        .join())
                .isTrue();
        assertThatThrownBy(TaskContext::current).hasMessageContaining("runs no task");
    }

    @Test
    void aTaskMayNotReturnAFuture() {
        final TaskFuture<Object> future = client.submit(() -> Client.current().submit(() -> 1));
        assertThatThrownBy(future::join)
                .hasMessageContaining("returned a TaskFuture")
                .hasMessageContaining("join()");
    }

    @Test
    void moreTasksThatWaitThanAllowedFailAndSaySo() {
        final TaskFuture<Integer> deep = client.submit(() -> descend(65));
        assertThatThrownBy(deep::join).hasStackTraceContaining("worker.max-blocked-threads=60");
        assertThat(client.submit(() -> descend(20)).join()).isEqualTo(20);
    }

    @Test
    void aTaskGivesItsSlotUpAndTakesItAgain() {
        final String running = file("running");
        final String goOn = file("go-on");
        final TaskFuture<Integer> waits = client.submit(() -> {
            TaskContext.current().secede();
            Work.meet(running, goOn);
            TaskContext.current().rejoin();
            return Work.attempt(running);
        });
        awaitFile(running);
        assertThat(client.submit(() -> 5).join()).isEqualTo(5);
        release(goOn);
        assertThat(waits.join()).isEqualTo(2);
    }

    @Test
    void aRunThatTakesTooLongIsInterruptedAndRepeatedAsOthersThatFail() {
        final String tries = file("tries");
        final TaskFuture<Integer> slow = client.with(
                        o -> o.timeout(Duration.ofMillis(100)).retries(1).key("slow"))
                .submit(() -> {
                    Work.attempt(tries);
                    Thread.sleep(60_000);
                    return 1;
                });
        assertThatThrownBy(slow::join)
                .cause()
                .isInstanceOf(TaskTimeoutException.class)
                .hasMessageContaining("timeout=100ms")
                .hasMessageContaining("key=slow")
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(Path.of(tries)).hasSize(2);
    }

    @Test
    void aRunThatTakesTooLongAndWaitsForAnotherTaskEndsToo() {
        final TaskFuture<Integer> slow = client.with(o -> o.timeout(Duration.ofMillis(200)))
                .submit(() -> Client.current()
                        .with(o -> o.workers("nowhere"))
                        .submit(() -> 1)
                        .join());
        assertThatThrownBy(slow::join).hasCauseInstanceOf(TaskTimeoutException.class);
    }

    @Test
    void aThreadThatIgnoresBeingInterruptedIsLeftBehind() {
        final String runs = file("runs");
        final String goOn = file("go-on");
        final TaskFuture<Integer> deaf =
                client.with(o -> o.timeout(Duration.ofMillis(50))).submit(() -> ignoreInterrupts(runs, goOn));
        assertThatThrownBy(deaf::join)
                .hasCauseInstanceOf(TaskTimeoutException.class)
                .hasMessageContaining("left behind");
        assertThat(client.submit(() -> 3).join()).isEqualTo(3);
        release(goOn);
    }

    @Test
    void aCancelledTaskThatHasNotBegunNeverDoes() {
        final String running = file("running");
        final String goOn = file("go-on");
        final String never = file("never");
        final TaskFuture<Integer> first = client.submit(() -> Work.meet(running, goOn));
        awaitFile(running);
        final TaskFuture<Integer> ahead = client.submit(() -> Work.meet(running, goOn));
        final TaskFuture<Integer> waiting = client.submit(() -> Work.attempt(never));
        final TaskFuture<Integer> next = waiting.then(x -> x);

        assertThat(waiting.cancel(true)).isTrue();
        assertThat(waiting.cancel(true)).isFalse();
        assertThatThrownBy(next::join).isInstanceOf(CancellationException.class);
        release(goOn);

        assertThat(first.join() + ahead.join()).isEqualTo(84);
        assertThat(client.submit(() -> 1).join()).isEqualTo(1);
        assertThat(Path.of(never)).doesNotExist();
    }

    @Test
    void aCancelledTaskThatRunsIsInterruptedIfAskedFor() {
        final String running = file("running");
        final String interrupted = file("interrupted");
        final TaskFuture<Integer> sleeps = client.submit(() -> {
            Work.attempt(running);
            try {
                Thread.sleep(60_000);
            } catch (final InterruptedException e) {
                Work.attempt(interrupted);
            }
            return 1;
        });
        awaitFile(running);

        assertThat(sleeps.cancel(true)).isTrue();

        awaitFile(interrupted);
        assertThatThrownBy(sleeps::join).isInstanceOf(CancellationException.class);
        assertThat(client.submit(() -> Thread.currentThread().isInterrupted()).join())
                .isFalse();
    }

    @Test
    void aCancelledTaskThatIgnoresBeingInterruptedLeavesItsPlace() {
        final String running = file("running");
        final String goOn = file("go-on");
        final TaskFuture<Integer> deaf = client.submit(() -> ignoreInterrupts(running, goOn));
        awaitFile(running);
        deaf.cancel(true);
        assertThat(client.submit(() -> 3).join()).isEqualTo(3);
        release(goOn);
    }

    @Test
    void aCancelledTaskThatRunsGoesOnIfNotAskedAndItsResultIsDropped() {
        final String running = file("running");
        final String goOn = file("go-on");
        final String ended = file("ended");
        final TaskFuture<Integer> works = client.submit(() -> {
            Work.meet(running, goOn);
            return Work.attempt(ended);
        });
        awaitFile(running);

        assertThat(works.cancel(false)).isTrue();
        assertThatThrownBy(works::join).isInstanceOf(CancellationException.class);
        release(goOn);

        awaitFile(ended);
        assertThat(works.state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void optionsHoldForTheirTasksOnly() {
        final List<String> tries = List.of(file("first"), file("second"), file("third"), file("fourth"));
        final Submitter patient = client.with(o -> o.retries(1));
        final TaskFuture<Integer> first = patient.submit(() -> Work.succeedAtAttempt(2, tries.get(0)));
        final TaskFuture<Integer> second = patient.submit(() -> Work.succeedAtAttempt(2, tries.get(1)));
        final TaskFuture<Integer> third = client.submit(() -> Work.succeedAtAttempt(2, tries.get(2)));
        final TaskFuture<Integer> fourth = patient.submit(() -> Work.succeedAtAttempt(2, tries.get(3)));

        assertThat(List.of(first.join(), second.join(), fourth.join())).containsOnly(2);
        assertThatThrownBy(third::join).isInstanceOf(CompletionException.class);
        assertThat(Path.of(tries.get(2))).hasSize(1);
    }

    @Test
    void aTaskThatRunsOnceGivesItsResultAndIsRepeatedOnlyWhenItFailed() {
        final String tries = file("tries");
        assertThat(client.with(o -> o.once().retries(3))
                        .submit(() -> Work.succeedAtAttempt(2, tries))
                        .join())
                .isEqualTo(2);
    }

    @Test
    void aTaskThatRunsOnceAndCantBeStoppedHasAnUnknownOutcome() {
        final String runs = file("runs");
        final String goOn = file("go-on");
        final TaskFuture<Integer> deaf = client.with(o -> o.once().retries(5).timeout(Duration.ofMillis(50)))
                .submit(() -> ignoreInterrupts(runs, goOn));
        assertThatThrownBy(deaf::join).hasCauseInstanceOf(UnknownOutcomeException.class);
        assertThat(Path.of(runs)).hasSize(1);
        release(goOn);
    }

    @Test
    void aTaskThatRunsOnceDoesNotRunAgainAfterItsWorkerWasKilled() throws Exception {
        Assumptions.assumeTrue(kind.hasProcesses(), "this JVM would be killed");
        final String running = file("running");
        final String never = file("never");
        final TaskFuture<Integer> charge =
                client.with(o -> o.once().retries(5).key("charge")).submit(() -> Work.meet(running, never));
        awaitFile(running);
        final long pid = ClusterView.of(client).worker("w-0").pid();

        Signals.send("KILL", pid);

        assertThatThrownBy(charge::join)
                .cause()
                .isInstanceOf(UnknownOutcomeException.class)
                .hasMessageContaining("charge")
                .hasMessageContaining("may or may not have happened");
        assertThat(client.submit(() -> 1).join()).isEqualTo(1);
        assertThat(Path.of(running)).hasSize(1);
        assertThat(client.retry(List.of(charge))).isEqualTo(1);
        await().atMost(SOON).until(() -> Files.size(Path.of(running)) == 2);
        charge.cancel(true);
    }

    @Test
    void failedTasksRunAgainWithWhatTheyAreMadeFrom() {
        final String disk = file("disk");
        final TaskFuture<Integer> read = client.submit(() -> {
            if (!Files.exists(Path.of(disk))) {
                throw new IOException("no disk");
            }
            return 20;
        });
        final TaskFuture<Integer> sum = read.then(x -> x + 1);
        assertThatThrownBy(sum::join).isInstanceOf(CompletionException.class).hasMessageContaining("no disk");
        assertThatThrownBy(read::join).hasMessageContaining("no disk");
        final List<Throwable> failed = new ArrayList<>();
        sum.whenComplete((value, failure) -> failed.add(failure));

        assertThat(client.retry(List.of(sum))).isEqualTo(1);
        assertThatThrownBy(sum::join).hasCauseInstanceOf(RemoteTaskException.class);
        release(disk);
        assertThat(client.retry(List.of(sum))).isEqualTo(1);

        assertThat(sum.join()).isEqualTo(21);
        assertThat(client.retry(List.of(sum))).isZero();
        await().atMost(SOON).untilAsserted(() -> assertThat(read.join()).isEqualTo(20));
        assertThat(sum.thenApply(x -> x + 1).toCompletableFuture().join()).isEqualTo(22);
        await().until(() -> failed.size() == 1);
    }

    @Test
    void aRestartDropsEverythingAndReplacesWorkers() {
        final String running = file("running");
        final String never = file("never");
        final TaskFuture<int[]> data = client.submit(() -> new int[10_000]);
        client.awaitAll(List.of(data), SOON);
        final TaskFuture<Integer> works = client.submit(() -> Work.meet(running, never));
        awaitFile(running);
        final long pid = ClusterView.of(client).worker("w-0").pid();

        client.restart(Duration.ofSeconds(60));

        assertThatThrownBy(works::join)
                .isInstanceOf(CancellationException.class)
                .hasMessageContaining("restarted the cluster");
        assertThat(data.state()).isEqualTo(kind.hasProcesses() ? TaskState.CANCELLED : TaskState.FINISHED);
        assertThat(client.workers()).hasSize(1);
        assertThat(client.submit(() -> 8).join()).isEqualTo(8);
        assertThat(ClusterView.of(client).worker("w-0").pid() != pid).isEqualTo(kind.hasProcesses());
    }

    @Test
    void aTimeLimitForWaitingInATaskIsKept() {
        final TaskFuture<Boolean> waits = client.submit(() -> {
            final Client own = Client.current();
            final TaskFuture<Integer> never =
                    own.with(o -> o.workers("nowhere")).submit(() -> 1);
            try {
                own.gather(List.of(never), Duration.ofMillis(50));
                return false;
            } catch (final WaitTimeoutException e) {
                return never.cancel(true);
            }
        });
        assertThat(waits.join()).isTrue();
    }

    private static int fibonacci(final int n) {
        if (n < 2) {
            return n;
        }
        final Client own = Client.current();
        final TaskFuture<Integer> one = own.submit(() -> fibonacci(n - 1));
        final TaskFuture<Integer> two = own.submit(() -> fibonacci(n - 2));
        return one.join() + two.join();
    }

    private static int descend(final int depth) {
        return depth == 0
                ? 0
                : 1 + Client.current().submit(() -> descend(depth - 1)).join();
    }

    private static int ignoreInterrupts(final String running, final String goOn) throws IOException {
        Work.attempt(running);
        while (true) {
            try {
                return Work.meet(running + "-on", goOn);
            } catch (final InterruptedException e) {
                Work.attempt(running + "-ignored");
            }
        }
    }

    private String file(final String name) {
        return directory.resolve(name).toString();
    }

    private static void awaitFile(final String file) {
        await().atMost(SOON).until(() -> Files.exists(Path.of(file)));
    }

    private static void release(final String goOn) {
        try {
            Files.createFile(Path.of(goOn));
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
