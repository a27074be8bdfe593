package io.muster.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final long SECOND = 1_000_000_000;
    private static final String UP = "\u001b[1A";

    private final StringWriter text = new StringWriter();
    private long nowNs = 5 * SECOND;

    @Test
    void aTerminalShowsABarThatMovesInOneLine() {
        try (ProgressBars bars = bars(new Terminal(true, 60))) {
            for (int done = 0; done <= 2; done++) {
                bars.show(List.of(new Bar("darts", done, 0, 4)));
                nowNs += SECOND;
            }
        }

        assertThat(text.toString().split("\r"))
                .containsSubsequence(
                        "darts [" + "-".repeat(24) + "] 0/4 tasks     0.0/s   0.0s",
                        "darts [" + "######" + "-".repeat(18) + "] 1/4 tasks     1.0/s   1.0s",
                        "darts [" + "############" + "-".repeat(12) + "] 2/4 tasks     1.0/s   2.0s");
        assertThat(text.toString()).endsWith(System.lineSeparator());
    }

    @Test
    void eachFunctionHasABarBelowTheOthers() {
        try (ProgressBars bars = bars(new Terminal(true, 60))) {
            bars.show(List.of(new Bar("load", 1, 0, 4), new Bar("total", 0, 0, 1)));
            nowNs += SECOND;
        }

        final String[] drawn = text.toString().split("\r");
        assertThat(drawn).hasSize(3);
        assertThat(drawn[1].split("\n")).hasSize(2);
        assertThat(drawn[1]).contains("\ntotal [").startsWith("load  [");
        assertThat(drawn[2]).as("goes up to the first of two lines").startsWith(UP + "load");
    }

    @Test
    void inTwentyColumnsTheLineIsShortAndSaysHowFarItIs() {
        try (ProgressBars bars = bars(new Terminal(true, 20))) {
            for (int done = 0; done <= 1000; done += 100) {
                bars.show(List.of(new Bar("aFunctionWithALongName", done, 3, 1000), new Bar("sum", 0, 0, 1)));
                nowNs += SECOND;
            }
        }

        for (final String line : text.toString().replace(UP, "").split("[\r\n]+")) {
            assertThat(line.length()).as(line).isLessThan(20);
        }
        assertThat(text.toString()).contains("aFunctio~ 1000/1000");
    }

    @Test
    void manyFunctionsAreEightLinesAtMost() {
        try (ProgressBars bars = bars(new Terminal(true, 80))) {
            bars.show(IntStream.range(0, 20)
                    .mapToObj(i -> new Bar("f" + i, 1, 0, 2))
                    .toList());
        }

        final List<String> lines = List.of(text.toString().split("\r")[1].split("\n"));
        assertThat(lines).hasSize(8);
        assertThat(lines.get(7)).contains("13 others", "13/26");
    }

    @Test
    void aTerminalIsNotDrawnOnMoreThanTenTimesASecond() {
        try (ProgressBars bars = bars(new Terminal(true, 60))) {
            for (int i = 1; i <= 10_000; i++) {
                nowNs += SECOND / 10_000;
                bars.show(List.of(new Bar("darts", i, 0, 10_000)));
            }
        }

        assertThat(text.toString().split("\r").length - 1).isBetween(10, 12);
        assertThat(text.toString()).contains("10000/10000 tasks   10000/s   1.0s");
    }

    @Test
    void aLogFileGetsALineEveryFiveSecondsAndOneInTheEnd() {
        try (ProgressBars bars = bars(new Terminal(false, 80))) {
            for (int i = 1; i <= 21; i++) {
                nowNs += SECOND;
                bars.show(List.of(new Bar("darts", i, 0, 21)));
            }
        }

        assertThat(text.toString().lines())
                .containsExactly(
                        "darts 5/21 tasks     1.0/s   5.0s",
                        "darts 10/21 tasks     1.0/s  10.0s",
                        "darts 15/21 tasks     1.0/s  15.0s",
                        "darts 20/21 tasks     1.0/s  20.0s",
                        "darts 21/21 tasks     1.0/s  21.0s");
        assertThat(text.toString()).doesNotContain("\r", "\u001b");
    }

    @Test
    void whatTakesAnHourIsNotAThousandLines() {
        try (ProgressBars bars = bars(new Terminal(false, 80))) {
            for (int i = 1; i <= 3600; i++) {
                nowNs += SECOND;
                bars.show(List.of(new Bar("load", i, 0, 3600), new Bar("sum", 0, 0, 1)));
            }
        }

        assertThat(text.toString().lines().count()).isBetween(60L, 120L);
        assertThat(text.toString().lines().toList().get(0))
                .isEqualTo("5/3601 tasks     1.0/s   5.0s: load 5/3600, sum 0/1");
    }

    @Test
    void failuresAreCounted() {
        try (ProgressBars bars = bars(new Terminal(false, 80))) {
            nowNs += SECOND;
            bars.show(List.of(new Bar("f", 3, 2, 3, "seeds")));
        }

        assertThat(text.toString()).contains("3/3 seeds     3.0/s   1.0s 2 failed");
    }

    @Test
    void theSecondBarsOnATerminalWaitForTheFirstOnesEnd() {
        final StringWriter other = new StringWriter();
        try (ProgressBars second = new ProgressBars(new PrintWriter(other), new Terminal(true, 60), () -> nowNs)) {
            try (ProgressBars first = bars(new Terminal(true, 60))) {
                first.show(List.of(new Bar("first", 0, 0, 1)));
                second.show(List.of(new Bar("second", 0, 0, 1)));
                assertThat(other.toString()).isEmpty();
            }
            second.show(List.of(new Bar("second", 0, 0, 1)));
            assertThat(other.toString()).contains("second");
        }
    }

    @Test
    void itEndsByItselfWhenAllIsDone() throws InterruptedException {
        final AtomicLong done = new AtomicLong();
        final Progress progress = Progress.start(
                bars(new Terminal(false, 80)), () -> List.of(new Bar("f", done.incrementAndGet(), 0, 3)));

        assertThat(progress.await(Duration.ofSeconds(20))).isTrue();
        assertThat(text.toString().lines()).hasSize(1).first().asString().startsWith("f 3/3 tasks");
        progress.close();
    }

    @Test
    void closingShowsHowFarItWas() {
        try (Progress progress = Progress.start(bars(new Terminal(false, 80)), () -> List.of(new Bar("f", 1, 0, 3)))) {
            assertThat(progress).isNotNull();
        }

        assertThat(text.toString().lines()).hasSize(1).first().asString().startsWith("f 1/3 tasks");
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

    private ProgressBars bars(final Terminal terminal) {
        return new ProgressBars(new PrintWriter(text), terminal, () -> nowNs);
    }
}
