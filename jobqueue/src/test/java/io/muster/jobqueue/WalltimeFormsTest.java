package io.muster.jobqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WalltimeFormsTest {
    private static final WalltimeForms FORMS = WalltimeForms.HOURS_MINUTES_SECONDS;
    private static final WalltimeForms MINUTES =
            new WalltimeForms(List.of("H:M", "M"), "(?:/[a-z]+)?", Set.of("INFINITE"));

    @ParameterizedTest
    @CsvSource({
        "00:30:00, 00:30:00, PT30M",
        "1:02:03, 1:02:03, PT1H2M3S",
        "100:00:00, 100:00:00, PT100H",
        "1-12, 36:00:00, PT36H",
        "1-02:30, 26:30:00, PT26H30M",
        "2-00:00:01, 48:00:01, PT48H1S",
        "1h30m, 01:30:00, PT1H30M",
        "90 min, 01:30:00, PT1H30M",
        "1500ms, 00:00:02, PT2S",
        "PT2H, 02:00:00, PT2H"
    })
    void ownFormsStayAndOthersAreRewritten(final String text, final String written, final Duration duration) {
        assertThat(FORMS.parse(text)).isEqualTo(new Walltime(written, duration));
    }

    @ParameterizedTest
    @CsvSource({
        "00:30, 00:30, PT30M",
        "90, 90, PT90M",
        "90/host, 90/host, PT90M",
        "00:02:00, 00:02, PT2M",
        "00:02:01, 00:03, PT3M",
        "1-0, 24:00, PT24H",
        "45s, 00:01, PT1M"
    })
    void secondsAreRoundedUpWhereThereAreNone(final String text, final String written, final Duration duration) {
        assertThat(MINUTES.parse(text)).isEqualTo(new Walltime(written, duration));
    }

    @Test
    void aWordMayMeanNoLimit() {
        assertThat(MINUTES.parse("infinite")).isEqualTo(new Walltime("infinite", null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "soon",
                "1:2:3:4",
                "00:60:00",
                "00:00:60",
                "1-24",
                "1-",
                "-1",
                "1:",
                "00:30",
                "30",
                "1h 30",
                "1 fortnight",
                "10:00:00\n",
                "$(id)",
                "99999999999999999999:00:00",
                "UNLIMITED",
                "1,5h",
                "0x10",
                "٣:00:00"
            })
    void anythingElseIsRefusedWithTheFormsThatThereAre(final String text) {
        assertThatThrownBy(() -> FORMS.parse(text.isEmpty() ? text : text.replace("\n", "\n#ONE -x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be one of hours:minutes:seconds, or a duration such as 1h30m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "00:00:00", "0s", "0-0"})
    void noTimeAtAllIsRefused(final String text) {
        assertThatThrownBy(() -> FORMS.parse(text)).hasMessageStartingWith("must be > 0");
    }

    @Test
    void aDurationOutOfRangeIsRefused() {
        assertThatThrownBy(() -> FORMS.of(Duration.ofSeconds(-1))).hasMessageStartingWith("must be > 0");
        assertThatThrownBy(() -> FORMS.parse("100000-0")).hasMessage("must be <= 3650 days");
    }
}
