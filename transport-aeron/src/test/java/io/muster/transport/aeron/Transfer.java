package io.muster.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.transport.Link;
import java.util.Arrays;
import java.util.Random;
import org.agrona.DirectBuffer;

/** Moves random bytes over a link in writes of random sizes, and checks each that arrives. */
final class Transfer implements Link.ByteSink {
    private static final int MAX_WRITE = 200_000;

    private final byte[] pattern = new byte[1_000_003];
    private final byte[] arrived = new byte[1 << 16];
    private final Random random;
    private final Link from;
    private final Link to;
    private final long total;
    private long written;
    private long received;

    Transfer(final Link from, final Link to, final long total, final long seed) {
        this.from = from;
        this.to = to;
        this.total = total;
        this.random = new Random(seed);
        random.nextBytes(pattern);
    }

    void step() {
        if (written < total) {
            final int offset = (int) (written % pattern.length);
            final int wanted = 1 + random.nextInt(MAX_WRITE);
            final int length = (int) Math.min(Math.min(wanted, pattern.length - offset), total - written);
            final int taken = from.write(pattern, offset, length);
            assertThat(taken).isBetween(0, length);
            written += taken;
        }
        assertThat(to.poll(this)).isNotEqualTo(Link.CLOSED);
    }

    boolean isDone() {
        return received == total;
    }

    @Override
    public void onBytes(final DirectBuffer buffer, final int offset, final int length) {
        buffer.getBytes(offset, arrived, 0, length);
        int done = 0;
        while (done < length) {
            final int at = (int) (received % pattern.length);
            final int part = Math.min(length - done, pattern.length - at);
            final int mismatch = Arrays.mismatch(pattern, at, at + part, arrived, done, done + part);
            assertThat(mismatch).as("first wrong byte after %d", received).isEqualTo(-1);
            done += part;
            received += part;
        }
    }
}
