package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.config.Options;
import io.muster.config.Settings;
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
}
