package io.muster.transport;

import io.muster.protocol.ArrayBuffer;

/**
 * Messages that several threads hand to one session: each is encoded under the lock, and the session's loop takes all that are there at
 * once. A writer that finds too much waiting has to wait.
 */
public final class SharedOutbox {
    private static final int FULL = 8 << 20;

    private final Outbox filling = new Outbox();
    private volatile boolean closed;
    private volatile int waiting;

    /** Encodes one message at index 0 and tells its length. */
    @FunctionalInterface
    public interface Encoder {
        /**
         * Encodes.
         *
         * @param buffer where to, from index 0
         * @return the length in bytes
         */
        int encode(ArrayBuffer buffer);
    }

    /**
     * Adds a message.
     *
     * @param maxBytes an upper bound of its length
     * @param encoder encodes it
     */
    public synchronized void add(final int maxBytes, final Encoder encoder) {
        filling.end(encoder.encode(filling.begin(maxBytes)));
        waiting = filling.size();
    }

    /**
     * Waits while too much waits to be sent.
     *
     * @param flush called before waiting, to get it on its way
     * @return false when the session has ended
     */
    public boolean awaitRoom(final Runnable flush) {
        if (waiting < FULL) {
            return !closed;
        }
        flush.run();
        synchronized (this) {
            boolean interrupted = false;
            while (!closed && filling.size() >= FULL) {
                try {
                    wait(100);
                } catch (final InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return !closed;
    }

    /**
     * Gives all that waits to a session, unless that has enough to send already.
     *
     * @param out the session's outbox
     */
    public void moveTo(final Outbox out) {
        if (waiting == 0 || out.size() >= FULL) {
            return;
        }
        synchronized (this) {
            filling.moveTo(out);
            waiting = 0;
            notifyAll();
        }
    }

    /** Ends all waiting. */
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
