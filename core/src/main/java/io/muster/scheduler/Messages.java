package io.muster.scheduler;

import io.muster.data.WorkerAddress;
import io.muster.protocol.GoodbyeEncoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.WorkerDownEncoder;
import io.muster.protocol.WorkerUpDecoder;
import io.muster.protocol.WorkerUpEncoder;
import io.muster.transport.Outbox;
import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;

/** Messages that more than one kind of session sends or takes. */
public final class Messages {
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int FIXED = 96;
    private static final int MAX_UTF8 = 3;

    private Messages() {}

    static void workerUp(
            final Outbox out,
            final WorkerUpEncoder encoder,
            final MessageHeaderEncoder header,
            final WorkerAddress worker) {
        out.end(workerUp(out.begin(workerUpBytes(worker)), encoder, header, worker));
    }

    /** An upper bound of what {@link #workerUp} writes. */
    static int workerUpBytes(final WorkerAddress worker) {
        return FIXED + MAX_UTF8 * (worker.host().length() + worker.name().length()) + worker.fingerprint().length;
    }

    /** Writes it at index 0; returns how long it is. */
    static int workerUp(
            final MutableDirectBuffer buffer,
            final WorkerUpEncoder encoder,
            final MessageHeaderEncoder header,
            final WorkerAddress worker) {
        final byte[] host = worker.host().getBytes(StandardCharsets.UTF_8);
        final byte[] name = worker.name().getBytes(StandardCharsets.UTF_8);
        final byte[] fingerprint = worker.fingerprint();
        encoder.wrapAndApplyHeader(buffer, 0, header)
                .workerNumber(worker.number())
                .threads(worker.threads())
                .port(worker.port())
                .putHost(host, 0, host.length)
                .putFingerprint(fingerprint, 0, fingerprint.length)
                .putName(name, 0, name.length);
        return HEADER + encoder.encodedLength();
    }

    static void workerDown(
            final Outbox out,
            final WorkerDownEncoder encoder,
            final MessageHeaderEncoder header,
            final int worker,
            final String reason) {
        final byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        encoder.wrapAndApplyHeader(out.begin(FIXED + text.length), 0, header)
                .workerNumber(worker)
                .putReason(text, 0, text.length);
        out.end(HEADER + encoder.encodedLength());
    }

    /**
     * Adds a goodbye.
     *
     * @param out where to
     * @param header encodes its header
     * @param expected whether no task is to blame
     * @param reason why
     */
    public static void goodbye(
            final Outbox out, final MessageHeaderEncoder header, final boolean expected, final String reason) {
        final byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        final GoodbyeEncoder encoder = new GoodbyeEncoder();
        encoder.wrapAndApplyHeader(out.begin(FIXED + text.length), 0, header)
                .expected((short) (expected ? 1 : 0))
                .putReason(text, 0, text.length);
        out.end(HEADER + encoder.encodedLength());
    }

    /**
     * Reads where a worker is.
     *
     * @param decoder wrapped around the message
     * @return the address
     */
    public static WorkerAddress address(final WorkerUpDecoder decoder) {
        final int number = decoder.workerNumber();
        final int threads = decoder.threads();
        final int port = decoder.port();
        final String host = decoder.host();
        final byte[] fingerprint = Wire.bytes(
                decoder.buffer(),
                decoder.limit() + WorkerUpDecoder.fingerprintHeaderLength(),
                decoder.fingerprintLength());
        decoder.skipFingerprint();
        return new WorkerAddress(number, decoder.name(), threads, host, port, fingerprint);
    }
}
