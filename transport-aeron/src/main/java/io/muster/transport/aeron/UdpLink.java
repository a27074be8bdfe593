package io.muster.transport.aeron;

import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import io.muster.security.RecordSeal;
import io.muster.transport.Link;
import java.nio.ByteOrder;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A link over UDP, every fragment of which is a sealed record. */
final class UdpLink implements Link, ControlledFragmentHandler {
    private static final Logger LOG = LoggerFactory.getLogger(UdpLink.class);
    private static final int POLL_BYTES = 256 << 10;
    private static final ByteSink NO_SINK = (buffer, offset, length) -> {};

    /*
     * Aeron's own frames are not authenticated: who can send to the port can put a fragment into the stream. Such a
     * fragment does not open and is dropped, as is a record that was sent before. But a fragment may also have taken
     * the place of a genuine one, which Aeron then discards as a duplicate. Record numbers are consecutive and
     * authenticated, so the next record betrays the hole, and the link ends: bytes are never left out silently. A
     * forged header may also lie about the fragment's length, on which Aeron relies to find the next one. Where that
     * can be seen the link ends at once, without a step in that direction.
     */
    private final Streams streams;
    private final RecordSeal seal;
    private final byte[] sealedOut;
    private final byte[] sealedIn;
    private final UnsafeBuffer sealedView;
    private final byte[] plainIn;
    private final UnsafeBuffer plainView;
    private ByteSink sink = NO_SINK;
    private int received;
    private long lastRecord;
    private long dropped;
    private boolean broken;

    UdpLink(final Streams streams, final RecordSeal seal) {
        this.streams = streams;
        this.seal = seal;
        this.sealedOut = new byte[streams.maxSent()];
        this.sealedIn = new byte[streams.maxReceived()];
        this.sealedView = new UnsafeBuffer(sealedIn);
        this.plainIn = new byte[streams.maxReceived()];
        this.plainView = new UnsafeBuffer(plainIn);
    }

    @Override
    public int write(final byte[] source, final int offset, final int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (broken) {
            return CLOSED;
        }
        final int maxChunk = sealedOut.length - RecordSeal.OVERHEAD;
        int taken = 0;
        while (taken < length) {
            final int chunk = Math.min(length - taken, maxChunk);
            final int claimed = streams.claim(chunk + RecordSeal.OVERHEAD);
            if (claimed <= 0) {
                return taken > 0 ? taken : claimed;
            }
            sealInto(streams.claim(), source, offset + taken, chunk);
            taken += chunk;
        }
        return taken;
    }

    private void sealInto(final BufferClaim claim, final byte[] source, final int offset, final int length) {
        boolean isSealed = false;
        try {
            final int sealedLength = seal.seal(source, offset, length, sealedOut, 0);
            claim.buffer().putBytes(claim.offset(), sealedOut, 0, sealedLength);
            isSealed = true;
        } finally {
            if (isSealed) {
                claim.commit();
            } else {
                broken = true;
                claim.abort();
            }
        }
    }

    @Override
    public int poll(final ByteSink sink) {
        if (broken) {
            return CLOSED;
        }
        this.sink = sink;
        received = 0;
        try {
            final int fragments = streams.poll(this);
            return fragments == CLOSED || broken && received == 0 ? CLOSED : received;
        } finally {
            this.sink = NO_SINK;
        }
    }

    @Override
    public Action onFragment(final DirectBuffer buffer, final int offset, final int length, final Header header) {
        if (length < 0 || length > Math.min(sealedIn.length, buffer.capacity() - offset)) {
            onLie(length);
            return Action.ABORT;
        }
        buffer.getBytes(offset, sealedIn, 0, length);
        final int plainLength = seal.open(sealedIn, 0, length, plainIn, 0);
        if (plainLength < 0) {
            onForgery(length);
            return Action.CONTINUE;
        }
        final long record = sealedView.getLong(0, ByteOrder.LITTLE_ENDIAN);
        if (record != lastRecord + 1) {
            onGap(record);
            return Action.BREAK;
        }
        lastRecord = record;
        received += plainLength;
        sink.onBytes(plainView, 0, plainLength);
        return received < POLL_BYTES ? Action.CONTINUE : Action.BREAK;
    }

    private void onLie(final int length) {
        broken = true;
        dropped++;
        LOG.warn(
                "stream={} got a forged datagram: length={} must be between 0 and {}; the session has to start anew",
                streams.streamReceived(),
                length,
                sealedIn.length);
    }

    private void onForgery(final int length) {
        if (dropped++ == 0) {
            LOG.warn(
                    "stream={} got a datagram of length={} that is forged or was sent before; it and its like are"
                            + " dropped",
                    streams.streamReceived(),
                    length);
        }
    }

    private void onGap(final long record) {
        broken = true;
        LOG.warn(
                "stream={} lost records after record={}, next is record={}, forged or repeated={}; the session has to"
                        + " start anew",
                streams.streamReceived(),
                lastRecord,
                record,
                dropped);
    }

    /** How many fragments were dropped because they did not open. */
    long dropped() {
        return dropped;
    }

    @Override
    public boolean needsBell() {
        return true;
    }

    @Override
    public boolean isInstant() {
        return false;
    }

    @Override
    public void close() {
        streams.close();
    }

    @Override
    public String toString() {
        return "aeron-udp";
    }
}
