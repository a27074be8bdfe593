package io.muster.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.classes.ClientClasses;
import io.muster.classes.ResourceAnswer;
import io.muster.classes.ResourceCodec;
import io.muster.data.BulkClient;
import io.muster.protocol.AbandonRunsEncoder;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.AssignEncoder;
import io.muster.protocol.CommitAnswerEncoder;
import io.muster.protocol.ForgetFunctionsEncoder;
import io.muster.protocol.FreeResultsEncoder;
import io.muster.protocol.HeartbeatAckEncoder;
import io.muster.protocol.LinkKind;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RegisterFunctionEncoder;
import io.muster.protocol.ReplicateEncoder;
import io.muster.protocol.TakeBackRunsEncoder;
import io.muster.protocol.WorkerDownEncoder;
import io.muster.protocol.WorkerUpEncoder;
import io.muster.scheduler.Wire;
import io.muster.security.Identity;
import io.muster.security.Secret;
import io.muster.serialize.Serializer;
import io.muster.transport.Delivery;
import io.muster.transport.Dialer;
import io.muster.transport.Mutator;
import io.muster.transport.ProtocolException;
import io.muster.transport.RawPeer;
import io.muster.transport.TlsChannel;
import io.muster.transport.Welcome;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import org.agrona.sbe.MessageEncoderFlyweight;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever bytes a scheduler sends, they are a message or a breach of the protocol, and the worker goes on. */
@Timeout(60)
class ConversationFuzzTest {
    private static final int MESSAGES = 5_000;
    private static final byte[] NOTHING = {};

    private final RecordingReports reports = new RecordingReports(false);
    private final BulkClient bulk = new BulkClient("w-0", Secret.random(), Serializer.standard());
    private Worker worker;
    private SocketChannel socket;
    private WorkerConversation conversation;

    @BeforeEach
    void start() throws IOException {
        worker = Worker.start(WorkerSettings.of("w-0", 2), reports, Serializer.standard(), new HeldDataPlane());
        socket = SocketChannel.open();
        socket.configureBlocking(false);
        final SSLEngine engine = Identity.create().serverContext().createSSLEngine();
        engine.setUseClientMode(false);
        conversation = new WorkerConversation(
                new Dialer.Welcomed(
                        new TlsChannel(socket, engine),
                        new Welcome(1, 1, 0, 1, 1, 1, LinkKind.LIFELINE, 0, 0, "", NOTHING)),
                new WorkerConversation.Registration(
                        "w-0",
                        "127.0.0.1",
                        1,
                        new byte[32],
                        2,
                        1,
                        "",
                        "",
                        "",
                        Lifetime.unlimited(),
                        false,
                        -1,
                        "",
                        new long[0]),
                worker,
                new ClientClasses(getClass().getClassLoader(), question -> {}),
                bulk,
                null,
                false,
                0);
    }

    @AfterEach
    void close() throws IOException {
        worker.close();
        bulk.close();
        socket.close();
    }

    @Test
    void mutatedMessagesAreBreachesOfTheProtocolAtWorst() {
        final Mutator mutator = new Mutator(7);
        int breaches = 0;
        for (int i = 0; i < MESSAGES; i++) {
            final byte[] message = mutator.perhaps(message(mutator, i));
            try {
                Delivery.of(message, conversation);
            } catch (final ProtocolException e) {
                breaches++;
            } catch (final RuntimeException e) {
                throw new AssertionError("step=" + i + " message=" + Arrays.toString(message), e);
            }
        }

        assertThat(breaches).as("mutations that were noticed").isGreaterThan(MESSAGES / 20);
        theWorkerGoesOn();
    }

    @Test
    void anAssignmentCutAtAnyByteIsRefused() {
        final byte[] assignment = assign(5, 6, 7, 8);
        for (int length = 1; length < assignment.length - 4; length++) {
            final byte[] cut = RawPeer.framed(Arrays.copyOfRange(assignment, 4, 4 + length));
            assertThatThrownBy(() -> Delivery.of(cut, conversation)).isInstanceOf(ProtocolException.class);
        }
        assertThat(worker.counters().ready()).isZero();
        theWorkerGoesOn();
    }

    /** A run of a function that it does not know fails, which it reports. */
    private void theWorkerGoesOn() {
        worker.abandonAll();
        final long run = 1L << 40;
        Delivery.of(assign(run, run, 1L << 41), conversation);
        await().until(() -> reports.failed().stream().anyMatch(failed -> failed.runId() == run));
    }

    private static byte[] message(final Mutator mutator, final int step) {
        final int some = mutator.next(100);
        return switch (mutator.next(13)) {
            case 0 ->
                framed(buffer -> new FreeResultsEncoder()
                        .wrapAndApplyHeader(buffer, 0, header())
                        .putTasks(new byte[16], 0, 16)
                        .putWorkers(new byte[0], 0, 0));
            case 1 ->
                framed(buffer -> new AbandonRunsEncoder()
                        .wrapAndApplyHeader(buffer, 0, header())
                        .interrupt((short) (some & 1))
                        .putRunIds(new byte[24], 0, 24));
            case 2 ->
                framed(buffer -> new HeartbeatAckEncoder()
                        .wrapAndApplyHeader(buffer, 0, header())
                        .sentNs(1));
            case 3 ->
                framed(buffer -> new RegisterFunctionEncoder()
                        .wrapAndApplyHeader(buffer, 0, header())
                        .functionId(some)
                        .putBody(new byte[9], 0, 9)
                        .name("f"));
            case 4 ->
                framed(buffer -> new ForgetFunctionsEncoder()
                        .wrapAndApplyHeader(buffer, 0, header())
                        .putFunctionIds(new byte[8], 0, 8));
            case 5 ->
                framed(buffer -> new WorkerUpEncoder()
                        .wrapAndApplyHeader(buffer, 0, header())
                        .workerNumber(some)
                        .threads(1)
                        .port(1234)
                        .host("127.0.0.1")
                        .putFingerprint(new byte[32], 0, 32)
                        .name("w-1"));
            case 6 ->
                framed(buffer -> new WorkerDownEncoder()
                        .wrapAndApplyHeader(buffer, 0, header())
                        .workerNumber(some)
                        .reason("gone"));
            case 7 -> assign(step, step, some, step - 1);
            case 8 ->
                framed(buffer -> new ReplicateEncoder()
                        .wrapAndApplyHeader(buffer, 0, header())
                        .task(step)
                        .putHolders(new byte[12], 0, 12));
            case 9 ->
                framed(buffer -> new TakeBackRunsEncoder()
                        .wrapAndApplyHeader(buffer, 0, header())
                        .putRunIds(new byte[16], 0, 16));
            case 10 ->
                framed(buffer -> new CommitAnswerEncoder()
                        .wrapAndApplyHeader(buffer, 0, header())
                        .runId(step - some)
                        .granted((short) (some & 1)));
            case 11 ->
                RawPeer.framed(buffer -> ResourceCodec.message(
                                new ResourceAnswer(some, ResourceAnswer.Status.HERE, new byte[some]))
                        .writer()
                        .write(buffer));
            default -> assign(step, step, some);
        };
    }

    private static byte[] assign(final long run, final long task, final long function, final long... inputs) {
        final byte[] packed = new byte[12 * inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            Wire.putLong(new ArrayBuffer(packed), 12 * i, inputs[i]);
        }
        return framed(buffer -> new AssignEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .runId(run)
                .task(task)
                .functionId(function)
                .attempt(1)
                .flags((short) 1)
                .worker(0)
                .putInputs(packed, 0, packed.length)
                .putPayload(new byte[5], 0, 5)
                .key(""));
    }

    private static MessageHeaderEncoder header() {
        return new MessageHeaderEncoder();
    }

    private static byte[] framed(final Function<ArrayBuffer, MessageEncoderFlyweight> encoder) {
        return RawPeer.framed(buffer ->
                MessageHeaderEncoder.ENCODED_LENGTH + encoder.apply(buffer).encodedLength());
    }
}
