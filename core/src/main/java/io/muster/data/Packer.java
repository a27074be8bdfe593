package io.muster.data;

import io.muster.config.CompressionChoice;
import io.muster.serialize.ValueBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/**
 * Decides whether the bytes of a value are worth compressing for a link, and compresses them block by block: the bytes
 * of a number are first put apart (all first bytes, all second bytes, …), since those of neighbours are alike, then LZ4.
 */
final class Packer {
    /*
     * One thread compresses and writes, so a byte costs 1 / speed + share / rate instead of 1 / rate, where share is
     * what is left of it. Both figures come from samples of the value itself, since they differ by a factor of ten
     * between kinds of data; what the link does is known from the large values that went before. On links
     * beyond 400 MB/s there is little to win and much to lose, as both ends are busy with TLS there: for them nothing is
     * sampled, and all of this costs nothing.
     */
    static final int BLOCK_BYTES = 128 << 10;
    static final int NO_STRIDE = 0;

    private static final int LEAST_BYTES = 1 << 20;
    private static final int SAMPLES = 5;
    private static final int SAMPLE_BYTES = 10_000;
    private static final double LEAST_SAVED = 0.1;
    private static final double FASTEST_BYTES_PER_NS = 0.4;
    private static final int[] STRIDES = {1, Double.BYTES, Float.BYTES};

    private final CompressionChoice choice;
    private final LZ4Compressor compressor = LZ4Factory.safeInstance().fastCompressor();
    private final byte[] plain = new byte[BLOCK_BYTES];
    private final byte[] shuffled = new byte[BLOCK_BYTES];
    private final byte[] packed = new byte[compressor.maxCompressedLength(BLOCK_BYTES)];

    Packer(final CompressionChoice choice) {
        this.choice = choice;
    }

    /** Whether so many bytes might be worth compressing; costs nothing. */
    static boolean mayPay(final CompressionChoice choice, final long bytes, final double bytesPerNs) {
        return bytes >= LEAST_BYTES
                && switch (choice) {
                    case AUTO -> bytesPerNs > 0 && bytesPerNs <= FASTEST_BYTES_PER_NS;
                    case LZ4 -> true;
                    case NONE -> false;
                };
    }

    /**
     * How far the bytes are to be put apart that belong together, 1 for not at all; {@link #NO_STRIDE} if compressing does
     * not pay.
     *
     * @param bytesPerNs what the link does
     */
    int stride(final ValueBytes value, final long fromPosition, final double bytesPerNs) throws IOException {
        final long bytes = value.totalBytes() - fromPosition;
        final boolean isForced = choice == CompressionChoice.LZ4;
        int best = NO_STRIDE;
        double bestNsPerByte = isForced ? Double.MAX_VALUE : 1 / bytesPerNs;
        for (final int stride : STRIDES) {
            long packedBytes = 0;
            final long startNs = System.nanoTime();
            for (int i = 0; i < SAMPLES; i++) {
                final long position = fromPosition + (bytes - SAMPLE_BYTES) / (SAMPLES - 1) * i;
                packedBytes += Math.abs(pack(value, position, SAMPLE_BYTES, stride));
            }
            final double share = packedBytes / (double) (SAMPLES * SAMPLE_BYTES);
            final double nsPerByte = isForced
                    ? share
                    : (System.nanoTime() - startNs) / (double) (SAMPLES * SAMPLE_BYTES) + share / bytesPerNs;
            if (share <= 1 - LEAST_SAVED && nsPerByte < bestNsPerByte) {
                best = stride;
                bestNsPerByte = nsPerByte;
            }
        }
        return best;
    }

    /**
     * Reads a block of a value and compresses it.
     *
     * @return how many bytes are in {@link #packed()}; where it does not get smaller, minus how many are in
     *     {@link #plain()}
     */
    int pack(final ValueBytes value, final long position, final int length, final int stride) throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(plain, 0, length);
        long at = position;
        while (bytes.hasRemaining()) {
            at += value.read(at, bytes);
        }
        byte[] source = plain;
        if (stride > 1) {
            shuffle(plain, shuffled, length, stride);
            source = shuffled;
        }
        final int packedLength = compressor.compress(source, 0, length, packed, 0);
        return packedLength < length ? packedLength : -length;
    }

    byte[] plain() {
        return plain;
    }

    byte[] packed() {
        return packed;
    }

    static void shuffle(final byte[] from, final byte[] to, final int length, final int stride) {
        final int count = length / stride;
        for (int part = 0; part < stride; part++) {
            final int start = part * count;
            for (int i = 0, at = part; i < count; i++, at += stride) {
                to[start + i] = from[at];
            }
        }
        System.arraycopy(from, count * stride, to, count * stride, length - count * stride);
    }

    static void unshuffle(final byte[] from, final byte[] to, final int length, final int stride) {
        final int count = length / stride;
        for (int part = 0; part < stride; part++) {
            final int start = part * count;
            for (int i = 0, at = part; i < count; i++, at += stride) {
                to[at] = from[start + i];
            }
        }
        System.arraycopy(from, count * stride, to, count * stride, length - count * stride);
    }
}
