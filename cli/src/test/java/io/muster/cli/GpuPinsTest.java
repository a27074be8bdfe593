package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.muster.config.ConfigurationException;
import io.muster.config.Options;
import io.muster.config.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GpuPinsTest {
    @Test
    void eachProcessGetsItsShareOfTheBatchSystemsList() {
        final GpuPins pins = pins(2, 2, Map.of("CUDA_VISIBLE_DEVICES", "3,1, GPU-8f6a,0"));

        assertThat(pins.environment(0)).containsExactly(entry("CUDA_VISIBLE_DEVICES", "3,1"));
        assertThat(pins.environment(1)).containsExactly(entry("CUDA_VISIBLE_DEVICES", "GPU-8f6a,0"));
    }

    @Test
    void everyListThatIsSetIsShared() {
        final GpuPins pins = pins(
                1,
                2,
                Map.of("CUDA_VISIBLE_DEVICES", "0,1", "ROCR_VISIBLE_DEVICES", "4,5", "ZE_AFFINITY_MASK", "0.0,0.1"));

        assertThat(pins.environment(1))
                .containsOnly(
                        entry("CUDA_VISIBLE_DEVICES", "1"),
                        entry("ROCR_VISIBLE_DEVICES", "5"),
                        entry("ZE_AFFINITY_MASK", "0.1"));
    }

    @Test
    void withoutAListDevicesAreTakenByNumber() {
        assertThat(pins(2, 3, Map.of()).environment(2)).containsExactly(entry("CUDA_VISIBLE_DEVICES", "4,5"));
    }

    @Test
    void withoutPinningNothingIsSet() {
        final GpuPins pins = pins(0, 3, Map.of("CUDA_VISIBLE_DEVICES", "0"));

        assertThat(pins.environment(2)).isEmpty();
        assertThat(pins.offering(Settings.defaults()).get(Options.WORKER_RESOURCES))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0,1,2", "", "NoDevFiles", "-1"})
    void aListThatIsTooShortIsAnErrorThatCountsThem(final String list) {
        assertThatThrownBy(() -> pins(2, 2, Map.of("ROCR_VISIBLE_DEVICES", list)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("ROCR_VISIBLE_DEVICES=" + list + " has devices=")
                .hasMessageContaining("must be >= 4 for processes=2 with worker.gpus-per-process=2");
    }

    @Test
    void theDevicesAreOfferedAsAResourceUnlessTheUserCountsThemDifferently() {
        final GpuPins pins = pins(2, 1, Map.of());

        assertThat(pins.offering(Settings.defaults()).get(Options.WORKER_RESOURCES))
                .containsExactly("gpu=2");
        assertThat(pins.offering(Settings.defaults().with(Options.WORKER_RESOURCES, List.of("gpu=8", "licence=1")))
                        .get(Options.WORKER_RESOURCES))
                .containsExactly("gpu=8", "licence=1");
    }

    private static GpuPins pins(final int perProcess, final int processes, final Map<String, String> environment) {
        return GpuPins.of(
                Settings.defaults().with(Options.WORKER_GPUS_PER_PROCESS, perProcess), environment, processes);
    }
}
