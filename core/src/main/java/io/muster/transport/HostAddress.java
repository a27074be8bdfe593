package io.muster.transport;

import io.muster.MusterException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which addresses of this host others are told. */
public final class HostAddress {
    private HostAddress() {}

    /**
     * Finds the one address to listen on.
     *
     * @param host a name or address, or empty
     * @param interfaces what to take it from, the first that fits: names of interfaces, addresses or names of this host, blocks such as
     *     {@code 10.77.0.0/16}, separated by commas; or empty; counts if the host is empty
     * @param otherwise what to take if both are empty; empty: the best that {@link #advertised} knows
     * @return a literal address
     * @throws MusterException if the host is not known, or nothing of this host fits
     */
    public static String of(final String host, final String interfaces, final String otherwise) {
        return host.isEmpty() && interfaces.isBlank() && !otherwise.isEmpty()
                ? otherwise
                : advertised(host, interfaces).get(0);
    }

    /**
     * Finds all addresses by which others may reach this host.
     *
     * @param host as in {@link #of}
     * @param interfaces as in {@link #of}
     * @return literal addresses, not empty: the one that is asked for; if none is, that of the host's name, then what else it has that is
     *     not only for itself, IPv4 first, bridges to containers last
     * @throws MusterException if the host is not known, or nothing of this host fits
     */
    public static List<String> advertised(final String host, final String interfaces) {
        if (!host.isEmpty()) {
            return List.of(resolve(host));
        }
        final LocalNetworks networks = LocalNetworks.current();
        if (!interfaces.isBlank()) {
            return List.of(text(networks.choose(interfaces)));
        }
        return networks.advertised(ofHostName()).stream().map(HostAddress::text).toList();
    }

    /**
     * The address of this host from which the first of several others is reached to which there is a route; nothing is sent.
     *
     * @param targets the others
     * @return a literal address; empty if there is no route to any
     */
    public static String towards(final List<InetSocketAddress> targets) {
        return targets.stream()
                .map(HostAddress::sourceFor)
                .filter(source -> !source.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** The address from which another is reached; empty if there is no route. */
    static String sourceFor(final InetSocketAddress target) {
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.connect(
                    target.isUnresolved() ? new InetSocketAddress(target.getHostString(), target.getPort()) : target);
            return text(((InetSocketAddress) probe.getLocalAddress()).getAddress());
        } catch (final IOException | RuntimeException e) {
            return "";
        }
    }

    /** An address as others can use it: the number of an interface counts only where the address means nothing without. */
    static String text(final InetAddress address) {
        final String text = address.getHostAddress();
        final int scope = text.indexOf('%');
        return scope < 0 || address.isLinkLocalAddress() ? text : text.substring(0, scope);
    }

    private static String resolve(final String host) {
        try {
            return text(InetAddress.getByName(host));
        } catch (final UnknownHostException e) {
            throw new MusterException("host=" + host + " is not known here; give an address of this host", e);
        }
    }

    private static @Nullable InetAddress ofHostName() {
        try {
            return InetAddress.getLocalHost();
        } catch (final UnknownHostException e) {
            return null;
        }
    }
}
