package io.muster.transport.aeron;

import io.muster.transport.Link;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/** Keeps what arrived. */
final class Received implements Link.ByteSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void onBytes(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] chunk = new byte[length];
        buffer.getBytes(offset, chunk);
        bytes.writeBytes(chunk);
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    String text() {
        return bytes.toString(StandardCharsets.US_ASCII);
    }
}
