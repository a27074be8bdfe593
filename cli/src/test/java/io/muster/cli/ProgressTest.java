package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProgressTest {
    private static final long SECOND = 1_000_000_000;

    private final StringWriter text = new StringWriter();
    private long nowNs = 5 * SECOND;

    @Test
    void aTerminalShowsABarThatMovesInOneLine() {
        try (Progress progress = progress(new Terminal(true, 60), 4)) {
            step(progress, 2);
        }

        final List<String> drawn = List.of(text.toString().stripTrailing().split("\r"));
        assertThat(drawn)
                .containsExactly(
                        "",
                        "darts [" + "-".repeat(24) + "] 0/4 tasks     0.0/s   0.0s",
                        "darts [" + "######" + "-".repeat(18) + "] 1/4 tasks     1.0/s   1.0s",
                        "darts [" + "############" + "-".repeat(12) + "] 2/4 tasks     1.0/s   2.0s");
        assertThat(text.toString()).endsWith(System.lineSeparator());
    }

    @Test
    void theLineIsNeverWiderThanTheTerminal() {
        try (Progress progress = progress(new Terminal(true, 20), 1000)) {
            step(progress, 1000);
        }

        for (final String line : text.toString().stripTrailing().split("\r")) {
            assertThat(line.length()).isLessThan(20);
        }
    }

    @Test
    void aTerminalIsNotDrawnOnMoreThanTenTimesASecond() {
        try (Progress progress = progress(new Terminal(true, 60), 10_000)) {
            for (int i = 0; i < 10_000; i++) {
                nowNs += SECOND / 10_000;
                progress.step();
            }
        }

        assertThat(text.toString().split("\r").length - 1).isBetween(10, 12);
        assertThat(text.toString()).contains("10000/10000 tasks   10000/s   1.0s");
    }

    @Test
    void aLogFileGetsALineForEveryTenth() {
        try (Progress progress = progress(new Terminal(false, 80), 200)) {
            step(progress, 200);
        }

        assertThat(text.toString().lines()).hasSize(10).first().isEqualTo("darts 20/200 tasks     1.0/s  20.0s");
        assertThat(text.toString().lines().skip(9)).containsExactly("darts 200/200 tasks     1.0/s  3m20s");
        assertThat(text.toString()).doesNotContain("\r");
    }

    @Test
    void fewTasksGetALineEach() {
        try (Progress progress = progress(new Terminal(false, 80), 3)) {
            step(progress, 3);
        }

        assertThat(text.toString().lines()).hasSize(3);
    }

    @Test
    void columnsComeFromTheEnvironmentWithinBounds() {
        assertThat(Terminal.ofStandardError(Map.of("COLUMNS", "120")).columns()).isEqualTo(120);
        assertThat(Terminal.ofStandardError(Map.of("COLUMNS", "2")).columns()).isEqualTo(20);
        assertThat(Terminal.ofStandardError(Map.of("COLUMNS", "wide")).columns())
                .isEqualTo(80);
        assertThat(Terminal.ofStandardError(Map.of()))
                .as("no TERM, no terminal")
                .isEqualTo(new Terminal(false, 80));
    }

    private Progress progress(final Terminal terminal, final int total) {
        return new Progress(new PrintWriter(text), terminal, () -> nowNs, "darts", total);
    }

    private void step(final Progress progress, final int count) {
        for (int i = 0; i < count; i++) {
            nowNs += SECOND;
            progress.step();
        }
    }
}
