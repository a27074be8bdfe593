package io.muster.transport;

import org.agrona.DirectBuffer;

/**
 * What carries one session's bytes after the handshake: ordered, reliable, in both directions. Chunk borders mean nothing. Used by
 * one thread at a time.
 */
public interface Link extends AutoCloseable {
    /** Returned by {@link #write} and {@link #poll} when nothing will pass any more. */
    int CLOSED = -1;

    /**
     * Sends bytes, as many as go without waiting.
     *
     * @param source where they are
     * @param offset of the first
     * @param length how many
     * @return how many were taken; 0 when back-pressured; {@link #CLOSED}
     */
    int write(byte[] source, int offset, int length);

    /**
     * Hands over what has arrived, within a bound per call.
     *
     * @param sink takes it
     * @return how many bytes; 0 when there are none now; {@link #CLOSED}
     */
    int poll(ByteSink sink);

    /**
     * Whether a peer that blocks on its lifeline has to be woken by a byte there, as this link's bytes don't wake it.
     *
     * @return false when the link is the lifeline itself
     */
    boolean needsBell();

    /**
     * Whether what one side writes is visible to the other at once, as in shared memory. Then a peer that parks may say so in the
     * stream itself; else it says so on the lifeline, which wakes the other side.
     *
     * @return true for shared memory
     */
    boolean isInstant();

    @Override
    void close();

    /** Takes bytes that arrived. */
    @FunctionalInterface
    interface ByteSink {
        /**
         * Takes bytes, which are valid during the call only.
         *
         * @param buffer where they are
         * @param offset of the first
         * @param length how many
         */
        void onBytes(DirectBuffer buffer, int offset, int length);
    }
}
