package io.muster.scheduler;

import io.muster.protocol.ArrayBuffer;

/** A small result in the message that is being handled, on its way from a worker to a client; valid during that only. */
final class InlineValue {
    final ArrayBuffer buffer = new ArrayBuffer();

    void wrap(final ArrayBuffer message, final int offset, final int length) {
        buffer.wrap(message, offset, length);
    }
}
