package io.muster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemorySizeTest {
    @ParameterizedTest
    @CsvSource({
        "24GB, 24000000000",
        "24G, 24000000000",
        "24GiB, 25769803776",
        "24gi, 25769803776",
        "1.5 TB, 1500000000000",
        "100, 100",
        "100B, 100",
        "2kB, 2000",
        "0.5KiB, 512",
        "7PiB, 7881299347898368"
    })
    void unitsAreThoseOfDask(final String text, final long bytes) {
        assertThat(MemorySize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GB", "-1GB", "1 XB", "1iB", "1e3", "1,5GB", "9999999999PB"})
    void whatIsNotASizeIsRefused(final String text) {
        assertThatThrownBy(() -> MemorySize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 999, 1000, 1024, 1500, 3L << 30, 24_000_000_000L, Long.MAX_VALUE})
    void whatItPrintsItReads(final long bytes) {
        assertThat(MemorySize.parse(new MemorySize(bytes).toString()).bytes()).isEqualTo(bytes);
    }

    @Test
    void itPrintsTheLargestWholeUnit() {
        assertThat(MemorySize.gib(180)).hasToString("180GiB");
        assertThat(MemorySize.mib(1024)).hasToString("1GiB");
        assertThat(new MemorySize(24_000_000_000L)).hasToString("24GB");
    }

    @Test
    void itIsNotNegative() {
        assertThatThrownBy(() -> new MemorySize(-1)).hasMessage("bytes=-1 must be >= 0");
    }
}
