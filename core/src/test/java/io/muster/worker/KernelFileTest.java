package io.muster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelFileTest {
    @TempDir
    private Path folder;

    @Test
    void wordsAreCountedFromTheEndOfACommandsNameWhateverItIs() throws IOException {
        final KernelFile file = new KernelFile(write("17 (a) 5 (b) S 12 34 -1\n"));

        assertThat(file.read()).isTrue();
        assertThat(file.number(1)).isEqualTo(12);
        assertThat(file.number(2)).isEqualTo(34);
        assertThat(file.number(0)).isEqualTo(-1);
        assertThat(file.number(3)).isEqualTo(-1);
        assertThat(file.number(9)).isEqualTo(-1);
    }

    @Test
    void eachReadTellsWhatTheFileSaysThen() throws IOException {
        final KernelFile file = new KernelFile(write("100 200\n"));
        assertThat(file.read()).isTrue();
        write("7 8\n");

        assertThat(file.read()).isTrue();

        assertThat(file.number(0)).isEqualTo(7);
        assertThat(file.number(1)).isEqualTo(8);
        assertThat(file.number(2)).isEqualTo(-1);
    }

    @Test
    void whatIsNotThereCanNotBeRead() {
        assertThat(new KernelFile(folder.resolve("missing").toString()).read()).isFalse();
    }

    @Test
    void theMemoryOfThisProcessIsToldByTheKernel() {
        assertThat(new ProcessFigures().residentBytes()).isGreaterThan(1 << 20);
    }

    @Test
    void aProcessThatIsFarFromItsBoundIsLookedAtLessOften() {
        assertThat(MemoryWatch.pauseMs(-1)).isEqualTo(100);
        assertThat(MemoryWatch.pauseMs(2L << 30)).isBetween(500L, 600L);
        assertThat(MemoryWatch.pauseMs(Long.MAX_VALUE)).isEqualTo(1_000);
    }

    private String write(final String text) throws IOException {
        return Files.writeString(folder.resolve("stat"), text).toString();
    }
}
