package io.muster.serialize;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A serialized value that can be read from any position, wherever its bytes are: the body, then the raw little-endian bytes of each
 * array that is out of band.
 */
public interface ValueBytes extends AutoCloseable {
    /**
     * The number of bytes of the whole.
     *
     * @return body and arrays, in bytes
     */
    long totalBytes();

    /**
     * The number of bytes of the body, which comes first.
     *
     * @return the body alone, in bytes
     */
    long bodyBytes();

    /**
     * The CRC-32C of the body.
     *
     * @return the checksum
     */
    int bodyChecksum();

    /**
     * Copies bytes out, from any position.
     *
     * @param position where to start, from 0 to {@link #totalBytes()}
     * @param dst receives the bytes, as many as it has room for at most; its position moves behind them
     * @return how many were copied: at least one, but 0 at the end
     * @throws IOException if they can't be read
     */
    int read(long position, ByteBuffer dst) throws IOException;

    @Override
    void close();
}
