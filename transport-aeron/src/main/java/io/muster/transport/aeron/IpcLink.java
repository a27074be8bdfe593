package io.muster.transport.aeron;

import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import io.muster.transport.Link;
import java.util.Objects;
import org.agrona.DirectBuffer;

/** A link through shared memory, guarded by the file permissions of the driver's directory; its bytes are plain. */
final class IpcLink implements Link, ControlledFragmentHandler {
    private static final int POLL_BYTES = 256 << 10;
    private static final ByteSink NO_SINK = (buffer, offset, length) -> {};

    private final Streams streams;
    private ByteSink sink = NO_SINK;
    private int received;

    IpcLink(final Streams streams) {
        this.streams = streams;
    }

    @Override
    public int write(final byte[] source, final int offset, final int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        int taken = 0;
        while (taken < length) {
            final int chunk = Math.min(length - taken, streams.maxSent());
            final int claimed = streams.claim(chunk);
            if (claimed <= 0) {
                return taken > 0 ? taken : claimed;
            }
            final BufferClaim claim = streams.claim();
            claim.buffer().putBytes(claim.offset(), source, offset + taken, chunk);
            claim.commit();
            taken += chunk;
        }
        return taken;
    }

    @Override
    public int poll(final ByteSink sink) {
        this.sink = sink;
        received = 0;
        try {
            return streams.poll(this) == CLOSED ? CLOSED : received;
        } finally {
            this.sink = NO_SINK;
        }
    }

    @Override
    public Action onFragment(final DirectBuffer buffer, final int offset, final int length, final Header header) {
        received += length;
        sink.onBytes(buffer, offset, length);
        return received < POLL_BYTES ? Action.CONTINUE : Action.BREAK;
    }

    @Override
    public boolean needsBell() {
        return true;
    }

    @Override
    public boolean isInstant() {
        return true;
    }

    @Override
    public void close() {
        streams.close();
    }

    @Override
    public String toString() {
        return "aeron-ipc";
    }
}
