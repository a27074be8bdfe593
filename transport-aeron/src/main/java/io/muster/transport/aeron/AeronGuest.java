package io.muster.transport.aeron;

import io.muster.MusterException;
import io.muster.protocol.LinkKind;
import io.muster.security.RecordSeal;
import io.muster.transport.LinkFactory;
import io.muster.transport.PendingLink;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * A peer's side: a client of the scheduler's driver on this host, or a driver of its own for UDP; opened when first
 * needed.
 */
final class AeronGuest implements LinkFactory.Guest {
    private final Path directory;
    private final String bindHost;
    private @Nullable AeronNode shared;
    private @Nullable AeronNode own;
    private boolean closed;

    AeronGuest(final Path directory, final String bindHost) {
        AeronNode.checkPrivate(directory);
        this.directory = directory;
        this.bindHost = bindHost;
    }

    @Override
    public int linkKinds() {
        return LinkTerms.bit(LinkKind.AERON_IPC) | LinkTerms.bit(LinkKind.AERON_UDP);
    }

    /**
     * {@inheritDoc}
     *
     * @throws MusterException if the kind is none of Aeron's, or the address leads nowhere; the lifeline still works
     */
    @Override
    public PendingLink join(
            final LinkKind kind,
            final String address,
            final int streamToScheduler,
            final int streamFromScheduler,
            final byte[] key) {
        if (closed) {
            throw new IllegalStateException("closed=true must be false to join a link");
        }
        final LinkTerms terms = new LinkTerms(kind, streamToScheduler, streamFromScheduler, key.clone());
        return switch (kind) {
            case AERON_IPC -> joinIpc(terms, address);
            case AERON_UDP -> joinUdp(terms, address);
            case LIFELINE, SBE_UNKNOWN, NULL_VAL ->
                throw new MusterException("linkKind=" + kind + " must be AERON_IPC or AERON_UDP");
        };
    }

    private PendingLink joinIpc(final LinkTerms terms, final String address) {
        final AeronNode node = sharedNode(directoryAt(address));
        return new AeronPendingLink(node, terms, RecordSeal.Direction.TO_SCHEDULER, Channels.IPC, "")
                .publish(Channels.IPC);
    }

    private static Path directoryAt(final String address) {
        try {
            return Path.of(address);
        } catch (final InvalidPathException e) {
            throw new MusterException(
                    "linkAddress=" + address + " must be a directory; the peer speaks another version", e);
        }
    }

    private PendingLink joinUdp(final LinkTerms terms, final String address) {
        if (terms.key().length != RecordSeal.KEY_LENGTH) {
            throw new MusterException("linkKey.length=" + terms.key().length + " must be " + RecordSeal.KEY_LENGTH);
        }
        final String towards = Channels.towards(address, Channels.sessionToScheduler(terms.key()));
        final String from = Channels.anyPort(bindHost, Channels.sessionFromScheduler(terms.key()));
        return new AeronPendingLink(ownNode(), terms, RecordSeal.Direction.TO_SCHEDULER, from, null).publish(towards);
    }

    private AeronNode sharedNode(final Path driverDirectory) {
        if (shared == null || shared.isClosed() || !shared.directory().equals(driverDirectory)) {
            CloseHelper.quietClose(shared);
            shared = null;
            shared = AeronNode.attach(driverDirectory);
        }
        return shared;
    }

    private AeronNode ownNode() {
        if (own == null || own.isClosed()) {
            CloseHelper.quietClose(own);
            own = null;
            own = AeronNode.embed(directory, bindHost);
        }
        return own;
    }

    @Override
    public int doWork() {
        final int work = shared == null ? 0 : shared.doWork();
        return own == null ? work : work + own.doWork();
    }

    @Override
    public void close() {
        closed = true;
        CloseHelper.quietCloseAll(shared, own);
    }
}
