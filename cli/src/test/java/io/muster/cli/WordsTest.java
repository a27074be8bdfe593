package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WordsTest {
    @TempDir
    Path folder;

    @Test
    void aWordIsARunOfThreeOrMoreLettersInWhateverCase() {
        final Map<String, Long> counts = new HashMap<>();

        Words.count("The the, THE an a1b2 x_foo-bar foo3 Größe größe 𝒶𝒷 𝒶𝒷𝒸 end", counts);

        assertThat(counts)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("the", 3L, "foo", 2L, "bar", 1L, "größe", 2L, "𝒶𝒷𝒸", 1L, "end", 1L));
    }

    @Test
    void theMostFrequentComeFirstAndEqualsInAlphabeticalOrder() {
        final Map<String, Long> top = Words.top(Map.of("dog", 2L, "cat", 2L, "ant", 1L, "bee", 5L), 3);

        assertThat(top).containsExactly(Map.entry("bee", 5L), Map.entry("cat", 2L), Map.entry("dog", 2L));
    }

    @Test
    void mergingAddsUpAndLeavesThePartsAsTheyAre() {
        final Map<String, Long> one = Map.of("ant", 1L, "bee", 2L);

        assertThat(Words.merged(List.of(one, one, Map.of("cat", 1L))))
                .containsExactlyInAnyOrderEntriesOf(Map.of("ant", 2L, "bee", 4L, "cat", 1L));
    }

    @Test
    void onlyTextFilesThatBelongToTheFolderAreCounted() throws IOException {
        write("b.txt", "bee bee");
        write("a/a.txt", "ant bee");
        write("zero.bin", "ant\0ant");
        write("a/target/made.txt", "ant");
        write(".git/config", "ant");
        write("latezero.txt", "x".repeat(8 * 1024) + "\0");
        Files.createSymbolicLink(folder.resolve("link.txt"), folder.resolve("b.txt"));
        Files.createSymbolicLink(folder.resolve("loop"), folder);

        final List<TextFile> files = TextFile.below(folder);

        assertThat(files)
                .extracting(file ->
                        folder.toAbsolutePath().relativize(Path.of(file.path())).toString())
                .containsExactly("a/a.txt", "b.txt", "latezero.txt");
        assertThat(files).extracting(TextFile::bytes).containsExactly(7L, 7L, 8193L);
    }

    @Test
    void aFileOfMoreThan16MebibytesIsLeftOut() throws IOException {
        Files.write(folder.resolve("most.txt"), "a".repeat(16 << 20).getBytes(StandardCharsets.UTF_8));
        Files.write(folder.resolve("more.txt"), "a".repeat((16 << 20) + 1).getBytes(StandardCharsets.UTF_8));

        assertThat(TextFile.below(folder))
                .extracting(file -> Path.of(file.path()).getFileName().toString())
                .containsExactly("most.txt");
    }

    private void write(final String name, final String text) throws IOException {
        final Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
