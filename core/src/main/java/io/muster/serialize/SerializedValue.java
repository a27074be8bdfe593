package io.muster.serialize;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A value as a range of bytes that can be read from any position: the body, then the raw little-endian bytes of each
 * array that is out of band.
 *
 * <p>The arrays are not copied: they are the value's own, so who changes them changes the bytes. Safe for use by many
 * threads while nobody does.
 */
public final class SerializedValue implements ValueBytes {
    private final byte[] head;
    private final ChunkedBytes stream;
    private final ArrayKind[] kinds;
    private final Object[] arrays;
    private final long[] ends;
    private final long bodyBytes;
    private final long totalBytes;
    private final int bodyChecksum;

    SerializedValue(byte[] head, ChunkedBytes stream, ArrayKind[] kinds, Object[] arrays) {
        this.head = head;
        this.stream = stream;
        this.kinds = kinds;
        this.arrays = arrays;
        this.bodyBytes = head.length + stream.size();
        this.ends = new long[arrays.length];
        long end = bodyBytes;
        for (int i = 0; i < arrays.length; i++) {
            end += kinds[i].bytes(arrays[i]);
            ends[i] = end;
        }
        this.totalBytes = end;
        CRC32C checksum = new CRC32C();
        checksum.update(head);
        stream.updateChecksum(checksum);
        this.bodyChecksum = (int) checksum.getValue();
    }

    /**
     * The number of bytes of the whole.
     *
     * @return body and arrays, in bytes
     */
    @Override
    public long totalBytes() {
        return totalBytes;
    }

    /**
     * The number of bytes of the body, which comes first.
     *
     * @return the body alone, in bytes
     */
    @Override
    public long bodyBytes() {
        return bodyBytes;
    }

    /**
     * The CRC-32C of the body; two holders whose totals, bodies and checksums agree can continue each other's stream.
     *
     * @return the checksum
     */
    @Override
    public int bodyChecksum() {
        return bodyChecksum;
    }

    /**
     * Copies bytes out, from any position.
     *
     * @param position where to start, from 0 to {@link #totalBytes()}
     * @param dst receives the bytes; its position moves behind them
     * @return how many were copied: {@code dst} is full except at the end, and it is 0 at the end itself
     * @throws IndexOutOfBoundsException if the position is outside of the value
     */
    @Override
    public int read(long position, ByteBuffer dst) {
        if (position < 0 || position > totalBytes) {
            throw new IndexOutOfBoundsException("position=" + position + " must be from 0 to totalBytes=" + totalBytes);
        }
        int count = (int) Math.min(dst.remaining(), totalBytes - position);
        int done = 0;
        while (done < count) {
            done += readPart(position + done, dst, count - done);
        }
        return count;
    }

    /** Does nothing: the bytes are in memory. */
    @Override
    public void close() {}

    @Override
    public String toString() {
        return "SerializedValue[totalBytes=" + totalBytes + ", bodyBytes=" + bodyBytes + ", arrays=" + arrays.length
                + "]";
    }

    byte[] head() {
        return head;
    }

    ChunkedBytes stream() {
        return stream;
    }

    /** Copies of the arrays that are out of band. */
    Object[] copyArrays() {
        Object[] copies = new Object[arrays.length];
        for (int i = 0; i < copies.length; i++) {
            copies[i] = kinds[i].copyOf(arrays[i]);
        }
        return copies;
    }

    private int readPart(long position, ByteBuffer dst, int length) {
        if (position < head.length) {
            int count = Math.min(head.length - (int) position, length);
            dst.put(head, (int) position, count);
            return count;
        }
        if (position < bodyBytes) {
            int count = (int) Math.min(bodyBytes - position, length);
            stream.read(position - head.length, dst, count);
            return count;
        }
        int found = Arrays.binarySearch(ends, position);
        int index = found < 0 ? -found - 1 : afterEqual(found);
        long start = index == 0 ? bodyBytes : ends[index - 1];
        int count = (int) Math.min(ends[index] - position, length);
        kinds[index].read(arrays[index], position - start, dst, count);
        return count;
    }

    private int afterEqual(int found) {
        int index = found + 1;
        while (ends[index] == ends[found]) {
            index++;
        }
        return index;
    }
}
