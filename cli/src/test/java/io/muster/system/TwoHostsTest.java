package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.security.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster across two hosts, which are network namespaces here: over UDP, without UDP, cut in two, and under attack. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class TwoHostsTest {
    @TempDir
    static Path directory;

    private static TwoHosts hosts;

    @BeforeAll
    static void start() throws IOException {
        final Path files = PrivateFiles.createPrivateDirectory(directory, "hosts-");
        Cable cable = null;
        try {
            cable = Cable.lay();
        } catch (final IOException e) {
            Assumptions.abort("two hosts are only tested where network namespaces can be made, by root and with ip: "
                    + e.getMessage());
        }
        hosts = TwoHosts.start(files, cable);
    }

    @AfterAll
    static void stop() throws IOException {
        if (hosts != null) {
            hosts.close();
        }
    }

    @Test
    @Order(1)
    void hostsAreJoinedByAeronOverUdpAndResultsPassBetweenThem() throws Exception {
        hosts.play("results");
    }

    @Test
    @Order(2)
    void forgedAndRepeatedDatagramsChangeNoResult() throws Exception {
        hosts.play("forgery");

        assertThat(hosts.log("scheduler")).contains("forged or was sent before", "got a forged datagram: length=");
    }

    @Test
    @Order(3)
    void aHostThatIsCutOffIsReplacedAndComesBackWithWhatItHolds() throws Exception {
        hosts.play("cut");

        assertThat(hosts.log("far")).contains("this worker's runs are void");
    }

    @Test
    @Order(4)
    void aWorkerWhoseUdpIsBlockedSaysThatItUsesTcp() throws Exception {
        hosts.play("blocked");

        assertThat(hosts.log("far")).contains("using TCP instead of AERON_UDP: it did not connect within 1000 ms");
    }
}
