package io.muster.system;

import io.aeron.driver.Configuration;
import io.aeron.driver.ext.DebugChannelEndpointConfiguration;
import io.aeron.driver.ext.DebugReceiveChannelEndpointSupplier;
import io.aeron.driver.ext.DebugSendChannelEndpointSupplier;
import io.muster.security.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A cluster across two hosts whose media drivers lose datagrams at random, of data as well as of what the drivers tell each other. {@code
 * -Dmuster.chaos.seed} repeats which ones.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class LossyLinksTest {
    @TempDir
    Path directory;

    private final long seed = Long.getLong("muster.chaos.seed", System.nanoTime() & 0xFFFF_FFFFL);

    @Test
    void aTenthOfAllDatagramsIsLostAndResultsAreRight() throws Exception {
        lose(0.1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.01})
    @Tag("long")
    void someDatagramsAreLostAndResultsAreRight(final double rate) throws Exception {
        lose(rate);
    }

    private void lose(final double rate) throws Exception {
        final String[] flags = {
            "-D" + Configuration.RECEIVE_CHANNEL_ENDPOINT_SUPPLIER_PROP_NAME + "="
                    + DebugReceiveChannelEndpointSupplier.class.getName(),
            "-D" + Configuration.SEND_CHANNEL_ENDPOINT_SUPPLIER_PROP_NAME + "="
                    + DebugSendChannelEndpointSupplier.class.getName(),
            "-D" + DebugChannelEndpointConfiguration.RECEIVE_DATA_LOSS_RATE_PROP_NAME + "=" + rate,
            "-D" + TwoHostsScenes.LOSS_SEED + "=" + seed,
            "-D" + DebugChannelEndpointConfiguration.SEND_CONTROL_LOSS_RATE_PROP_NAME + "=" + rate,
            "-D" + DebugChannelEndpointConfiguration.SEND_CONTROL_LOSS_SEED_PROP_NAME + "=" + (seed + 1)
        };
        System.out.println("-Dmuster.chaos.seed=" + seed);
        final Path files = PrivateFiles.createPrivateDirectory(directory, "hosts-");
        try (TwoHosts hosts = TwoHosts.start(files, lay(), flags)) {
            hosts.play("loss");
        }
    }

    private static Cable lay() {
        try {
            return Cable.lay();
        } catch (final IOException e) {
            return Assumptions.abort(
                    "two hosts are only tested where network namespaces can be made, by root and with ip: "
                            + e.getMessage());
        }
    }
}
