package io.muster.transport;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The TLS socket of a session as a link: carries upkeep always, and all messages where nothing faster does. */
final class Lifeline implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(Lifeline.class);
    private static final int READ_BYTES = 64 * 1024;
    private static final int READS_PER_POLL = 16;

    private final TlsChannel tls;
    private boolean closed;
    private boolean mayHaveMore;

    Lifeline(final TlsChannel tls) {
        this.tls = tls;
    }

    TlsChannel tls() {
        return tls;
    }

    @Override
    public int write(final byte[] source, final int offset, final int length) {
        if (closed) {
            return CLOSED;
        }
        try {
            final int taken = tls.write(source, offset, length);
            tls.flush();
            return taken;
        } catch (final IOException e) {
            LOG.debug("write failed", e);
            closed = true;
            return CLOSED;
        }
    }

    /** Reads into the inbox directly. */
    int read(final Inbox inbox) {
        if (closed) {
            return CLOSED;
        }
        int total = 0;
        mayHaveMore = true;
        try {
            tls.flush();
            for (int i = 0; i < READS_PER_POLL; i++) {
                final byte[] target = inbox.target(READ_BYTES);
                final int read = tls.read(target, inbox.targetOffset(), READ_BYTES);
                if (read < 0) {
                    closed = true;
                    return total > 0 ? total : CLOSED;
                }
                if (read == 0) {
                    mayHaveMore = false;
                    return total;
                }
                inbox.received(read);
                total += read;
            }
        } catch (final IOException e) {
            LOG.debug("read failed", e);
            closed = true;
            return total > 0 ? total : CLOSED;
        }
        return total;
    }

    /** Whether the last read stopped at its bound. */
    boolean mayHaveMore() {
        return mayHaveMore && !closed;
    }

    boolean wantsWrite() {
        return !closed && tls.wantsWrite();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public int poll(final ByteSink sink) {
        throw new UnsupportedOperationException("a lifeline is read into its inbox");
    }

    @Override
    public boolean needsBell() {
        return false;
    }

    @Override
    public boolean isInstant() {
        return false;
    }

    @Override
    public void close() {
        closed = true;
        try {
            tls.close();
        } catch (final IOException e) {
            LOG.debug("close failed", e);
        }
    }
}
