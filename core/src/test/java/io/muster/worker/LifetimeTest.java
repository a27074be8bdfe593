package io.muster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.config.DurationText;
import io.muster.config.Options;
import io.muster.config.Settings;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LifetimeTest {
    private static final long START_NS = -5_000_000_000L;

    @ParameterizedTest
    @CsvSource({
        "1h, 0, 57m",
        "10m, 0, 570s",
        "400s, 0, 380s",
        "30s, 0, 15s",
        "24h, 0, 1435m",
        "1h, 10m, 50m",
        "6s, 3s, 3s",
        "6s, 5s, 3s",
        "1h, 1s, 3599s"
    })
    void aWorkerBeginsToLeaveSoMuchBeforeTheEnd(final String length, final String margin, final String leaves) {
        final Lifetime lifetime = lifetime(length, margin);

        assertThat(lifetime.leaveInNs(START_NS)).isEqualTo(ns(leaves));
        assertThat(lifetime.endInNs(START_NS)).isEqualTo(ns(length));
        assertThat(lifetime.leaveInNs(START_NS + ns(leaves) - 1)).isOne();
        assertThat(lifetime.leaveInNs(START_NS + ns(leaves) + 1)).isZero();
        assertThat(lifetime.endInNs(START_NS + ns(length) + 1)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1h, 0, 3598s", "6s, 3s, 4500ms", "6s, 1s, 5500ms"})
    void itIsGoneALittleBeforeTheEnd(final String length, final String margin, final String gone) {
        assertThat(lifetime(length, margin).goneInNs(START_NS)).isEqualTo(ns(gone));
    }

    @Test
    void withoutALengthItNeverEnds() {
        for (final Lifetime lifetime : new Lifetime[] {lifetime("0", "1m"), Lifetime.unlimited()}) {
            assertThat(lifetime.isLimited()).isFalse();
            assertThat(lifetime.leaveInNs(Long.MAX_VALUE)).isEqualTo(Lifetime.NEVER);
            assertThat(lifetime.endInNs(Long.MAX_VALUE)).isEqualTo(Lifetime.NEVER);
            assertThat(lifetime.goneInNs(Long.MAX_VALUE)).isEqualTo(Lifetime.NEVER);
        }
    }

    @Test
    void itCountsFromTheStartOfTheNanny() {
        final Settings settings = Settings.defaults()
                .with(Options.WORKER_LIFETIME, Duration.ofHours(10))
                .with(Options.PROCESS_STARTED_AFTER, Duration.ofHours(8));

        final long endInNs = Lifetime.of(settings).endInNs(System.nanoTime());

        assertThat(Duration.ofNanos(endInNs)).isBetween(Duration.ofMinutes(60), Duration.ofMinutes(120));
    }

    @Test
    void workersStartedTogetherDoNotLeaveTogether() {
        final Set<Duration> lengths = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            final Settings settings = Settings.defaults()
                    .withText("worker.lifetime", "1h")
                    .withText("worker.lifetime-stagger", "10m")
                    .with(Options.WORKER_NAME, "w-" + i);
            final Duration length =
                    Duration.ofNanos(Lifetime.of(settings, START_NS).endInNs(START_NS));
            assertThat(length).isBetween(Duration.ofMinutes(50), Duration.ofMinutes(70));
            assertThat(Lifetime.of(settings, START_NS).endInNs(START_NS)).isEqualTo(length.toNanos());
            lengths.add(length);
        }
        assertThat(lengths).hasSize(20).anyMatch(length -> length.compareTo(Duration.ofMinutes(57)) < 0);
    }

    @Test
    void eachProcessHasALifetimeOfItsOwnIfAnotherFollows() {
        final Settings settings = Settings.defaults()
                .with(Options.WORKER_LIFETIME, Duration.ofHours(10))
                .with(Options.WORKER_LIFETIME_RESTART, true)
                .with(Options.PROCESS_STARTED_AFTER, Duration.ofHours(9));

        assertThat(Duration.ofNanos(Lifetime.of(settings).endInNs(System.nanoTime())))
                .isBetween(Duration.ofHours(9), Duration.ofHours(10));
        assertThat(Lifetime.ofNanny(settings).isLimited()).isFalse();
        assertThat(Lifetime.ofNanny(settings.with(Options.WORKER_LIFETIME_RESTART, false))
                        .isLimited())
                .isTrue();
    }

    private static Lifetime lifetime(final String length, final String margin) {
        return Lifetime.of(
                Settings.defaults().withText("worker.lifetime", length).withText("worker.lifetime-margin", margin),
                START_NS);
    }

    private static long ns(final String text) {
        return DurationText.parse(text).toNanos();
    }
}
