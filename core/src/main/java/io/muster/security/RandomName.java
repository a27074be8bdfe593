package io.muster.security;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Names that nobody else has, and nobody guesses. */
public final class RandomName {
    private RandomName() {}

    /**
     * A new one.
     *
     * @param bytes how long, in bytes
     * @return two hexadecimal digits for each byte
     */
    public static String hex(final int bytes) {
        final byte[] random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
