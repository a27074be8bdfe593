package io.muster.transport;

import io.muster.MusterException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The networks that this host is on.
 *
 * @param devices its interfaces that are up, by their number
 */
record LocalNetworks(List<Device> devices) {
    private static final Pattern BRIDGES =
            Pattern.compile("(docker|br-|virbr|veth|podman|cni|flannel|cali|lxcbr|lxdbr).*");
    private static final Comparator<InetAddress> BEST_FIRST = Comparator.comparing(
                    (InetAddress address) -> !(address instanceof Inet4Address))
            .thenComparing(InetAddress::isLinkLocalAddress);

    /** Copies the list. */
    LocalNetworks {
        devices = List.copyOf(devices);
    }

    /**
     * An interface.
     *
     * @param name as the system calls it
     * @param addresses of this host on it
     */
    record Device(String name, List<InetAddress> addresses) {
        Device {
            addresses = List.copyOf(addresses);
        }

        boolean isBridge() {
            return BRIDGES.matcher(name).matches();
        }
    }

    /** What this host has now. */
    static LocalNetworks current() {
        try {
            final List<Device> devices = new ArrayList<>();
            final List<NetworkInterface> found = Collections.list(NetworkInterface.getNetworkInterfaces());
            found.sort(Comparator.comparingInt(NetworkInterface::getIndex));
            for (final NetworkInterface each : found) {
                if (each.isUp()) {
                    devices.add(new Device(each.getName(), Collections.list(each.getInetAddresses())));
                }
            }
            return new LocalNetworks(devices);
        } catch (final SocketException e) {
            throw new MusterException("the network interfaces of this host can't be read: " + e.getMessage(), e);
        }
    }

    /**
     * The address that the first fitting entry of a list means: the name or an address of an interface, a host name, or a block.
     *
     * @throws MusterException if none fits
     */
    InetAddress choose(final String wishes) {
        return Arrays.stream(wishes.split(","))
                .map(String::strip)
                .filter(wish -> !wish.isEmpty())
                .flatMap(wish -> matching(wish).stream())
                .findFirst()
                .orElseThrow(() -> new MusterException("interface=" + wishes
                        + " fits no address of this host; it has " + this
                        + "; give the name or an address of one of these, or a block such as 10.77.0.0/16"));
    }

    /** What others may reach this host by, the best first: never empty. */
    List<InetAddress> advertised(final @Nullable InetAddress hostName) {
        final Set<InetAddress> found = new LinkedHashSet<>();
        if (hostName != null && !hostName.isLoopbackAddress()) {
            found.add(hostName);
        }
        reachable(false).filter(Inet4Address.class::isInstance).forEach(found::add);
        reachable(false).filter(Inet6Address.class::isInstance).forEach(found::add);
        reachable(true).forEach(found::add);
        if (hostName != null && hostName.isLoopbackAddress() || found.isEmpty()) {
            found.add(hostName == null ? InetAddress.getLoopbackAddress() : hostName);
        }
        return List.copyOf(found);
    }

    /** The interface that has an address, for people; empty if none has. */
    String deviceOf(final InetAddress address) {
        return devices.stream()
                .filter(device -> device.addresses().contains(address))
                .map(Device::name)
                .findFirst()
                .orElse("");
    }

    private Optional<InetAddress> matching(final String wish) {
        if (wish.contains("/")) {
            final CidrBlock block = CidrBlock.parse(wish);
            return addresses().filter(block::contains).findFirst();
        }
        for (final Device device : devices) {
            if (device.name().equals(wish)) {
                return device.addresses().stream().min(BEST_FIRST);
            }
        }
        try {
            final Set<InetAddress> meant = Set.of(InetAddress.getByName(wish));
            return addresses().filter(meant::contains).findFirst();
        } catch (final UnknownHostException e) {
            return Optional.empty();
        }
    }

    private Stream<InetAddress> addresses() {
        return devices.stream().flatMap(device -> device.addresses().stream());
    }

    private Stream<InetAddress> reachable(final boolean bridges) {
        return devices.stream()
                .filter(device -> device.isBridge() == bridges)
                .flatMap(device -> device.addresses().stream())
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress());
    }

    /** For messages: each interface with its addresses. */
    @Override
    public String toString() {
        return devices.stream()
                .map(device -> device.name()
                        + device.addresses().stream().map(HostAddress::text).collect(Collectors.joining(" ", " ", "")))
                .collect(Collectors.joining(", "));
    }
}
