package io.muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keeps the documents true, as far as a machine can tell. */
@Timeout(60)
final class DocumentsTest {
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]+]\\(([^)#]+)(?:#[^)]*)?\\)");
    private static final Pattern FILE = Pattern.compile("`([\\w./-]+/)?([A-Z]\\w+\\.java)`");
    private static final int COLUMNS = 120;

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void theCodeInADocumentCompilesAndRuns(final Documents.Block block, @TempDir final Path folder) throws Exception {
        CompiledBlock compiled = CompiledBlock.of(block, folder);
        if (block.runnable()) {
            compiled.run();
        }
    }

    static List<Documents.Block> blocks() {
        return Documents.javaBlocks();
    }

    @Test
    void theReadmeShowsAProgramThatRuns() {
        assertThat(Documents.javaBlocks()).anyMatch(block -> block.place().startsWith("README.md") && block.runnable());
    }

    @Test
    void everyLinkLeadsToAFile() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : Documents.all()) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                String target = link.group(1);
                if (!target.contains("://") && !Files.exists(document.resolveSibling(target))) {
                    broken.add(Documents.root().relativize(document) + ": " + target);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everySourceFileThatADocumentNamesExists() throws IOException {
        List<String> sources;
        try (Stream<Path> files = Files.walk(Documents.root())) {
            sources = files.map(Path::toString)
                    .filter(file -> file.endsWith(".java") && file.contains("/src/"))
                    .toList();
        }
        List<String> missing = new ArrayList<>();
        for (Path document : Documents.all()) {
            Matcher file = FILE.matcher(Files.readString(document));
            while (file.find()) {
                String folder = file.group(1) == null ? "" : file.group(1);
                String end = "/" + folder + file.group(2);
                if (sources.stream().noneMatch(source -> source.endsWith(end))) {
                    missing.add(Documents.root().relativize(document) + ": " + folder + file.group(2));
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void linesFitIntoTheWindow() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path document : Documents.all()) {
            int number = 0;
            for (String line : Files.readAllLines(document)) {
                number++;
                if (line.length() > COLUMNS && !line.startsWith("|")) {
                    tooLong.add(Documents.root().relativize(document) + ":" + number);
                }
            }
        }
        assertThat(tooLong).isEmpty();
    }
}
