package io.muster.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.BiFn;
import io.muster.Coordinator;
import io.muster.Fn;
import io.muster.Lease;
import io.muster.MusterException;
import io.muster.Task;
import io.muster.data.ResultStore;
import io.muster.graph.Call;
import io.muster.graph.Call.Shape;
import io.muster.serialize.Serializer;
import io.muster.serialize.TaskFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerTest {
    private static final long[] NO_INPUTS = {};
    private static final int[] NO_HOLDERS = {};
    private static final Map<String, CountDownLatch> LATCHES = new ConcurrentHashMap<>();
    private static final Queue<String> SEEN = new ConcurrentLinkedQueue<>();

    private final HeldDataPlane dataPlane = new HeldDataPlane();
    private final RecordingReports local = new RecordingReports(true);
    private final RecordingReports remote = new RecordingReports(false);
    private @Nullable Worker worker;
    private long nextFunction;
    private boolean isLocal;

    @BeforeEach
    void forget() {
        isLocal = true;
        LATCHES.clear();
        SEEN.clear();
    }

    @AfterEach
    void end() {
        LATCHES.values().forEach(CountDownLatch::countDown);
        if (worker != null) {
            worker.close();
        }
    }

    @Test
    void aTaskIsRunAndItsResultReportedAndHeld() {
        start(local, 1);

        submit(1, 10, () -> 42);

        awaitDone(local, 1);
        assertThat(local.done().get(0).value()).isEqualTo(42);
        assertThat(worker().get(10)).isEqualTo(42);
        assertThat(worker().counters().storedBytes()).isPositive();
        await().untilAsserted(() -> assertThat(worker().counters().running()).isZero());
    }

    @Test
    void anInProcessResultIsTheLiveObject() {
        final double[] data = new double[1000];
        start(local, 1);

        submit(1, 10, () -> data);

        awaitDone(local, 1);
        assertThat(local.done().get(0).value()).isSameAs(data);
    }

    @Test
    void aTaskThatWaitsForALockGoesOnWhenTheSessionEndsAndThenHoldsNothing() {
        start(local, 1);
        submit(1, 10, () -> {
            SEEN.add(waitForLock());
            return 1;
        });
        await().until(() -> local.requests().size() == 1);
        assertThat(local.requests().get(0).runId()).isEqualTo(1);
        assertThat(local.requests().get(0).task()).isEqualTo(10);

        worker().abandonAll();

        await().until(() -> !SEEN.isEmpty());
        assertThat(SEEN.peek()).contains("the run of this task is over");
        submit(2, 11, () -> 2);
        awaitDone(local, 1);
        assertThat(local.doneRun(2)).isPresent();
    }

    private static String waitForLock() {
        try (Lease lease = Coordinator.current().lock("l").acquire()) {
            return lease.toString();
        } catch (final MusterException e) {
            return e.getMessage();
        }
    }

    @Test
    void aSmallResultTravelsWithTheReportAndALargeOneStays() {
        start(remote, 1);

        submit(1, 10, () -> "small");
        submit(2, 11, () -> new byte[100_000]);

        awaitDone(remote, 2);
        final byte[] bytes = (byte[]) remote.doneRun(1).orElseThrow().value();
        assertThat(Serializer.standard().fromBytes(bytes, 0, bytes.length)).isEqualTo("small");
        assertThat(remote.doneRun(2).orElseThrow().inline()).isFalse();
        assertThat(remote.doneRun(2).orElseThrow().sizeBytes()).isGreaterThanOrEqualTo(100_000);
        assertThat(remote.allFlushed()).isTrue();
    }

    @Test
    void aResultIsNotSentAlongUnlessAskedFor() {
        start(local, 1);
        final long function = register((Task<Integer>) () -> 1);

        worker().assign(1, 10, function, 1, 0, NO_INPUTS, NO_HOLDERS, new Call(Shape.TASK, null, null), null);

        awaitDone(local, 1);
        assertThat(local.done().get(0).inline()).isFalse();
    }

    @Test
    void aResultThatNobodyElseCouldHaveFailsTheTask() {
        start(remote, 1);

        submit(1, 10, Object::new);
        submit(2, 11, () -> List.of(new Object(), new byte[100_000]));

        await().until(() -> remote.failed().size() == 2);
        assertThat(TaskFailure.fromBytes((byte[]) remote.failed().get(0).failure())
                        .message())
                .contains("java.lang.Object");
        assertThat(worker().get(10)).isSameAs(ResultStore.ABSENT);
        assertThat(worker().get(11)).isSameAs(ResultStore.ABSENT);
    }

    @Test
    void aFunctionIsRegisteredOnceAndCalledWithEachArgument() {
        start(remote, 2);
        final Fn<Integer, Integer> square = x -> x * x;
        final long function = register(square);

        for (int i = 0; i < 10; i++) {
            final byte[] payload = Call.encode(Shape.VALUE, null, null, i, Serializer.standard());
            worker().assign(
                            i,
                            100 + i,
                            function,
                            1,
                            WorkerCommands.SEND_SMALL_RESULT,
                            NO_INPUTS,
                            NO_HOLDERS,
                            payload,
                            null);
        }

        awaitDone(remote, 10);
        assertThat(worker().get(107)).isEqualTo(49);
    }

    @Test
    void aFunctionThatWasNeverRegisteredFailsItsTaskByName() {
        start(local, 1);

        worker().assign(1, 10, 77, 1, 0, NO_INPUTS, NO_HOLDERS, new Call(Shape.TASK, null, null), "mine");

        await().until(() -> local.failed().size() == 1);
        final TaskFailure failure = (TaskFailure) local.failed().get(0).failure();
        assertThat(failure.message()).contains("function=77", "not registered");
        assertThat(failure.key()).isEqualTo("mine");
    }

    @Test
    void aCallThatCarriesItsOwnFunctionNeedsNoRegisteredOne() {
        start(local, 1);
        final Task<Integer> own = () -> 5;

        worker().assign(1, 10, 77, 1, 0, NO_INPUTS, NO_HOLDERS, new Call(Shape.TASK, own, null), null);

        awaitDone(local, 1);
        assertThat(worker().get(10)).isEqualTo(5);
    }

    @Test
    void inputsThatAreHereAreTakenFromTheStore() {
        start(local, 1);
        worker().keep(5, "a");
        worker().keep(6, "b");

        combine(1, 10, new long[] {5, 6}, new int[] {1, 2});

        awaitDone(local, 1);
        assertThat(worker().get(10)).isEqualTo("ab");
        assertThat(dataPlane.asked).isEmpty();
        assertThat(local.replicas()).containsExactly(5L, 6L);
    }

    @Test
    void aRunWhoseInputAnotherOneHereComputesStartsByItselfAndIsReportedAfterThat() {
        start(local, 2);
        worker().number(9);
        LATCHES.put("chain", new CountDownLatch(1));
        submit(1, 5, () -> "x" + passGate("chain"));
        combine(2, 10, new long[] {5, 5}, new int[] {9, 9});
        combine(3, 11, new long[] {10, 5}, new int[] {9, 9});
        assertThat(dataPlane.asked).isEmpty();
        assertThat(local.missing()).isEmpty();

        LATCHES.get("chain").countDown();

        awaitDone(local, 3);
        assertThat(worker().get(11)).isEqualTo("x1x1x1");
        assertThat(local.done()).extracting(RecordingReports.Done::runId).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aRunWhoseInputFailsHereWaitsForTheSchedulersWord() {
        start(local, 1);
        worker().number(9);
        LATCHES.put("failure", new CountDownLatch(1));
        submit(1, 5, () -> explode("exception" + passGate("failure")));
        combine(2, 10, new long[] {5, 5}, new int[] {9, 9});
        LATCHES.get("failure").countDown();
        await().until(() -> local.failed().size() == 1);
        assertThat(worker().counters().ready()).isZero();
        assertThat(local.missing()).isEmpty();

        worker().abandon(2, false);
        submit(3, 5, () -> "x");
        combine(4, 10, new long[] {5, 5}, new int[] {9, 9});
        awaitDone(local, 2);
        assertThat(worker().get(10)).isEqualTo("xx");
    }

    @Test
    void oneFetchServesAllRunsThatWaitForTheSameInput() {
        start(local, 1);
        combine(1, 10, new long[] {5, 5}, new int[] {1, 1});
        combine(2, 11, new long[] {5, 5}, new int[] {2, 2});
        assertThat(dataPlane.asked).hasSize(1);

        dataPlane.asked.get(0).value("x");

        awaitDone(local, 2);
        assertThat(worker().get(10)).isEqualTo("xx");
        assertThat(worker().get(5)).isEqualTo("x");
        assertThat(local.replicas()).containsExactly(5L);
        await().until(local::allFlushed);
    }

    @Test
    void alternateHoldersAreGivenToTheFetchOfTheirInput() {
        start(local, 1);

        combine(1, 10, new long[] {5, 5, 6}, new int[] {1, ~3, 2});

        assertThat(dataPlane.asked).hasSize(2);
        assertThat(dataPlane.asked.get(0).holders()).containsExactly(1, 3);
        assertThat(dataPlane.asked.get(1).holders()).containsExactly(2);
    }

    @Test
    void anInputThatNobodyHasEndsEveryRunThatWaitsForItOnce() {
        start(local, 1);
        combine(1, 10, new long[] {5, 6}, new int[] {1, 1});
        combine(2, 11, new long[] {5, 6}, new int[] {1, 1});

        dataPlane.asked.get(0).missing(true);
        dataPlane.asked.get(1).missing(true);

        assertThat(local.missing()).hasSize(2);
        assertThat(local.missing().get(0).input()).isEqualTo(5);
        assertThat(local.missing().get(0).holders()).containsExactly(1);
        assertThat(local.missing().get(0).gone()).containsExactly(true);
        assertThat(local.allFlushed()).isTrue();
    }

    @Test
    void aRunThatKnowsAnotherHolderGoesOnThere() {
        start(local, 1);
        combine(1, 10, new long[] {5, 5}, new int[] {1, 1});
        combine(2, 11, new long[] {5, 5}, new int[] {4, 4});

        dataPlane.asked.get(0).missing(false);
        assertThat(local.missing()).hasSize(1);
        assertThat(dataPlane.asked.get(1).holders()).containsExactly(4);
        dataPlane.asked.get(1).value("y");

        awaitDone(local, 1);
        assertThat(worker().get(11)).isEqualTo("yy");
    }

    @Test
    void aWorkerNeverAsksItselfAndSaysThatItHasNoSuchResult() {
        start(local, 1);
        worker().number(9);

        combine(1, 10, new long[] {5, 5}, new int[] {9, 9});

        assertThat(dataPlane.asked).isEmpty();
        assertThat(local.missing()).hasSize(1);
        assertThat(local.missing().get(0).holders()).containsExactly(9);
        assertThat(local.missing().get(0).gone()).containsExactly(true);
    }

    @Test
    void anInputThatCannotBeBroughtOverFailsTheRun() {
        start(local, 1);
        combine(1, 10, new long[] {5, 5}, new int[] {1, 1});

        dataPlane.asked.get(0).listener().failed(5, new IllegalStateException("no such class"));

        assertThat(local.failed()).hasSize(1);
        assertThat(((TaskFailure) local.failed().get(0).failure()).message()).contains("no such class");
    }

    @Test
    void aFetchedValueThatWasFreedMeanwhileIsNotKept() {
        start(local, 1);
        combine(1, 10, new long[] {5, 5}, new int[] {1, 1});
        worker().abandon(1, false);
        worker().free(5);

        dataPlane.asked.get(0).value("late");

        assertThat(worker().get(5)).isSameAs(ResultStore.ABSENT);
        assertThat(local.replicas()).isEmpty();
    }

    @Test
    void anAbandonedRunThatHasNotStartedNeverStarts() {
        start(local, 1);
        block(1, 10, "gate");
        submit(2, 11, () -> SEEN.add("started"));

        worker().abandon(2, false);
        LATCHES.get("gate").countDown();
        submit(3, 12, () -> 1);

        awaitDone(local, 2);
        assertThat(SEEN).isEmpty();
        assertThat(worker().counters().ready()).isZero();
    }

    @Test
    void aRunIsGivenUpUnlessItHasStartedOrIsOver() {
        start(local, 1);
        submit(1, 10, () -> 1);
        awaitDone(local, 1);
        block(2, 11, "gate");
        submit(3, 12, () -> SEEN.add("started"));
        combine(4, 13, new long[] {5, 5}, new int[] {1, 1});

        worker().takeBack(new long[] {1, 2, 3, 4, 99});
        worker().takeBack(new long[] {3});

        assertThat(local.givenUp()).containsExactly(3L, 4L);
        assertThat(local.kept()).containsExactly(1L, 2L, 99L, 3L);
        assertThat(worker().counters().ready()).isZero();
        LATCHES.get("gate").countDown();
        submit(5, 14, () -> 1);
        awaitDone(local, 3);
        assertThat(SEEN).isEmpty();
    }

    @Test
    void anAbandonedRunThatRunsReportsNothingAndLeavesNothing() {
        start(local, 1);
        block(1, 10, "gate");

        worker().abandon(1, false);
        assertThat(worker().runningRuns()).isEmpty();
        LATCHES.get("gate").countDown();
        submit(2, 11, () -> 1);

        awaitDone(local, 1);
        assertThat(local.doneRun(1)).isEmpty();
        assertThat(worker().get(10)).isSameAs(ResultStore.ABSENT);
    }

    @Test
    void aFencedWorkerAbandonsItsRunsAndKeepsItsData() {
        start(local, 1);
        submit(1, 10, () -> new byte[1000]);
        awaitDone(local, 1);
        block(2, 11, "gate");
        submit(3, 12, () -> 1);

        worker().abandonAll();

        assertThat(worker().runningRuns()).isEmpty();
        assertThat(worker().counters().ready()).isZero();
        assertThat(worker().inventory()).hasSize(2).startsWith(10L);
    }

    @Test
    void theSameRunTwiceIsOneRun() {
        start(local, 1);
        block(1, 10, "gate");
        final long function = register((Task<Integer>) () -> 1);

        worker().assign(1, 10, function, 1, 0, NO_INPUTS, NO_HOLDERS, new Call(Shape.TASK, null, null), null);

        assertThat(worker().counters().ready()).isZero();
    }

    @Test
    void aRunOfATaskWhoseResultIsHereIsDoneAtOnce() {
        start(local, 1);
        submit(1, 10, () -> "first");
        awaitDone(local, 1);

        submit(2, 10, () -> "second");

        assertThat(local.doneRun(2).orElseThrow().value()).isEqualTo("first");
        assertThat(local.allFlushed()).isTrue();
    }

    @Test
    void aFreedResultIsGoneAndItsBytesAreFree() {
        start(local, 1);
        submit(1, 10, () -> new byte[1000]);
        awaitDone(local, 1);

        worker().free(10);

        assertThat(worker().get(10)).isSameAs(ResultStore.ABSENT);
        assertThat(worker().counters().storedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"exception", "assertion", "stack", "memory", "death", "interrupted", "missingClass"})
    void whateverUserCodeThrowsFailsItsTaskAndNoOther(final String what) {
        start(local, 1);

        submit(1, 10, () -> explode(what));
        submit(2, 11, () -> Thread.currentThread().isInterrupted());

        await().until(() -> local.failed().size() == 1);
        awaitDone(local, 1);
        assertThat(worker().get(11)).isEqualTo(false);
        final TaskFailure failure = (TaskFailure) local.failed().get(0).failure();
        assertThat(failure.worker()).isEqualTo("w-0");
        assertThat(failure.attempt()).isEqualTo(1);
    }

    @Test
    void runsStartInTheOrderOfTheirAssignment() {
        start(local, 1);
        block(1, 10, "gate");
        for (int i = 0; i < 100; i++) {
            final String name = Integer.toString(i);
            submit(2 + i, 11 + i, () -> SEEN.add(name));
        }

        LATCHES.get("gate").countDown();

        awaitDone(local, 101);
        assertThat(SEEN).first().isEqualTo("0");
        assertThat(SEEN.stream().mapToInt(Integer::parseInt)).isSorted();
    }

    @Test
    void theContextClassLoaderIsTheWorkersEvenAfterATaskThatChangedIt() {
        start(local, 1);
        submit(1, 10, () -> {
            Thread.currentThread().setContextClassLoader(null);
            return 1;
        });
        submit(2, 11, () -> Thread.currentThread().getContextClassLoader());

        awaitDone(local, 2);
        assertThat(worker().get(11)).isSameAs(worker().settings().classLoader());
    }

    @Test
    void aCopyIsFetchedKeptAndReportedAtOnce() {
        start(remote, 1);

        worker().replicate(77, new int[] {3, 4});
        dataPlane.asked.get(0).value("copy");

        assertThat(dataPlane.asked.get(0).holders()).containsExactly(3, 4);
        assertThat(worker().get(77)).isEqualTo("copy");
        assertThat(remote.replicas()).containsExactly(77L);
        assertThat(remote.allFlushed()).isTrue();
    }

    @Test
    void aCopyThatIsThereIsNotFetchedAgainAndWasReportedWhenItCame() {
        start(remote, 1);
        worker().replicate(77, new int[] {3});
        dataPlane.asked.get(0).value("copy");

        worker().replicate(77, new int[] {3});

        assertThat(dataPlane.asked).hasSize(1);
        assertThat(remote.replicas()).containsExactly(77L);
        assertThat(remote.allFlushed()).isTrue();
    }

    @Test
    void askedTwiceForACopyItFetchesOnce() {
        start(remote, 1);

        worker().replicate(77, new int[] {3});
        worker().replicate(77, new int[] {3});
        dataPlane.asked.get(0).value("copy");

        assertThat(dataPlane.asked).hasSize(1);
        assertThat(remote.replicas()).containsExactly(77L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCopyThatCanNotBeHadIsReportedWithWhoWasAsked(final boolean gone) {
        start(remote, 1);

        worker().replicate(77, new int[] {3, 4});
        dataPlane.asked.get(0).missing(gone);

        assertThat(remote.uncopied()).singleElement().satisfies(failed -> {
            assertThat(failed.task()).isEqualTo(77);
            assertThat(failed.holders()).containsExactly(3, 4);
            assertThat(failed.gone()).containsExactly(gone, gone);
        });
        assertThat(remote.allFlushed()).isTrue();
        assertThat(worker().get(77)).isSameAs(ResultStore.ABSENT);
    }

    @Test
    void aCopyThatIsSaidToBeHereButIsNotIsMissing() {
        start(remote, 1);
        worker().number(5);

        worker().replicate(77, new int[] {5});

        assertThat(dataPlane.asked).isEmpty();
        assertThat(remote.uncopied()).singleElement().satisfies(failed -> {
            assertThat(failed.holders()).containsExactly(5);
            assertThat(failed.gone()).containsExactly(true);
        });
    }

    @Test
    void aCopyThatCanNotBeSerializedIsReported() {
        start(remote, 1);

        worker().replicate(77, new int[] {3});
        dataPlane.asked.get(0).listener().failed(77, new IllegalStateException("not serializable"));

        assertThat(remote.uncopied()).singleElement().satisfies(failed -> {
            assertThat(failed.holders()).containsExactly(3);
            assertThat(failed.gone()).containsExactly(false);
        });
    }

    @Test
    void anInputOnItsWayServesAsTheCopyToo() {
        start(local, 1);
        combine(1, 10, new long[] {77, 77}, new int[] {3, 3});

        worker().replicate(77, new int[] {3});
        dataPlane.asked.get(0).value("x");

        awaitDone(local, 1);
        assertThat(dataPlane.asked).hasSize(1);
        assertThat(worker().get(10)).isEqualTo("xx");
        assertThat(local.replicas()).containsExactly(77L);
        assertThat(local.uncopied()).isEmpty();
    }

    @Test
    void aCopyGoesOnWithItsOwnHoldersWhenThoseOfARunAreGone() {
        start(local, 1);
        combine(1, 10, new long[] {77, 77}, new int[] {3, 3});
        worker().replicate(77, new int[] {3, 4});

        dataPlane.asked.get(0).missing(true);

        assertThat(local.missing()).hasSize(1);
        assertThat(local.uncopied()).isEmpty();
        assertThat(dataPlane.asked.get(1).holders()).contains(4);
        dataPlane.asked.get(1).value("x");
        assertThat(worker().get(77)).isEqualTo("x");
    }

    @Test
    void aCopyThatNobodyWantsAnyMoreIsNotKept() {
        start(remote, 1);
        worker().replicate(77, new int[] {3});

        worker().free(77);
        dataPlane.asked.get(0).value("copy");

        assertThat(worker().get(77)).isSameAs(ResultStore.ABSENT);
        assertThat(remote.replicas()).isEmpty();
    }

    @Test
    void closingInterruptsRunningTasksAndEndsTheThreads() {
        start(local, 2);
        block(1, 10, "gate");

        worker().close();

        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().startsWith("muster-w-0-")));
    }

    @Test
    void aStoppedWorkerIsClosedBeforeItsListenerIsTold() {
        start(local, 1);
        final AtomicBoolean told = new AtomicBoolean();
        worker().onStop((restart, reason) -> told.set(restart && reason.equals("retired")));

        worker().stop(true, "retired");

        await().untilTrue(told);
    }

    @Test
    void theRecorderNamesWhatRunsAndNothingAfterwards(@TempDir final Path directory) {
        final Path file = directory.resolve("runs");
        worker = Worker.start(
                WorkerSettings.of("w-0", 2).withRecorder(RunRecorder.create(file, 2)),
                local,
                Serializer.standard(),
                dataPlane);
        block(0, 10, "gate");
        await().until(() -> RunRecorder.read(file).length == 1);
        assertThat(RunRecorder.read(file)).containsExactly(0L);

        LATCHES.get("gate").countDown();

        await().until(() -> RunRecorder.read(file).length == 0);
    }

    @Test
    void aReportIsNotLeftBehindWhenTheNextTaskTakesLongerThanItsLike() {
        start(local, 1);
        final long function = register((Fn<String, Integer>) WorkerTest::passGate);
        LATCHES.put("open", new CountDownLatch(0));
        LATCHES.put("gate", new CountDownLatch(1));
        for (int i = 0; i < 200; i++) {
            worker().assign(i, i, function, 1, 0, NO_INPUTS, NO_HOLDERS, new Call(Shape.VALUE, null, "open"), null);
        }
        worker().assign(200, 200, function, 1, 0, NO_INPUTS, NO_HOLDERS, new Call(Shape.VALUE, null, "gate"), null);

        awaitDone(local, 200);
        await().until(local::allFlushed);
    }

    @Test
    void manyTasksFromSeveralThreadsAreAllDoneAndFlushed() throws Exception {
        start(local, 4);
        final long function = register((Fn<Integer, Integer>) x -> x + 1);
        final int each = 50_000;
        final List<Thread> senders = List.of(sender(function, 0, each), sender(function, each, each));
        senders.forEach(Thread::start);
        for (final Thread sender : senders) {
            sender.join();
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> local.doneCount() == 2 * each);
        await().until(local::allFlushed);
        assertThat(worker().get(2 * each - 1)).isEqualTo(2 * each);
    }

    @Test
    void anAssignmentThatContradictsItselfIsRefused() {
        start(local, 1);

        assertThatThrownBy(() -> combine(1, 10, new long[] {5}, new int[] {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holders.length=0");
        assertThatThrownBy(() -> combine(1, 10, new long[] {5}, new int[] {~5}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Thread sender(final long function, final int from, final int count) {
        return new Thread(() -> {
            for (int i = from; i < from + count; i++) {
                worker().assign(i, i, function, 1, 0, NO_INPUTS, NO_HOLDERS, new Call(Shape.VALUE, null, i), null);
            }
        });
    }

    private void start(final RecordingReports reports, final int threads) {
        isLocal = reports.isLocal();
        worker = Worker.start(WorkerSettings.of("w-0", threads), reports, Serializer.standard(), dataPlane);
    }

    private Worker worker() {
        if (worker == null) {
            throw new IllegalStateException("start a worker first");
        }
        return worker;
    }

    private long register(final Object function) {
        final long id = nextFunction++;
        final Object body = isLocal ? function : Serializer.standard().toBytes(function);
        worker().registerFunction(id, body, "function-" + id);
        return id;
    }

    private void submit(final long runId, final long task, final Task<?> body) {
        final long function = register(body);
        worker().assign(
                        runId,
                        task,
                        function,
                        1,
                        WorkerCommands.SEND_SMALL_RESULT,
                        NO_INPUTS,
                        NO_HOLDERS,
                        new Call(Shape.TASK, null, null),
                        null);
    }

    private void combine(final long runId, final long task, final long[] inputs, final int[] holders) {
        final BiFn<String, String, String> concatenate = String::concat;
        worker().assign(
                        runId,
                        task,
                        register(concatenate),
                        1,
                        0,
                        inputs,
                        holders,
                        new Call(Shape.TWO_INPUTS, null, null),
                        null);
    }

    private void block(final long runId, final long task, final String gate) {
        LATCHES.put(gate, new CountDownLatch(1));
        submit(runId, task, () -> passGate(gate));
        await().until(() -> worker().counters().running() == 1);
    }

    private static int passGate(final String gate) throws InterruptedException {
        LATCHES.get(gate).await();
        return 1;
    }

    private static Object explode(final String what) throws Exception {
        Thread.currentThread().interrupt();
        switch (what) {
            case "exception" -> throw new Exception("bad");
            case "assertion" -> throw new AssertionError("bad");
            case "stack" -> explode(what);
            case "memory" -> throw new OutOfMemoryError("bad");
            case "death" -> throw new ThreadDeath();
            case "interrupted" -> throw new InterruptedException("bad");
            default -> throw new NoClassDefFoundError("com/acme/Missing");
        }
        return what;
    }

    private static void awaitDone(final RecordingReports reports, final int count) {
        await().until(() -> reports.doneCount() == count && reports.allFlushed());
    }
}
