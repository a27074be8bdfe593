package io.muster.worker;

import io.muster.classes.ResourceCodec;
import io.muster.classes.ResourceQuestion;
import io.muster.coordination.CoordinationCodec;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.CommitRequestEncoder;
import io.muster.protocol.InputMissingEncoder;
import io.muster.protocol.LongRunningEncoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.ReplicaFailedEncoder;
import io.muster.protocol.ReplicaStoredEncoder;
import io.muster.protocol.RunDoneEncoder;
import io.muster.protocol.RunFailedEncoder;
import io.muster.protocol.RunsTakenBackEncoder;
import io.muster.protocol.WorkerStatusEncoder;
import io.muster.scheduler.RecordCodec;
import io.muster.scheduler.Wire;
import io.muster.transport.EventLoop;
import io.muster.transport.SharedOutbox;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A worker's reports as messages of the session that is current; between sessions they are of no use and are dropped. */
final class RemoteReports implements WorkerReports {
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int FIXED = 160;
    private static final byte[] NOTHING = {};
    private static final int HOLDER_BYTES = 5;

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final RunDoneEncoder runDone = new RunDoneEncoder();
    private final ReplicaStoredEncoder replicaStored = new ReplicaStoredEncoder();
    private volatile @Nullable Route route;

    /** Where the messages of a session go. */
    record Route(SharedOutbox box, EventLoop loop) {}

    void route(final @Nullable Route current) {
        route = current;
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public void runDone(
            final long runId,
            final long task,
            final long sizeBytes,
            final RunTimes times,
            final boolean inline,
            final @Nullable Object value) {
        final byte[] bytes = inline && value != null ? (byte[]) value : NOTHING;
        add(FIXED + bytes.length, buffer -> {
            runDone.wrapAndApplyHeader(buffer, 0, header)
                    .runId(runId)
                    .task(task)
                    .sizeBytes(sizeBytes)
                    .durationNs(times.durationNs())
                    .inline((short) (inline ? 1 : 0))
                    .startNs(times.startNs())
                    .stopNs(times.stopNs())
                    .fetchStartNs(times.fetchStartNs())
                    .fetchStopNs(times.fetchStopNs())
                    .diskNs(times.diskNs())
                    .thread(times.thread())
                    .worker(0)
                    .putValue(bytes, 0, bytes.length);
            return HEADER + runDone.encodedLength();
        });
    }

    @Override
    public void runFailed(
            final long runId, final long task, final RunTimes times, final boolean unknown, final Object failure) {
        final byte[] bytes = (byte[]) failure;
        add(FIXED + bytes.length, buffer -> {
            final RunFailedEncoder encoder = new RunFailedEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, header)
                    .runId(runId)
                    .task(task)
                    .durationNs(times.durationNs())
                    .unknown((short) (unknown ? 1 : 0))
                    .startNs(times.startNs())
                    .stopNs(times.stopNs())
                    .fetchStartNs(times.fetchStartNs())
                    .fetchStopNs(times.fetchStopNs())
                    .diskNs(times.diskNs())
                    .thread(times.thread())
                    .putFailure(bytes, 0, bytes.length);
            return HEADER + encoder.encodedLength();
        });
    }

    @Override
    public void longRunning(final long runId, final long task, final boolean seceded) {
        add(FIXED, buffer -> {
            final LongRunningEncoder encoder = new LongRunningEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, header)
                    .runId(runId)
                    .task(task)
                    .seceded((short) (seceded ? 1 : 0));
            return HEADER + encoder.encodedLength();
        });
    }

    @Override
    public void commitRequest(final long runId, final long task) {
        add(FIXED, buffer -> {
            final CommitRequestEncoder encoder = new CommitRequestEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, header).runId(runId).task(task);
            return HEADER + encoder.encodedLength();
        });
    }

    @Override
    public void inputMissing(
            final long runId, final long task, final long input, final int[] holders, final boolean[] gone) {
        final byte[] packed = packed(holders, gone);
        add(FIXED + packed.length, buffer -> {
            final InputMissingEncoder encoder = new InputMissingEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, header)
                    .runId(runId)
                    .task(task)
                    .input(input)
                    .putHolders(packed, 0, packed.length);
            return HEADER + encoder.encodedLength();
        });
    }

    @Override
    public void runsTakenBack(final long[] runIds, final boolean[] givenUp) {
        final byte[] packed = new byte[runIds.length * Wire.MARKED_LONG];
        final ArrayBuffer packer = new ArrayBuffer(packed);
        for (int i = 0; i < runIds.length; i++) {
            Wire.putLong(packer, i * Wire.MARKED_LONG, runIds[i]);
            packed[i * Wire.MARKED_LONG + Long.BYTES] = (byte) (givenUp[i] ? 1 : 0);
        }
        add(FIXED + packed.length, buffer -> {
            final RunsTakenBackEncoder encoder = new RunsTakenBackEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, header).putRuns(packed, 0, packed.length);
            return HEADER + encoder.encodedLength();
        });
    }

    @Override
    public void replicaFailed(final long task, final int[] holders, final boolean[] gone) {
        final byte[] packed = packed(holders, gone);
        add(FIXED + packed.length, buffer -> {
            final ReplicaFailedEncoder encoder = new ReplicaFailedEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, header).task(task).putHolders(packed, 0, packed.length);
            return HEADER + encoder.encodedLength();
        });
    }

    @Override
    public void replicaStored(final long task, final long sizeBytes) {
        add(FIXED, buffer -> {
            replicaStored.wrapAndApplyHeader(buffer, 0, header).task(task).sizeBytes(sizeBytes);
            return HEADER + replicaStored.encodedLength();
        });
    }

    @Override
    public void coordinate(final CoordinationRequest request) {
        final Route current = route;
        if (current != null && current.box().awaitRoom(current.loop()::invoke)) {
            CoordinationCodec.write(request, current.box());
            current.loop().invoke();
        }
    }

    @Override
    public void records(final long requestId, final String json) {
        send(RecordCodec.records(requestId, json));
    }

    @Override
    public void profile(final String samples) {
        final RecordCodec.Message message = RecordCodec.profile(samples);
        add(message.maxBytes(), message.writer()::write);
    }

    @Override
    public void said(final long runId, final long task, final boolean isLog, final String text) {
        send(RecordCodec.said(task, runId, isLog, text));
    }

    @Override
    public void event(final String topic, final String text) {
        send(RecordCodec.event(topic, text));
    }

    /** Asks for what a client has; the caller waits for the answer, which others take in. */
    void ask(final ResourceQuestion question) {
        send(ResourceCodec.message(question));
        handBack();
    }

    private void send(final RecordCodec.Message message) {
        add(message.maxBytes(), message.writer()::write);
        flush();
    }

    @Override
    public void status(final WorkerStatus status) {
        add(FIXED, buffer -> encode(status, buffer, new WorkerStatusEncoder(), header));
    }

    static int encode(
            final WorkerStatus status,
            final ArrayBuffer buffer,
            final WorkerStatusEncoder encoder,
            final MessageHeaderEncoder header) {
        encoder.wrapAndApplyHeader(buffer, 0, header)
                .paused((short) (status.paused() ? 1 : 0))
                .managedBytes(status.managedBytes())
                .spilledBytes(status.spilledBytes())
                .processBytes(status.processBytes())
                .hardLimitBytes(status.hardLimitBytes());
        return HEADER + encoder.encodedLength();
    }

    @Override
    public void flush() {
        final Route current = route;
        if (current != null) {
            current.loop().invoke();
        }
    }

    @Override
    public void flushBetween() {
        final Route current = route;
        if (current != null) {
            current.loop().invokeAgainAndAgain();
        }
    }

    @Override
    public boolean helpUntil(final BooleanSupplier done, final long deadlineNs) {
        final Route current = route;
        return current != null && current.loop().helpUntil(done, deadlineNs);
    }

    @Override
    public void handBack() {
        final Route current = route;
        if (current != null) {
            current.loop().handBack();
        }
    }

    @Override
    public void endHelp() {
        final Route current = route;
        if (current != null) {
            current.loop().endHelp();
        }
    }

    private static byte[] packed(final int[] holders, final boolean[] gone) {
        final byte[] packed = new byte[holders.length * HOLDER_BYTES];
        final ArrayBuffer packer = new ArrayBuffer(packed);
        for (int i = 0; i < holders.length; i++) {
            Wire.putInt(packer, i * HOLDER_BYTES, holders[i]);
            packed[i * HOLDER_BYTES + Integer.BYTES] = (byte) (gone[i] ? 1 : 0);
        }
        return packed;
    }

    private void add(final int maxBytes, final SharedOutbox.Encoder encoder) {
        final Route current = route;
        if (current != null && current.box().awaitRoom(current.loop()::invoke)) {
            synchronized (this) {
                current.box().add(maxBytes, encoder);
            }
        }
    }
}
