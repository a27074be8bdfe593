package io.muster.transport.aeron;

import io.muster.protocol.LinkKind;
import io.muster.security.RecordSeal;
import io.muster.transport.LinkFactory;
import io.muster.transport.PendingLink;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scheduler's side: the driver that peers on this host share, and one UDP socket for the others. */
final class AeronHost implements LinkFactory.Host {
    /**
     * How many UDP links one scheduler carries. The driver takes one datagram per turn and looks at every sender in
     * each, so that its rate halves by 100 senders and falls to a fifth by 300.
     */
    static final int MAX_UDP_SESSIONS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(AeronHost.class);
    private static final int FIRST_STREAM = 1001;

    private final Path directory;
    private final String bindHost;
    private final int maxUdpSessions;
    private final SecureRandom random = new SecureRandom();
    private AeronNode node;
    private @Nullable SharedSocket socket;
    private int nextStream = FIRST_STREAM;
    private boolean closed;

    AeronHost(final Path directory, final String bindHost, final int maxUdpSessions) {
        this.directory = directory;
        this.bindHost = bindHost;
        this.maxUdpSessions = maxUdpSessions;
        this.node = AeronNode.embed(directory, bindHost);
    }

    @Override
    public @Nullable PendingLink offer(final boolean sameHost, final int linkKinds) {
        if (closed) {
            return null;
        }
        try {
            renewNode();
            if (sameHost && LinkTerms.contains(linkKinds, LinkKind.AERON_IPC)) {
                return offerIpc();
            }
            return LinkTerms.contains(linkKinds, LinkKind.AERON_UDP) ? offerUdp() : null;
        } catch (final RuntimeException e) {
            LOG.warn("Aeron cannot offer a link, the session stays on its lifeline: {}", e.getMessage());
            LOG.debug("The cause", e);
            return null;
        }
    }

    private void renewNode() {
        if (node.isClosed()) {
            LOG.warn("Aeron's media driver starts anew: this process had paused for too long");
            node.close();
            socket = null;
            node = AeronNode.embed(directory, bindHost);
        }
    }

    private PendingLink offerIpc() {
        final LinkTerms terms = terms(LinkKind.AERON_IPC, LinkTerms.NO_KEY);
        final String address = node.directory().toString();
        return new AeronPendingLink(node, terms, RecordSeal.Direction.FROM_SCHEDULER, Channels.IPC, address)
                .publish(Channels.IPC);
    }

    private @Nullable PendingLink offerUdp() {
        if (socket == null) {
            socket = new SharedSocket(node, bindHost, random);
        }
        final SharedSocket shared = socket;
        if (shared.sessions() >= maxUdpSessions) {
            return null;
        }
        final byte[] key = new byte[RecordSeal.KEY_LENGTH];
        random.nextBytes(key);
        final String channel = shared.channel(Channels.sessionToScheduler(key));
        final AeronPendingLink pending = new AeronPendingLink(
                node, terms(LinkKind.AERON_UDP, key), RecordSeal.Direction.FROM_SCHEDULER, channel, shared.endpoint());
        shared.join();
        return pending.onClose(shared::leave);
    }

    private LinkTerms terms(final LinkKind kind, final byte[] key) {
        final int stream = nextStream;
        nextStream += 2;
        return new LinkTerms(kind, stream, stream + 1, key);
    }

    @Override
    public int doWork() {
        return node.doWork();
    }

    @Override
    public void close() {
        closed = true;
        node.close();
    }
}
