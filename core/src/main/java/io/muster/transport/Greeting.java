package io.muster.transport;

import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.HelloDecoder;
import io.muster.protocol.HelloEncoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RefusedEncoder;
import io.muster.protocol.Role;
import io.muster.security.Secret;

/** Writes and checks the first messages of a session. */
public final class Greeting {
    /** The longest first message that is read from a peer that has proved nothing. */
    public static final int MAX_HELLO_BYTES = 4096;

    /** The version of this protocol; peers of another version are refused. */
    public static final int PROTOCOL_VERSION = 1;

    private static final int PROOF_BYTES = 32;

    private Greeting() {}

    /** A hello that does not open the door; the text is for the peer. */
    public static final class RefusedException extends io.muster.MusterException {
        private static final long serialVersionUID = 1L;

        /**
         * Says why.
         *
         * @param message why, and what to do
         */
        public RefusedException(final String message) {
            super(message);
        }
    }

    /**
     * Adds a hello.
     *
     * @param out where to
     * @param hello what to say
     * @param clusterId which cluster is meant; empty: whichever answers
     * @param secret what is proved
     * @param fingerprint the certificate of the peer that it is proved to
     */
    public static void writeHello(
            final Outbox out,
            final PeerHello hello,
            final String clusterId,
            final Secret secret,
            final byte[] fingerprint) {
        final HelloEncoder encoder = new HelloEncoder();
        encoder.wrapAndApplyHeader(out.begin(MAX_HELLO_BYTES), 0, new MessageHeaderEncoder())
                .protocolVersion(PROTOCOL_VERSION)
                .javaLevel(hello.javaLevel())
                .role(hello.role())
                .linkKinds((short) hello.linkKinds());
        final byte[] proof = secret.proof(hello.role().value(), fingerprint);
        encoder.putProof(proof, 0, proof.length)
                .clusterId(clusterId)
                .hostId(hello.hostId())
                .userName(hello.userName());
        out.end(MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength());
    }

    /**
     * Adds a refusal.
     *
     * @param out where to
     * @param reason why, and what to do
     */
    public static void writeRefused(final Outbox out, final String reason) {
        final byte[] text = reason.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        final RefusedEncoder encoder = new RefusedEncoder();
        encoder.wrapAndApplyHeader(out.begin(text.length + 64), 0, new MessageHeaderEncoder())
                .putReason(text, 0, text.length);
        out.end(MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength());
    }

    /**
     * Checks a first message.
     *
     * @param templateId what it claims to be
     * @param message its bytes
     * @param clusterId this cluster
     * @param secret what has to be proved
     * @param fingerprint this side's certificate
     * @return what the peer said, once its proof holds
     * @throws RefusedException if it does not hold
     * @throws ProtocolException if it is not a hello
     */
    public static PeerHello check(
            final int templateId,
            final ArrayBuffer message,
            final String clusterId,
            final Secret secret,
            final byte[] fingerprint) {
        if (templateId != HelloDecoder.TEMPLATE_ID) {
            throw new ProtocolException(
                    "templateId=" + templateId + " must be " + HelloDecoder.TEMPLATE_ID + ", a hello");
        }
        final HelloDecoder decoder = new HelloDecoder();
        final MessageHeaderDecoder header = new MessageHeaderDecoder();
        decoder.wrapAndApplyHeader(message, 0, header);
        if (header.version() != HelloDecoder.SCHEMA_VERSION) {
            throw new RefusedException("your schemaVersion=" + header.version() + " must be "
                    + HelloDecoder.SCHEMA_VERSION
                    + ", the scheduler's; use the same release of Muster on both sides");
        }
        final int version = decoder.protocolVersion();
        if (version != PROTOCOL_VERSION) {
            throw new RefusedException("your protocolVersion=" + version + " must be " + PROTOCOL_VERSION
                    + ", the scheduler's; use the same release of Muster on both sides");
        }
        final int javaLevel = decoder.javaLevel();
        final Role role = decoder.role();
        final int linkKinds = decoder.linkKinds();
        final byte[] proof = new byte[PROOF_BYTES];
        final int proofLength = decoder.proofLength();
        if (proofLength != PROOF_BYTES) {
            throw new RefusedException("no proof of the secret: proofBytes=" + proofLength + " must be " + PROOF_BYTES
                    + "; connect with the cluster's scheduler file");
        }
        decoder.getProof(proof, 0, proof.length);
        if (role == Role.NULL_VAL || role == Role.SBE_UNKNOWN || !secret.proves(proof, role.value(), fingerprint)) {
            throw new RefusedException(
                    "the secret does not match this cluster's; the scheduler file is of another cluster or out of"
                            + " date");
        }
        final String meant = decoder.clusterId();
        if (!meant.isEmpty() && !clusterId.isEmpty() && !meant.equals(clusterId)) {
            throw new RefusedException(
                    "clusterId=" + meant + " must be " + clusterId + "; the scheduler file is out of date");
        }
        return new PeerHello(role, javaLevel, linkKinds, decoder.hostId(), decoder.userName());
    }
}
