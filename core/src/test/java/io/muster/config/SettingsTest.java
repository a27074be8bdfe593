package io.muster.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MemorySize;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
    @Test
    void theDefaultsObeyEveryRule() {
        final Settings defaults = Settings.defaults().check();

        for (final Option<?> option : Options.all()) {
            assertDefaultSurvivesItsTextForm(option);
            assertThat(defaults.origin(option)).isEqualTo("the defaults");
        }
        assertThat(defaults.toArguments()).isEmpty();
    }

    @Test
    void aFenceThatIsNotShorterThanTheLeaseIsRefused() {
        final Settings settings = Settings.defaults().withText("worker.fence", "20 s");

        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("worker.fence=20s must be < scheduler.lease=15s; ")
                .hasMessageContaining("set by the command line and the defaults");
    }

    @Test
    void allBrokenRulesAreNamedAtOnce() {
        final Settings settings = Settings.defaults()
                .with(Options.WORKER_FENCE, Duration.ofSeconds(15))
                .with(Options.SESSION_HEARTBEAT, Duration.ofSeconds(6));

        assertThatThrownBy(settings::check)
                .hasMessageContaining("worker.fence=15s must be < scheduler.lease=15s")
                .hasMessageContaining("session.heartbeat=6s must be <= a third of worker.fence=15s");
    }

    @Test
    void aHeartbeatOfExactlyAThirdOfTheFenceIsTaken() {
        Settings.defaults()
                .with(Options.SESSION_HEARTBEAT, Duration.ofSeconds(4))
                .check();
    }

    @Test
    void aChildProcessReadsBackWhatWasSetAndNothingElse() {
        final Settings parent = Settings.defaults()
                .with(Options.WORKER_RESOURCES, List.of("gpu=2", "licence=1"))
                .with(Options.LOOP_SPIN, Duration.ZERO)
                .with(Options.TRANSPORT, TransportChoice.TCP)
                .with(Options.WORKER_INLINE_RESULT, new MemorySize(1500))
                .with(Options.PROCESS_LAST_DEATH, "exit=137 signal=9 (a = b)")
                .with(Options.WORKER_THREADS, 0);

        final List<String> arguments = parent.toArguments();
        final Settings child = Settings.fromArguments(arguments);

        assertThat(arguments)
                .containsExactly(
                        "worker.threads=0",
                        "worker.resources=gpu=2,licence=1",
                        "worker.inline-result=1500B",
                        "transport=tcp",
                        "loop.spin=0",
                        "process.last-death=exit=137 signal=9 (a = b)");
        assertThat(child.toArguments()).isEqualTo(arguments);
        assertThat(child.get(Options.WORKER_RESOURCES)).containsExactly("gpu=2", "licence=1");
    }

    @Test
    void aSettingIsNotChangedByThoseMadeFromIt() {
        final Settings one = Settings.defaults().with(Options.WORKER_THREADS, 1);

        assertThat(one.with(Options.WORKER_THREADS, 2).get(Options.WORKER_THREADS))
                .isEqualTo(2);
        assertThat(one.get(Options.WORKER_THREADS)).isEqualTo(1);
        assertThat(one.origin(Options.WORKER_THREADS)).isEqualTo("the program");
    }

    @Test
    void anUnknownKeyIsRefusedAndTheNearestOneNamed() {
        assertThatThrownBy(() -> Settings.defaults().withText("worker.thread", "4"))
                .hasMessage("there is no setting worker.thread, the nearest is worker.threads");
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker.threads", "=4", ""})
    void anArgumentWithoutKeyAndValueIsRefused(final String argument) {
        assertThatThrownBy(() -> Settings.defaults().withArgument(argument)).hasMessageContaining("must be key=value");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "worker.threads | four | worker.threads=four must be a whole number",
                "worker.threads | -1 | worker.threads=-1 must be in 0..65536",
                "scheduler.port | 65536 | scheduler.port=65536 must be in 0..65535",
                "scheduler.lease | 15 | scheduler.lease=15 must be a number and a unit",
                "scheduler.lease | -5 s | scheduler.lease=-5 s must be a number and a unit",
                "scheduler.lease | 0 | scheduler.lease=0 must be in 10ms..8760h",
                "worker.nanny | yes | worker.nanny=yes must be true or false",
                "transport | udp | transport=udp must be one of auto, aeron, tcp",
                "worker.memory-limit | much | worker.memory-limit=much must be auto, 0 for no limit, or a memory size",
                "worker.memory.target | 1.5 | worker.memory.target=1.5 must be off, or greater than 0 and at most 1",
                "worker.memory.pause | never | worker.memory.pause=never must be a number such as 0.8, or off",
                "worker.max-spill | auto | worker.max-spill=auto must be off, or a memory size",
                "worker.inline-result | 1 furlong | worker.inline-result=1 furlong must be a number and a unit",
                "worker.inline-result | 2 MiB | worker.inline-result=2MiB must be <= 1MiB",
                "worker.resources | gpu | worker.resources=gpu must be a list such as gpu=2",
                "process.last-runs | 1,x | process.last-runs=1,x must be a list of whole numbers"
            })
    void aValueThatCannotBeIsRefused(final String key, final String text, final String message) {
        assertThatThrownBy(() -> Settings.defaults().withText(key, text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(message)
                .hasMessageEndingWith("(set by the command line)");
    }

    @Test
    void memoryThresholdsRiseWhereTheyAreNotOff() {
        final Settings settings = Settings.defaults().withText("worker.memory.pause", "0.5");

        assertThatThrownBy(settings::check)
                .hasMessageContaining("worker.memory.spill=0.7 must be <= worker.memory.pause=0.5");
        assertThat(settings.withText("worker.memory.spill", "off")
                        .withText("worker.memory.target", "OFF")
                        .check()
                        .toArguments())
                .contains("worker.memory.target=off", "worker.memory.spill=off", "worker.memory.pause=0.5");
    }

    @ParameterizedTest
    @CsvSource({
        "15 s, 15s",
        "500 ms, 500ms",
        "1h30m, 1h30m",
        "90 min, 1h30m",
        "PT15S, 15s",
        "20 us, 20us",
        "20 µs, 20us",
        "1.5 s, 1500ms",
        "2 d, 48h",
        "1m30s, 90s"
    })
    void durationsAreReadInManyFormsAndWrittenInOne(final String text, final String written) {
        final Duration duration = DurationText.parse(text);

        assertThat(DurationText.format(duration)).isEqualTo(written);
        assertThat(DurationText.parse(DurationText.format(duration))).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s",
                "1",
                "1 fortnight",
                "1 s x",
                "1s,2s",
                "1e3 s",
                "PT",
                "PT-5S",
                "P300000D",
                "999999999999 d"
            })
    void whatIsNoDurationIsRefused(final String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be a number and a unit");
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MIN_VALUE})
    void aDurationOutOfAllBoundsIsRefusedWithItsName(final long seconds) {
        assertThatThrownBy(() -> Settings.defaults().with(Options.WORKER_FENCE, Duration.ofSeconds(seconds)))
                .hasMessageMatching("worker.fence=PT.* must be in 5ms..8760h");
    }

    private static <T> void assertDefaultSurvivesItsTextForm(final Option<T> option) {
        assertThat(option.parse(option.format(option.defaultValue())))
                .as(option.key())
                .isEqualTo(option.defaultValue());
    }
}
