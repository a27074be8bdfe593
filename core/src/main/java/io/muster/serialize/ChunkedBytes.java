package io.muster.serialize;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32C;

/** Bytes in chunks that double from 1 KiB up to 1 MiB, so that many bytes never need one large array. */
final class ChunkedBytes extends OutputStream {
    private static final int FIRST_SHIFT = 10;
    private static final int DOUBLINGS = 10;
    private static final int MAX_CHUNK = 1 << (FIRST_SHIFT + DOUBLINGS);
    private static final long DOUBLING_BYTES = MAX_CHUNK - (1L << FIRST_SHIFT);
    private static final byte[] RELEASED = {};

    private byte[][] chunks = new byte[1][];
    private int chunkCount;
    private int roomInLast;
    private long size;

    long size() {
        return size;
    }

    @Override
    public void write(int value) {
        if (roomInLast == 0) {
            addChunk();
        }
        byte[] last = chunks[chunkCount - 1];
        last[last.length - roomInLast--] = (byte) value;
        size++;
    }

    @Override
    public void write(byte[] src, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, src.length);
        write(ByteBuffer.wrap(src, offset, length), length);
    }

    /** Appends the next bytes of a buffer. */
    void write(ByteBuffer src, int length) {
        for (int left = length; left > 0; ) {
            if (roomInLast == 0) {
                addChunk();
            }
            byte[] last = chunks[chunkCount - 1];
            int count = Math.min(roomInLast, left);
            src.get(last, last.length - roomInLast, count);
            roomInLast -= count;
            left -= count;
        }
        size += length;
    }

    /** Copies out a range that exists. */
    void read(long position, byte[] dst, int offset, int length) {
        read(position, ByteBuffer.wrap(dst, offset, length), length);
    }

    /** Copies out a range that exists. */
    void read(long position, ByteBuffer dst, int length) {
        long from = position;
        int left = length;
        while (left > 0) {
            int index = chunkIndex(from);
            byte[] chunk = chunks[index];
            int start = (int) (from - chunkStart(index));
            int count = Math.min(chunk.length - start, left);
            dst.put(chunk, start, count);
            from += count;
            left -= count;
        }
    }

    void updateChecksum(CRC32C checksum) {
        for (int i = 0; i < chunkCount; i++) {
            checksum.update(chunks[i], 0, (int) Math.min(chunks[i].length, size - chunkStart(i)));
        }
    }

    /** A stream over the bytes from a position; {@code releasing} gives chunks that have been read to the collector. */
    InputStream input(long from, boolean releasing) {
        return new Input(from, releasing);
    }

    private void addChunk() {
        if (chunkCount == chunks.length) {
            chunks = Arrays.copyOf(chunks, chunkCount * 2);
        }
        byte[] chunk = new byte[1 << (FIRST_SHIFT + Math.min(chunkCount, DOUBLINGS))];
        chunks[chunkCount++] = chunk;
        roomInLast = chunk.length;
    }

    private static long chunkStart(int index) {
        return index <= DOUBLINGS
                ? ((1L << index) - 1) << FIRST_SHIFT
                : DOUBLING_BYTES + (long) (index - DOUBLINGS) * MAX_CHUNK;
    }

    private static int chunkIndex(long position) {
        if (position >= DOUBLING_BYTES) {
            return DOUBLINGS + (int) ((position - DOUBLING_BYTES) / MAX_CHUNK);
        }
        return 63 - Long.numberOfLeadingZeros((position >>> FIRST_SHIFT) + 1);
    }

    /** Reads the bytes once, from first to last. */
    private final class Input extends InputStream {
        private final boolean releasing;
        private int index = -1;
        private byte[] chunk = RELEASED;
        private int next;
        private int limit;
        private long chunkEnd;

        Input(long from, boolean releasing) {
            this.releasing = releasing;
            while (chunkEnd <= from && advance()) {
                next = (int) Math.min(limit, from - chunkStart(index));
            }
        }

        @Override
        public int read() {
            return next < limit || advance() ? chunk[next++] & 0xFF : -1;
        }

        @Override
        public int read(byte[] dst, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, dst.length);
            if (length == 0) {
                return 0;
            }
            if (next == limit && !advance()) {
                return -1;
            }
            int count = Math.min(limit - next, length);
            System.arraycopy(chunk, next, dst, offset, count);
            next += count;
            return count;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, size - chunkEnd + limit - next);
        }

        private boolean advance() {
            if (chunkEnd == size) {
                return false;
            }
            if (releasing && index >= 0) {
                chunks[index] = RELEASED;
            }
            chunk = chunks[++index];
            limit = (int) Math.min(chunk.length, size - chunkEnd);
            next = 0;
            chunkEnd += limit;
            return true;
        }
    }
}
