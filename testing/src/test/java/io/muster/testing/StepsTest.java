package io.muster.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StepsTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "3", "0-4", "0-4,7", "1,3,5-6"})
    void whatIsWrittenIsRead(final String text) {
        assertThat(Steps.format(Steps.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "4-", "-", "5-4", "1,,2", "-1", "0-999999999"})
    void whatIsNotNumbersIsRefused(final String text) {
        assertThatThrownBy(() -> Steps.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text);
    }

    @Test
    void neighboursAreJoined() {
        assertThat(Steps.format(Steps.parse("2,1,0,9"))).isEqualTo("0-2,9");
    }
}
