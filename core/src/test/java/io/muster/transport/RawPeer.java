package io.muster.transport;

import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.GoodbyeDecoder;
import io.muster.protocol.HelloEncoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RefusedDecoder;
import io.muster.protocol.Role;
import io.muster.protocol.WelcomeDecoder;
import io.muster.security.Secret;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.ToIntFunction;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A peer that says whatever a test wants over a genuine TLS connection. */
public final class RawPeer implements AutoCloseable {
    private static final int TIMEOUT_MS = 20_000;
    private static final int LENGTH_BYTES = 4;
    private static final SSLContext TRUSTING = trusting();

    private final Socket plain;
    private final DataInputStream input;
    private final OutputStream output;

    private RawPeer(final Socket plain, final SSLSocket tls) throws IOException {
        this.plain = plain;
        this.input = new DataInputStream(tls.getInputStream());
        this.output = tls.getOutputStream();
    }

    /** Connects, up to the end of the TLS handshake, with whoever answers. */
    public static RawPeer connect(final InetSocketAddress address) throws IOException {
        final Socket plain = new Socket(address.getAddress(), address.getPort());
        plain.setSoTimeout(TIMEOUT_MS);
        final SSLSocket tls = (SSLSocket)
                TRUSTING.getSocketFactory().createSocket(plain, address.getHostString(), address.getPort(), true);
        tls.startHandshake();
        return new RawPeer(plain, tls);
    }

    /** A message that the encoder wrote, with its length before it. */
    public static byte[] framed(final ToIntFunction<ArrayBuffer> encoder) {
        final byte[] bytes = new byte[8192];
        final int length = encoder.applyAsInt(new ArrayBuffer(bytes));
        return framed(Arrays.copyOf(bytes, length));
    }

    /** A message with its length before it. */
    public static byte[] framed(final byte[] message) {
        return ByteBuffer.allocate(LENGTH_BYTES + message.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(message.length)
                .put(message)
                .array();
    }

    /** A valid hello, framed. */
    public static byte[] hello(final Role role, final Secret secret, final byte[] fingerprint, final String clusterId) {
        return hello(Greeting.PROTOCOL_VERSION, role, secret.proof(role.value(), fingerprint), clusterId);
    }

    /** A hello with a proof of the test's own, framed. */
    public static byte[] hello(final int version, final Role role, final byte[] proof, final String clusterId) {
        return framed(buffer -> {
            final HelloEncoder hello = new HelloEncoder();
            hello.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                    .protocolVersion(version)
                    .javaLevel(17)
                    .role(role)
                    .linkKinds((short) 0)
                    .putProof(proof, 0, proof.length)
                    .clusterId(clusterId)
                    .hostId("host")
                    .userName("user");
            return MessageHeaderEncoder.ENCODED_LENGTH + hello.encodedLength();
        });
    }

    /** Sends bytes as they are. */
    public RawPeer send(final byte[] bytes) throws IOException {
        output.write(bytes);
        output.flush();
        return this;
    }

    /** The next message that is not a ring; throws EOFException when the other side has closed. */
    public byte[] receive() throws IOException {
        int length = 0;
        while (length == 0) {
            length = Integer.reverseBytes(input.readInt());
        }
        final byte[] message = new byte[length];
        input.readFully(message);
        return message;
    }

    /** Skips messages up to the one of a template. */
    public ArrayBuffer receive(final int templateId) throws IOException {
        while (true) {
            final ArrayBuffer message = new ArrayBuffer(receive());
            if (message.getShort(2, ByteOrder.LITTLE_ENDIAN) == templateId) {
                return message;
            }
        }
    }

    /** Waits for the welcome. */
    public RawPeer welcomed() throws IOException {
        receive(WelcomeDecoder.TEMPLATE_ID);
        return this;
    }

    /** The text of the refusal that comes next. */
    public String refusal() throws IOException {
        return new RefusedDecoder()
                .wrapAndApplyHeader(receive(RefusedDecoder.TEMPLATE_ID), 0, new MessageHeaderDecoder())
                .reason();
    }

    /** The reason in the goodbye that comes next. */
    public String goodbye() throws IOException {
        final GoodbyeDecoder goodbye = new GoodbyeDecoder();
        goodbye.wrapAndApplyHeader(receive(GoodbyeDecoder.TEMPLATE_ID), 0, new MessageHeaderDecoder());
        return goodbye.reason();
    }

    /** Whether the other side ends the connection without another message. */
    public boolean isDropped() throws IOException {
        try {
            receive();
            return false;
        } catch (final EOFException | SocketException e) {
            return true;
        }
    }

    /** Leaves without a word. */
    @Override
    public void close() throws IOException {
        plain.close();
    }

    private static SSLContext trusting() {
        try {
            final SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, new TrustManager[] {new TrustAll()}, null);
            return context;
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An attacker does not mind whom it attacks. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type) {}

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final Socket socket) {}

        @Override
        public void checkClientTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine) {}

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type) {}

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final Socket socket) {}

        @Override
        public void checkServerTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
