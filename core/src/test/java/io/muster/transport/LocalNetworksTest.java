package io.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MusterException;
import io.muster.transport.LocalNetworks.Device;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of a login node's many addresses is meant, and which others are told. */
class LocalNetworksTest {
    private static final LocalNetworks LOGIN_NODE = new LocalNetworks(List.of(
            device("lo", "127.0.0.1", "::1"),
            device("docker0", "172.17.0.1"),
            device("eth0", "fe80::1", "2001:db8::7", "10.77.0.5"),
            device("ib0", "192.168.50.5", "fe80::2")));

    @ParameterizedTest
    @CsvSource({
        "ib0, 192.168.50.5",
        "eth0, 10.77.0.5",
        "10.77.0.5, 10.77.0.5",
        "10.77.0.0/16, 10.77.0.5",
        "10.77.0.4/31, 10.77.0.5",
        "192.168.0.0/16, 192.168.50.5",
        "0.0.0.0/0, 127.0.0.1",
        "2001:db8::/32, 2001:db8:0:0:0:0:0:7",
        "fe80::/10, fe80:0:0:0:0:0:0:1",
        "'eth7,10.99.0.0/16, ib0 ,eth0', 192.168.50.5",
        "localhost, 127.0.0.1"
    })
    void theFirstEntryThatFitsDecides(final String wishes, final String address) {
        assertThat(HostAddress.text(LOGIN_NODE.choose(wishes))).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth7", "10.78.0.0/16", "10.77.0.0/32", "::/128", "8.8.8.8", "no-such-host.invalid", ","})
    void whatFitsNothingIsAnErrorThatSaysWhatThisHostHas(final String wishes) {
        assertThatThrownBy(() -> LOGIN_NODE.choose(wishes))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("interface=" + wishes + " fits no address of this host")
                .hasMessageContaining("docker0 172.17.0.1, eth0 fe80:0:0:0:0:0:0:1 2001:db8:0:0:0:0:0:7 10.77.0.5")
                .hasMessageContaining("ib0 192.168.50.5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/", "/8", "10.0.0/8/8", "fe80::/129", "ib0/8", "10.0.0.999/8"})
    void aBlockThatIsNoneIsAnErrorThatShowsOne(final String block) {
        assertThatThrownBy(() -> LOGIN_NODE.choose("ib7," + block))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("block=" + block)
                .hasMessageContaining("10.77.0.0/16");
    }

    @Test
    void othersAreToldTheHostNamesAddressThenTheRestAndBridgesLast() {
        assertThat(advertised("192.168.50.5"))
                .containsExactly("192.168.50.5", "10.77.0.5", "2001:db8:0:0:0:0:0:7", "172.17.0.1");
    }

    @Test
    void aHostNameThatMeansLoopbackIsTheLastResort() {
        assertThat(advertised("127.0.1.1"))
                .containsExactly("10.77.0.5", "192.168.50.5", "2001:db8:0:0:0:0:0:7", "172.17.0.1", "127.0.1.1");
        assertThat(new LocalNetworks(List.of(device("lo", "127.0.0.1"))).advertised(null))
                .singleElement()
                .matches(InetAddress::isLoopbackAddress);
    }

    @Test
    void thisHostHasAnAddressAndARouteToItself() {
        assertThat(HostAddress.advertised("", "")).isNotEmpty().noneMatch(each -> each.contains("%"));
        assertThat(HostAddress.of("", "", "192.0.2.9")).isEqualTo("192.0.2.9");
        assertThat(HostAddress.of("127.0.0.1", "eth7", "192.0.2.9")).isEqualTo("127.0.0.1");
        assertThat(HostAddress.of("", "127.0.0.0/8", "192.0.2.9")).isEqualTo("127.0.0.1");
        assertThat(HostAddress.towards(List.of(
                        InetSocketAddress.createUnresolved("no-such-host.invalid", 1),
                        InetSocketAddress.createUnresolved("127.0.0.1", 1))))
                .isEqualTo("127.0.0.1");
        assertThat(HostAddress.towards(List.of())).isEmpty();
    }

    private static List<String> advertised(final String hostName) {
        return LOGIN_NODE.advertised(address(hostName)).stream()
                .map(HostAddress::text)
                .toList();
    }

    private static Device device(final String name, final String... addresses) {
        return new Device(
                name, Arrays.stream(addresses).map(LocalNetworksTest::address).toList());
    }

    private static InetAddress address(final String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (final UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
