package io.muster.transport;

import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.LinkKind;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.WelcomeDecoder;
import io.muster.protocol.WelcomeEncoder;
import java.nio.charset.StandardCharsets;

/**
 * What the scheduler grants a peer whose proof holds.
 *
 * @param sessionId the session's identity, never used again
 * @param epoch the scheduler's own identity
 * @param peerNumber the client or worker number, never used again
 * @param leaseNs how long the scheduler waits for a sign of life
 * @param fenceNs how long a worker works without one from the scheduler
 * @param heartbeatNs how often each side gives one
 * @param linkKind what is offered to carry the messages
 * @param streamToScheduler of the offered link
 * @param streamFromScheduler of the offered link
 * @param linkAddress of the offered link
 * @param linkKey of the offered link
 */
public record Welcome(
        long sessionId,
        long epoch,
        int peerNumber,
        long leaseNs,
        long fenceNs,
        long heartbeatNs,
        LinkKind linkKind,
        int streamToScheduler,
        int streamFromScheduler,
        String linkAddress,
        byte[] linkKey) {

    /**
     * Adds it as a message.
     *
     * @param out where to
     */
    public void write(final Outbox out) {
        final byte[] address = linkAddress.getBytes(StandardCharsets.UTF_8);
        final WelcomeEncoder encoder = new WelcomeEncoder();
        encoder.wrapAndApplyHeader(out.begin(256 + address.length + linkKey.length), 0, new MessageHeaderEncoder())
                .sessionId(sessionId)
                .epoch(epoch)
                .peerNumber(peerNumber)
                .leaseNs(leaseNs)
                .fenceNs(fenceNs)
                .heartbeatNs(heartbeatNs)
                .linkKind(linkKind)
                .streamToScheduler(streamToScheduler)
                .streamFromScheduler(streamFromScheduler)
                .putLinkAddress(address, 0, address.length)
                .putLinkKey(linkKey, 0, linkKey.length);
        out.end(MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength());
    }

    /**
     * Reads the message.
     *
     * @param message its bytes
     * @return the welcome
     */
    static Welcome decode(final ArrayBuffer message) {
        final WelcomeDecoder decoder = new WelcomeDecoder();
        decoder.wrapAndApplyHeader(message, 0, new MessageHeaderDecoder());
        final long sessionId = decoder.sessionId();
        final long epoch = decoder.epoch();
        final int peerNumber = decoder.peerNumber();
        final long leaseNs = decoder.leaseNs();
        final long fenceNs = decoder.fenceNs();
        final long heartbeatNs = decoder.heartbeatNs();
        final LinkKind kind = decoder.linkKind();
        final int streamToScheduler = decoder.streamToScheduler();
        final int streamFromScheduler = decoder.streamFromScheduler();
        final String address = decoder.linkAddress();
        final byte[] key = new byte[decoder.linkKeyLength()];
        decoder.getLinkKey(key, 0, key.length);
        return new Welcome(
                sessionId,
                epoch,
                peerNumber,
                leaseNs,
                fenceNs,
                heartbeatNs,
                kind,
                streamToScheduler,
                streamFromScheduler,
                address,
                key);
    }
}
