package io.muster.transport;

import io.muster.MusterException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;

/** Which address of this host others are told. */
public final class HostAddress {
    private HostAddress() {}

    /**
     * Finds the address to listen on.
     *
     * @param host a name or address, or empty
     * @param interfaceName a network interface, or empty; counts if the host is empty
     * @param otherwise what to take if both are empty; empty: the address of this host's name
     * @return a literal address
     * @throws MusterException if the host is not known, or the interface is not here or has no address
     */
    public static String of(final String host, final String interfaceName, final String otherwise) {
        if (!host.isEmpty()) {
            return resolve(host);
        }
        if (!interfaceName.isEmpty()) {
            return ofInterface(interfaceName);
        }
        if (!otherwise.isEmpty()) {
            return otherwise;
        }
        try {
            return InetAddress.getLocalHost().getHostAddress();
        } catch (final UnknownHostException e) {
            return InetAddress.getLoopbackAddress().getHostAddress();
        }
    }

    private static String resolve(final String host) {
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (final UnknownHostException e) {
            throw new MusterException("host=" + host + " is not known here; give an address of this host", e);
        }
    }

    private static String ofInterface(final String name) {
        try {
            final NetworkInterface found = NetworkInterface.getByName(name);
            if (found == null) {
                throw new MusterException("interface=" + name + " is not on this host; it has " + names());
            }
            final List<InetAddress> addresses = Collections.list(found.getInetAddresses());
            return addresses.stream()
                    .filter(Inet4Address.class::isInstance)
                    .findFirst()
                    .or(() -> addresses.stream().findFirst())
                    .map(InetAddress::getHostAddress)
                    .orElseThrow(() -> new MusterException("interface=" + name + " has no address"));
        } catch (final SocketException e) {
            throw new MusterException("interface=" + name + " can't be read: " + e.getMessage(), e);
        }
    }

    private static String names() throws SocketException {
        return String.join(
                ", ",
                Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                        .map(NetworkInterface::getName)
                        .toList());
    }
}
