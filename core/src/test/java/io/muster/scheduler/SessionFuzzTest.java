package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.classes.ResourceAnswer;
import io.muster.classes.ResourceCodec;
import io.muster.classes.ResourceQuestion;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.CoordinationOperation;
import io.muster.protocol.CoordinationRequestEncoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RecordKind;
import io.muster.protocol.Role;
import io.muster.security.Identity;
import io.muster.transport.Delivery;
import io.muster.transport.MessageHandler;
import io.muster.transport.Mutator;
import io.muster.transport.PeerHello;
import io.muster.transport.ProtocolException;
import io.muster.transport.TlsChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever bytes an authenticated peer sends, its session is what ends, and the core stays sound. */
class SessionFuzzTest {
    private static final int MESSAGES = 4_000;
    private static final Identity IDENTITY = Identity.create();

    private final SchedulerAgent agent = new SchedulerAgent(
            new SchedulerSettings(
                    "c", 1, Path.of("f"), "tcp://h:1", "v", 3, 1_000_000_000L, true, 0, 1, 1, 1, 0, 0, 0, 0, 1_000, 0),
            null,
            List.of(),
            reason -> {});
    private final SchedulerCore core = agent.core();
    private int lastClient;
    private long lastRequest;
    private int lastWorker = -1;
    private @Nullable ClientSession client;
    private @Nullable WorkerSession worker;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void mutatedMessagesEndSessionsAtWorst(final long seed) {
        final Mutator mutator = new Mutator(seed);
        int breaches = 0;
        for (int i = 0; i < MESSAGES; i++) {
            final ClientSession asClient = client();
            final WorkerSession asWorker = worker();
            if (mutator.next(2) == 0) {
                if (!deliver(mutator.perhaps(fromClient(mutator, asClient)), asClient, seed, i)) {
                    breaches++;
                    core.removeClient(asClient.state().number);
                    client = null;
                }
            } else if (!deliver(mutator.perhaps(fromWorker(mutator)), asWorker.crew(), seed, i)) {
                breaches++;
                end(asWorker);
            }
            core.schedule();
            if (i % 16 == 0) {
                new StateCheck(core).check();
            }
        }
        assertThat(breaches).as("mutations that were noticed").isGreaterThan(MESSAGES / 20);
        for (final String name : core.state().datasets.names()) {
            core.sharing().coordinate(client().state(), unpublish(name));
        }
        core.removeClient(client().state().number);
        assertThat(core.state().departed).isEmpty();
        for (final TaskPhase phase : TaskPhase.values()) {
            assertThat(phase == TaskPhase.FORGOTTEN ? 0 : core.tasks().count(phase))
                    .as("%s", phase)
                    .isZero();
        }
    }

    @Test
    void aSubmissionCutAtAnyByteIsRefused() {
        final ClientSession session = client();
        Delivery.of(Said.submit(0, 0), session);
        everyCutIsRefused(Said.submit(1, 0, 0), session);
        assertThat(session.state().nextTaskId()).isEqualTo(1);
        Delivery.of(Said.submit(1, 0, 0), session);
    }

    @Test
    void termsHoldForTheTasksAfterThemUntilOthersCome() {
        final ClientSession session = client();
        Delivery.of(Said.submit(0, 0), session);
        everyCutIsRefused(Said.terms(3, 2, "w-0\nnode1", "gpu=2"), session);
        Delivery.of(Said.submit(1, 0), session);
        Delivery.of(Said.terms(3, 2, "w-0\nnode1", "gpu=2"), session);
        Delivery.of(Said.submit(2, 0), session);
        Delivery.of(Said.submit(3, 0), session);
        Delivery.of(Said.terms(0, 0, "", ""), session);
        Delivery.of(Said.submit(4, 0), session);

        assertThat(Arrays.copyOf(core.tasks().retriesLeft, 5)).containsExactly(0, 0, 2, 2, 0);
        final TaskKind[] kinds = IntStream.range(0, 5)
                .mapToObj(slot -> core.state().kinds.get(core.tasks().kind[slot]))
                .toArray(TaskKind[]::new);
        assertThat(kinds[2].restriction).containsExactly("w-0", "node1");
        assertThat(kinds[2].needs.amount(0)).isEqualTo(2_000_000);
        assertThat(kinds[3]).isSameAs(kinds[2]);
        assertThat(List.of(kinds[0], kinds[1], kinds[4])).allMatch(TaskKind::isPlain);
    }

    @Test
    void payloadsThatAreEqualOneAfterTheOtherAreKeptOnce() {
        final ClientSession session = client();
        final byte[] large = new byte[1_000];
        final byte[][] payloads = {{1, 2}, {1, 2}, {1, 3}, {1}, {}, {}, large, large};
        for (int i = 0; i < payloads.length; i++) {
            Delivery.of(Said.submitWith(i, payloads[i]), session);
        }
        final Object[] kept = core.tasks().payload;
        assertThat(Arrays.copyOf(kept, payloads.length)).isEqualTo(payloads);
        assertThat(kept[1]).isSameAs(kept[0]);
        assertThat(kept[5]).isSameAs(kept[4]);
        assertThat(kept[7]).isNotSameAs(kept[6]);
    }

    @Test
    void aRequestAboutALockCutAtAnyByteOrOfAnUnknownKindIsRefused() {
        final ClientSession session = client();
        final byte[] request = Said.coordinate(CoordinationOperation.ACQUIRE, 1, 0, 0);
        everyCutIsRefused(request, session);
        everyCutIsRefused(Said.submitPublished(0), session);
        everyCutIsRefused(Said.callActor(0, 5, true), session);
        assertThat(core.state().coordination.semaphores().held("n")).isZero();
        final byte[] unknown = request.clone();
        unknown[4 + MessageHeaderEncoder.ENCODED_LENGTH + CoordinationRequestEncoder.operationEncodingOffset()] = 99;
        assertThat(isTaken(unknown, session)).isFalse();
        Delivery.of(request, session);
        assertThat(core.state().coordination.semaphores().held("n")).isOne();
    }

    @Test
    void aReportCutAtAnyByteIsRefused() {
        final ClientSession session = client();
        Delivery.of(Said.submit(0, 0), session);
        final WorkerSession reporter = worker();
        core.schedule();
        final long run = core.tasks().runId[0];
        for (final byte[] report : new byte[][] {
            Said.runDone(run, core.identity(0)),
            Said.runFailed(run, core.identity(0)),
            Said.longRunning(run, core.identity(0)),
            Said.commitRequest(run, core.identity(0)),
            Said.inventory(core.identity(0), 10),
            Said.inputMissing(run, core.identity(0), 0, 0),
            Said.replicaFailed(core.identity(0), 0),
            Said.runTakenBack(run)
        }) {
            everyCutIsRefused(report, reporter.crew());
        }
        assertThat(core.tasks().count(TaskPhase.PROCESSING)).isOne();
        Delivery.of(Said.runDone(run, core.identity(0)), reporter.crew());
        assertThat(core.tasks().count(TaskPhase.MEMORY)).isOne();
    }

    @Test
    void aWorkerSaysInWhichJobItRunsWhatItOffersAndWhenItEnds() {
        final WorkerSession session = new WorkerSession(agent, core, ++lastWorker, tls(), hello(Role.WORKER), null);

        Delivery.of(Said.registerWorker(2, "gpu=1\nlicence=0.5", 3_000_000_000L, 5_000_000_000L), session);

        final WorkerState state = Objects.requireNonNull(session.state());
        assertThat(state.job).isEqualTo("17_3");
        assertThat(state.jobToken).isEqualTo("t-1");
        assertThat(state.leaveAtNs - agent.nowNs()).isEqualTo(3_000_000_000L);
        assertThat(state.endAtNs - agent.nowNs()).isEqualTo(5_000_000_000L);
        assertThat(agent.describe())
                .contains("\"job\":\"17_3\"", "\"remaining_s\":", "\"resources\":{\"gpu\":1.0,\"licence\":0.5}");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE})
    void aWorkerWithoutAnEndStays(final long inNs) {
        final WorkerSession session = new WorkerSession(agent, core, ++lastWorker, tls(), hello(Role.WORKER), null);

        Delivery.of(Said.registerWorker(2, "", inNs, inNs), session);

        final WorkerState state = Objects.requireNonNull(session.state());
        assertThat(state.leaveAtNs).isEqualTo(Long.MAX_VALUE);
        assertThat(state.endAtNs).isEqualTo(Long.MAX_VALUE);
        assertThat(agent.describe()).contains("\"remaining_s\":null,\"resources\":{}");
    }

    @Test
    void aWorkerThatWasToldToStopMayEndInWhateverWay() {
        final WorkerSession session = worker();

        session.stop(false, "its job is not needed");

        assertThat(session.hasExpectedEnd()).isTrue();
        assertThat(session.lastWords()).isEqualTo("its job is not needed");
    }

    private static void everyCutIsRefused(final byte[] framed, final MessageHandler session) {
        for (int length = 0; length < framed.length - 4; length++) {
            final byte[] cut = Arrays.copyOf(framed, 4 + length);
            Wire.putInt(new ArrayBuffer(cut), 0, length);
            final int bytes = length;
            if (bytes > 0) {
                assertThat(isTaken(cut, session))
                        .as("bytes=%d of %d", bytes, framed.length - 4)
                        .isFalse();
            }
        }
    }

    private static boolean deliver(final byte[] framed, final MessageHandler session, final long seed, final int step) {
        try {
            return isTaken(framed, session);
        } catch (final RuntimeException e) {
            throw new AssertionError("seed=" + seed + " step=" + step + " message=" + Arrays.toString(framed), e);
        }
    }

    /** False when the message is refused as it has to be: before the core has begun to act on it. */
    private static boolean isTaken(final byte[] framed, final MessageHandler session) {
        try {
            Delivery.of(framed, session);
            return true;
        } catch (final ProtocolException e) {
            final Throwable cause = e.getCause();
            assertThat(cause == null || !touchesCore(cause)).as("%s", e).isTrue();
            return false;
        } catch (final InvalidRequestException e) {
            return false;
        }
    }

    private static boolean touchesCore(final Throwable cause) {
        return Arrays.stream(cause.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(SchedulerCore.class.getName()));
    }

    private CoordinationRequest unpublish(final String name) {
        return new CoordinationRequest(
                ++lastRequest, CoordinationOperation.DATASET_REMOVE, name, 0, 0, 0, 0, false, new byte[0]);
    }

    private static CoordinationOperation operation(final Mutator mutator) {
        final CoordinationOperation[] known = CoordinationOperation.values();
        return known[mutator.next(known.length - 2)];
    }

    private byte[] fromClient(final Mutator mutator, final ClientSession session) {
        final int next = session.state().nextTaskId();
        final int some = next == 0 ? 0 : mutator.next(next);
        return switch (mutator.next(28)) {
            case 18 -> Said.retry(some, mutator.next(next + 1));
            case 19 -> mutator.next(40) == 0 ? Said.restart() : Said.heartbeat();
            case 0 -> Said.registerFunction(1000 + mutator.next(1 << 20));
            case 1 -> Said.release(some, mutator.next(next + 1));
            case 2 -> Said.cancel(some, mutator.next(next + 1));
            case 3 -> Said.scatter(next);
            case 4 -> Said.resultMissing(some, mutator.next(lastWorker + 2));
            case 5 -> Said.infoRequest();
            case 6 -> Said.heartbeat();
            case 7, 8 -> Said.submit(next, 0);
            case 9 -> Said.replicate(1 + mutator.next(4), some, mutator.next(next + 1));
            case 10 -> Said.rebalance(some, mutator.next(next + 1));
            case 11 -> Said.whoHas(some, mutator.next(next + 1));
            case 12, 13 -> Said.coordinate(operation(mutator), ++lastRequest, 0, 0);
            case 14 -> Said.submitPublished(next);
            case 20 -> Said.submitActor(next, 0);
            case 21 -> Said.callActor(next, (long) session.state().number << 32 | some, mutator.next(2) == 0);
            case 22 ->
                Said.message(ResourceCodec.message(
                        ResourceAnswer.without(mutator.next(9), ResourceAnswer.Status.values()[mutator.next(4)])));
            case 23 -> Said.terms(mutator.next(3), mutator.next(3), "", mutator.next(8) == 0 ? "gpu=1" : "");
            case 15 -> Said.message(RecordCodec.event("topic", "text"));
            case 16, 17 ->
                Said.message(RecordCodec.ask(
                        ++lastRequest,
                        RecordKind.get((short) mutator.next(6)),
                        (long) lastClient << 32 | some,
                        mutator.next(20),
                        mutator.next(2) == 0 ? "" : "f-1-" + some));
            default -> next == 0 ? Said.submit(next, 0) : Said.submit(next, 0, some, mutator.next(next));
        };
    }

    private byte[] fromWorker(final Mutator mutator) {
        final int slot =
                core.tasks().limit() == 0 ? 0 : mutator.next(core.tasks().limit());
        final long run = core.tasks().limit() == 0 ? 1 : core.tasks().runId[slot];
        final long task = core.tasks().limit() == 0 ? 1 : core.identity(slot);
        return switch (mutator.next(21)) {
            case 14, 15 -> Said.coordinate(operation(mutator), ++lastRequest, run, task);
            case 16 -> Said.message(RecordCodec.records(1 + mutator.next(100), "[[1,\"what\",\"why\",-1]]"));
            case 17 -> Said.message(RecordCodec.profile(" f\n0 2 T.a\n1 1 T.b\n"));
            case 18 -> Said.message(RecordCodec.said(task, run, mutator.next(2) == 0, "text"));
            case 19 -> Said.message(RecordCodec.event("topic", "text"));
            case 20 ->
                Said.message(ResourceCodec.message(new ResourceQuestion(++lastRequest, lastClient, "a/B.class")));
            case 0 -> Said.registerWorker(2);
            case 12 -> Said.longRunning(run, task);
            case 13 -> Said.commitRequest(run, task);
            case 1 -> Said.runFailed(run, task);
            case 2 -> Said.inputMissing(run, task, task - 1, mutator.next(lastWorker + 2));
            case 3 -> Said.replicaStored(task);
            case 4 -> Said.inventory(task, 10, task + 1, -5);
            case 5 -> Said.runTakenBack(run);
            case 6 -> mutator.next(20) == 0 ? Said.draining() : Said.heartbeat();
            case 7 -> Said.replicaFailed(task, mutator.next(lastWorker + 2));
            default -> Said.runDone(run, task);
        };
    }

    private ClientSession client() {
        final ClientSession known = client;
        if (known != null) {
            return known;
        }
        final ClientSession made = new ClientSession(agent, core, ++lastClient, tls(), hello(Role.CLIENT));
        core.addClient(made.state());
        Delivery.of(Said.registerFunction(0), made);
        client = made;
        return made;
    }

    private WorkerSession worker() {
        final WorkerSession known = worker;
        if (known != null) {
            return known;
        }
        final int number = ++lastWorker;
        final WorkerSession made = new WorkerSession(agent, core, number, tls(), hello(Role.WORKER), null);
        Delivery.of(Said.registerWorker(2), made);
        worker = made;
        return made;
    }

    private void end(final WorkerSession session) {
        core.removeWorker(Objects.requireNonNull(session.state()), "it broke the protocol", false);
        worker = null;
    }

    private static PeerHello hello(final Role role) {
        return new PeerHello(role, 17, 0, "host", "user");
    }

    /** A channel that is never connected: sessions put what they say into their outboxes, and nobody sends it. */
    private static TlsChannel tls() {
        try {
            final SocketChannel socket = SocketChannel.open();
            socket.configureBlocking(false);
            final SSLEngine engine = IDENTITY.serverContext().createSSLEngine();
            engine.setUseClientMode(false);
            return new TlsChannel(socket, engine);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
