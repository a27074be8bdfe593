package io.muster.transport.aeron;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;

/**
 * Sizes for UDP that suit this machine.
 *
 * @param mtu of a datagram's payload in bytes
 * @param receiveBuffer what the operating system grants a socket, in bytes
 * @param window how many bytes one sender may have under way
 */
record UdpSettings(int mtu, int receiveBuffer, int window) {
    private static final int ETHERNET_MTU = 1408;
    private static final int JUMBO_MTU = 8192;
    private static final int IP_AND_UDP_HEADERS = 48;
    private static final int WANTED_RECEIVE_BUFFER = 4 << 20;
    private static final int WANTED_WINDOW = 128 << 10;

    /*
     * Systems cap a socket's buffer without a word (208 KiB is the usual cap). A window above what was granted makes
     * senders overrun the socket, so that every burst is lost and sent again; half of it leaves room for a second
     * sender.
     */
    static UdpSettings of(final String bindHost) {
        final int granted = granted(StandardSocketOptions.SO_RCVBUF, WANTED_RECEIVE_BUFFER);
        final int mtu = granted < 4 * JUMBO_MTU ? ETHERNET_MTU : mtuOf(bindHost);
        return new UdpSettings(mtu, granted, Math.min(WANTED_WINDOW, granted / 2));
    }

    private static int granted(final SocketOption<Integer> option, final int wanted) {
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.setOption(option, wanted);
            return Math.min(wanted, probe.getOption(option));
        } catch (final IOException e) {
            return WANTED_WINDOW;
        }
    }

    private static int mtuOf(final String bindHost) {
        try {
            final InetAddress address = InetAddress.getByName(bindHost);
            final NetworkInterface device = NetworkInterface.getByInetAddress(address);
            return device != null && device.getMTU() >= JUMBO_MTU + IP_AND_UDP_HEADERS ? JUMBO_MTU : ETHERNET_MTU;
        } catch (final IOException e) {
            return ETHERNET_MTU;
        }
    }
}
