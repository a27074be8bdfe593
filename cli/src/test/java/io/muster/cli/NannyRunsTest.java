package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.muster.config.Options;
import io.muster.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NannyRunsTest {
    @Test
    void eachWorkerHasANameOfItsOwnAndTheThreadsThatAreAskedFor() {
        final Settings settings =
                Settings.defaults().with(Options.WORKER_NAME, "ada").with(Options.WORKER_THREADS, 3);

        final Settings second = new NannyRuns(settings, 2).settings(1);

        assertThat(second.get(Options.WORKER_NAME)).isEqualTo("ada-1");
        assertThat(second.get(Options.WORKER_THREADS)).isEqualTo(3);
    }

    @Test
    void workersWithoutNamesGetTheirOwnAndShareTheCoresButHaveOneAtLeast() {
        final Settings last = new NannyRuns(Settings.defaults(), 1_000_000).settings(999_999);

        assertThat(last.get(Options.WORKER_NAME)).isEmpty();
        assertThat(last.get(Options.WORKER_THREADS)).isEqualTo(1);
    }

    @Test
    void oneWorkerKeepsItsNameAndUsesAllCores() {
        final Settings only = new NannyRuns(Settings.defaults().with(Options.WORKER_NAME, "ada"), 1).settings(0);

        assertThat(only.get(Options.WORKER_NAME)).isEqualTo("ada");
        assertThat(only.get(Options.WORKER_THREADS))
                .isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void eachWorkerHasDevicesOfItsOwnAndTheJobOfAll() {
        final Settings settings = Settings.defaults()
                .with(Options.WORKER_GPUS_PER_PROCESS, 1)
                .with(Options.WORKER_JOB, "17_3")
                .with(Options.WORKER_JOB_TOKEN, "t-1");

        final NannyRuns runs = new NannyRuns(settings, 2, Map.of("CUDA_VISIBLE_DEVICES", "6,7"));

        assertThat(runs.environment(1)).containsExactly(entry("CUDA_VISIBLE_DEVICES", "7"));
        assertThat(runs.settings(1).get(Options.WORKER_RESOURCES)).containsExactly("gpu=1");
        assertThat(runs.settings(1).get(Options.WORKER_JOB)).isEqualTo("17_3");
        assertThat(runs.settings(1).get(Options.WORKER_JOB_TOKEN)).isEqualTo("t-1");
    }
}
