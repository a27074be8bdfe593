package io.muster.security;

import io.muster.MusterException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;

/**
 * A server's key and the self-signed certificate that clients pin by its SHA-256 fingerprint.
 *
 * <p>The key lives in memory only. Contexts from here speak TLS 1.3 and nothing else, make {@code SSLEngine}s only,
 * and their engines already have the right mode: server from {@link #serverContext()}, client from {@link
 * #pinning(byte[])}.
 */
public final class Identity {
    /** The length of a fingerprint in bytes: {@value}. */
    public static final int FINGERPRINT_LENGTH = 32;

    private final X509Certificate certificate;
    private final byte[] fingerprint;
    private final SSLContext serverContext;

    private Identity(KeyPair keys, X509Certificate certificate) throws GeneralSecurityException {
        this.certificate = certificate;
        this.fingerprint = fingerprint(certificate);
        this.serverContext = Tls13Context.server(new SingleKeyManager(keys.getPrivate(), certificate));
    }

    /**
     * Makes a fresh P-256 key and a certificate for it that is valid for ten years.
     *
     * @return the identity
     * @throws MusterException if this JVM lacks elliptic curves or TLS 1.3
     */
    public static Identity create() {
        try {
            SecureRandom random = new SecureRandom();
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair keys = generator.generateKeyPair();
            return new Identity(keys, SelfSignedCertificate.create(keys, Instant.now(), random));
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    /**
     * A client's context that trusts exactly the scheduler's certificate, whatever host it is found on.
     *
     * @param fingerprint SHA-256 of the encoded certificate, from the scheduler file
     * @return the context; a handshake with any other certificate fails with a message that says so
     * @throws IllegalArgumentException if the fingerprint does not have {@value #FINGERPRINT_LENGTH} bytes
     */
    public static SSLContext pinning(byte[] fingerprint) {
        String expected = HexFormat.of().formatHex(fingerprint);
        return pinning(
                fingerprint,
                "the scheduler's certificate is not the one in the scheduler file: fingerprint=" + expected
                        + "; the file may be stale");
    }

    /**
     * A client's context that trusts exactly one certificate of any server.
     *
     * @param fingerprint SHA-256 of the encoded certificate
     * @param mismatch the message for a server that shows another one; what was shown is appended
     * @return the context
     * @throws IllegalArgumentException if the fingerprint does not have {@value #FINGERPRINT_LENGTH} bytes
     */
    public static SSLContext pinning(byte[] fingerprint, String mismatch) {
        checkFingerprint(fingerprint);
        try {
            return Tls13Context.client(new PinningTrustManager(fingerprint.clone(), mismatch));
        } catch (GeneralSecurityException e) {
            throw unavailable(e);
        }
    }

    /**
     * What clients pin: SHA-256 of the encoded certificate.
     *
     * @return {@value #FINGERPRINT_LENGTH} bytes, a copy
     */
    public byte[] fingerprint() {
        return fingerprint.clone();
    }

    /**
     * The context for the server's side of connections.
     *
     * @return the same context each time
     */
    public SSLContext serverContext() {
        return serverContext;
    }

    /** The text form: the fingerprint in hexadecimal digits. */
    @Override
    public String toString() {
        return "Identity[" + HexFormat.of().formatHex(fingerprint) + "]";
    }

    X509Certificate certificate() {
        return certificate;
    }

    static byte[] fingerprint(X509Certificate certificate) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    }

    static void checkFingerprint(byte[] fingerprint) {
        if (fingerprint.length != FINGERPRINT_LENGTH) {
            throw new IllegalArgumentException(
                    "fingerprint.length=" + fingerprint.length + " must be " + FINGERPRINT_LENGTH);
        }
    }

    private static MusterException unavailable(GeneralSecurityException e) {
        return new MusterException(
                "this JVM can't do TLS 1.3 with P-256 certificates: " + e.getMessage()
                        + "; use a JDK with the modules java.base and jdk.crypto.ec",
                e);
    }
}
