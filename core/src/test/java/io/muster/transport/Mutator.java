package io.muster.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** Damages framed messages behind their length, which it puts right. */
public final class Mutator {
    private static final int LENGTH_BYTES = 4;
    private static final int[] TEMPTING = {-1, 0, 1, 2, 255, 4096, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 30, -2};

    private final Random random;

    /** The same seed makes the same damage. */
    public Mutator(final long seed) {
        random = new Random(seed);
    }

    /** Less than the given number. */
    public int next(final int bound) {
        return random.nextInt(bound);
    }

    /** The message as it is, half of the time, or with something wrong in it. */
    public byte[] perhaps(final byte[] framed) {
        return random.nextBoolean() ? framed : damaged(framed);
    }

    private byte[] damaged(final byte[] framed) {
        final byte[] message = Arrays.copyOfRange(framed, LENGTH_BYTES, framed.length);
        switch (random.nextInt(4)) {
            case 0 -> {
                return RawPeer.framed(Arrays.copyOf(message, random.nextInt(message.length)));
            }
            case 1 -> {
                return RawPeer.framed(Arrays.copyOf(message, message.length + 1 + random.nextInt(64)));
            }
            case 2 -> {
                for (int i = 0; i <= random.nextInt(4); i++) {
                    message[random.nextInt(message.length)] = (byte) random.nextInt();
                }
            }
            default ->
                ByteBuffer.wrap(message)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(random.nextInt(message.length - 3), TEMPTING[random.nextInt(TEMPTING.length)]);
        }
        return RawPeer.framed(message);
    }
}
