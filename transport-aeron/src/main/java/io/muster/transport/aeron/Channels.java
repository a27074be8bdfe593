package io.muster.transport.aeron;

import io.muster.MusterException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/** The Aeron channels that links use. */
final class Channels {
    static final String IPC = "aeron:ipc";

    private static final Pattern ENDPOINT = Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[0-9A-Za-z.\\-]+):([1-9][0-9]{0,4})");
    private static final int MAX_PORT = 65535;
    private static final byte[] LABEL = "muster aeron sessions 1".getBytes(StandardCharsets.US_ASCII);

    private Channels() {}

    /** A socket on a free port of this host. */
    static String anyPort(final String bindHost, final int sessionId) {
        final boolean bareIpv6 = bindHost.indexOf(':') >= 0 && !bindHost.startsWith("[");
        return "aeron:udp?endpoint=" + (bareIpv6 ? '[' + bindHost + ']' : bindHost) + ":0|session-id=" + sessionId;
    }

    /**
     * Where a peer listens.
     *
     * @throws MusterException if the endpoint is not {@code host:port}
     */
    static String towards(final String endpoint, final int sessionId) {
        final var matcher = ENDPOINT.matcher(endpoint);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > MAX_PORT) {
            throw new MusterException(
                    "linkAddress=" + endpoint + " must be host:port; the peer speaks another version");
        }
        return "aeron:udp?endpoint=" + endpoint + "|session-id=" + sessionId;
    }

    /*
     * Aeron numbers the sender of a stream with a session id. Deriving it from the key lets both ends know it
     * beforehand, so that a receiver makes room for this one sender only, and no one who does not see the traffic can
     * guess it.
     */
    static int sessionToScheduler(final byte[] key) {
        return sessions(key).getInt(0);
    }

    static int sessionFromScheduler(final byte[] key) {
        return sessions(key).getInt(Integer.BYTES);
    }

    private static ByteBuffer sessions(final byte[] key) {
        try {
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(LABEL);
            return ByteBuffer.wrap(digest.digest(key));
        } catch (final NoSuchAlgorithmException e) {
            throw new MusterException("SHA-256 is not available in this JVM", e);
        }
    }
}
