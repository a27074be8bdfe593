package io.muster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskOptionsTest {
    @Test
    void retriesAreNotNegative() {
        assertThatThrownBy(() -> TaskOptions.DEFAULT.retries(-1)).hasMessage("retries=-1 must be >= 0 and <= 32767");
        assertThatThrownBy(() -> TaskOptions.DEFAULT.retries(65_536)).hasMessageContaining("retries=65536");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "a\u0000b", "\u0085"})
    void aKeyIsReadable(final String key) {
        assertThatThrownBy(() -> TaskOptions.DEFAULT.key(key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("key");
    }

    @Test
    void aKeyIsShort() {
        assertThat(TaskOptions.DEFAULT.key("k".repeat(1024)).key()).hasSize(1024);
        assertThatThrownBy(() -> TaskOptions.DEFAULT.key("k".repeat(1025))).hasMessageContaining("length=1025");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "w-0\nw-1"})
    void aWorkersNameIsOneLine(final String name) {
        assertThatThrownBy(() -> TaskOptions.DEFAULT.workers(name)).hasMessageStartingWith("worker=");
    }

    @Test
    void otherWorkersAreOtherThanSome() {
        assertThatThrownBy(() -> TaskOptions.DEFAULT.allowOtherWorkers(true).checked())
                .hasMessageContaining("allowOtherWorkers=true must come with workers");
    }

    @Test
    void aTimeLimitIsMoreThanNothing() {
        assertThatThrownBy(() -> TaskOptions.DEFAULT.timeout(Duration.ZERO)).hasMessageContaining("timeout=PT0S");
        assertThatThrownBy(() -> TaskOptions.DEFAULT.timeout(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(TaskOptions.DEFAULT
                        .timeout(Duration.ofSeconds(Long.MAX_VALUE))
                        .timeoutNs())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatATaskIsExpectedToTakeIsMoreThanNothing() {
        assertThatThrownBy(() -> TaskOptions.DEFAULT.expected(Duration.ZERO)).hasMessage("expected=PT0S must be > 0");
        assertThat(TaskOptions.DEFAULT.expected(Duration.ofNanos(1)).expectedUs())
                .isEqualTo(1);
        assertThat(TaskOptions.DEFAULT.expected(Duration.ofMinutes(90)))
                .hasToString("TaskOptions(retries=0, priority=0, expected=1h30m)");
    }

    @Test
    void optionsSayWhatTheyAre() {
        assertThat(TaskOptions.DEFAULT.timeout(Duration.ofSeconds(3)).once().priority(1))
                .hasToString("TaskOptions(retries=0, priority=1, timeout=3s, once)");
        assertThat(TaskOptions.DEFAULT.key("k").workers("w-0"))
                .hasToString("TaskOptions(key=k, retries=0, priority=0, workers=[w-0])");
    }
}
