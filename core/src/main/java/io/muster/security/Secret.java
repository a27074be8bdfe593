package io.muster.security;

import io.muster.MusterException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The 256-bit secret that every member of one cluster knows.
 *
 * <p>It never leaves its holder: a peer shows that it knows the secret by a {@linkplain #proof proof} that is sent
 * inside TLS and is good for one role and one certificate only. Neither {@link #toString()} nor any exception shows
 * the value.
 */
public final class Secret {
    /** The length of a secret in bytes: {@value}. */
    public static final int LENGTH = 32;

    private static final byte[] PROOF_LABEL = "muster hello 1".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes;

    private Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A fresh secret from the system's random source.
     *
     * @return the secret
     */
    public static Secret random() {
        byte[] bytes = new byte[LENGTH];
        new SecureRandom().nextBytes(bytes);
        return new Secret(bytes);
    }

    /**
     * The secret with the given hexadecimal form.
     *
     * @param hex 64 hexadecimal digits
     * @return the secret
     * @throws MusterException if the text is anything else; the message does not show it
     */
    public static Secret fromHex(String hex) {
        if (hex.length() != 2 * LENGTH) {
            throw new MusterException("secret: length=" + hex.length() + ", required are 64 hexadecimal digits");
        }
        for (int i = 0; i < hex.length(); i++) {
            if (!HexFormat.isHexDigit(hex.charAt(i))) {
                throw new MusterException("secret: the character at index=" + i
                        + " is not a hexadecimal digit, required are 64 hexadecimal digits");
            }
        }
        return new Secret(HexFormat.of().parseHex(hex));
    }

    /**
     * The secret in a file that holds its hexadecimal form, with an optional newline at the end.
     *
     * @param file a regular file of this user that nobody else may access
     * @return the secret
     * @throws PrivateFileException if the file is missing, unsafe, or holds anything else
     */
    public static Secret read(Path file) {
        String text = new String(PrivateFiles.read(file, "secret file"), StandardCharsets.ISO_8859_1);
        try {
            return fromHex(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
        } catch (MusterException e) {
            PrivateFileException.Reason reason = text.length() < 2 * LENGTH
                    ? PrivateFileException.Reason.INCOMPLETE
                    : PrivateFileException.Reason.REFUSED;
            throw new PrivateFileException(reason, "secret file=" + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The hexadecimal form, for a file that nobody else may read.
     *
     * @return 64 lower-case hexadecimal digits
     */
    public String toHex() {
        return HexFormat.of().formatHex(bytes);
    }

    /**
     * Proof that the sender of a hello knows this secret: HMAC-SHA256 over a label, the role and the certificate.
     *
     * @param roleCode the sender's role as on the wire, 0 to 255
     * @param certificateFingerprint SHA-256 of the certificate that the server of this very connection has shown
     * @return 32 bytes
     * @throws IllegalArgumentException if the role or the fingerprint's length is out of range
     */
    public byte[] proof(int roleCode, byte[] certificateFingerprint) {
        if (roleCode < 0 || roleCode > 255) {
            throw new IllegalArgumentException("roleCode=" + roleCode + " must be in 0..255");
        }
        Identity.checkFingerprint(certificateFingerprint);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes, "HmacSHA256"));
            mac.update(PROOF_LABEL);
            mac.update((byte) roleCode);
            return mac.doFinal(certificateFingerprint);
        } catch (GeneralSecurityException e) {
            throw new MusterException("HMAC-SHA256 is not available in this JVM", e);
        }
    }

    /**
     * Whether a proof was made with this secret for this role and certificate; takes the same time for every wrong one.
     *
     * @param proof what the peer sent, of any length
     * @param roleCode the role that the peer claims, 0 to 255
     * @param certificateFingerprint SHA-256 of the server's certificate on this connection
     * @return true if it holds
     * @throws IllegalArgumentException if the role or the fingerprint's length is out of range
     */
    public boolean proves(byte[] proof, int roleCode, byte[] certificateFingerprint) {
        return MessageDigest.isEqual(proof(roleCode, certificateFingerprint), proof);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "Secret[hidden]";
    }
}
