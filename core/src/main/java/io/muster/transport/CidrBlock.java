package io.muster.transport;

import io.muster.MusterException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of addresses, such as {@code 10.77.0.0/16}.
 *
 * @param network an address in it
 * @param prefixBits how many leading bits all of its addresses share
 */
record CidrBlock(InetAddress network, int prefixBits) {
    private static final Pattern TEXT = Pattern.compile("([0-9.]{7,15}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)/([0-9]{1,3})");

    /**
     * Reads a block.
     *
     * @throws MusterException if the text is none
     */
    static CidrBlock parse(final String text) {
        final Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw invalid(text);
        }
        try {
            final InetAddress network = InetAddress.getByName(matcher.group(1));
            final int prefixBits = Integer.parseInt(matcher.group(2));
            if (prefixBits > network.getAddress().length * Byte.SIZE) {
                throw invalid(text);
            }
            return new CidrBlock(network, prefixBits);
        } catch (final UnknownHostException e) {
            throw invalid(text);
        }
    }

    boolean contains(final InetAddress address) {
        final byte[] own = network.getAddress();
        final byte[] other = address.getAddress();
        if (own.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < prefixBits; bit++) {
            final int mask = 0x80 >> bit % Byte.SIZE;
            if (((own[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static MusterException invalid(final String text) {
        return new MusterException("block=" + text + " must be a block of addresses such as 10.77.0.0/16 or fd00::/8");
    }
}
