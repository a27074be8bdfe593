package io.muster.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The documents of Muster and the code in them. */
final class Documents {
    private static final String FENCE = "```";

    private Documents() {}

    /**
     * A fenced block of Java.
     *
     * @param place file and line, for messages
     * @param code what is between the fences
     * @param runnable whether its fence says {@code java run}, not only {@code java}
     */
    record Block(String place, String code, boolean runnable) {
        @Override
        public String toString() {
            return place;
        }
    }

    /** The folder that Muster's sources are in. */
    static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("muster")) || !Files.exists(folder.resolve("core"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    /** README.md, CONTRIBUTING.md, CHANGELOG.md, and all below docs. */
    static List<Path> all() {
        try (Stream<Path> top = Files.list(root());
                Stream<Path> docs = Files.walk(root().resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Block> javaBlocks() {
        List<Block> blocks = new ArrayList<>();
        for (Path document : all()) {
            addBlocks(document, blocks);
        }
        return blocks;
    }

    private static void addBlocks(final Path document, final List<Block> blocks) {
        String language = null;
        int startsAt = 0;
        StringBuilder code = new StringBuilder();
        int number = 0;
        for (String line : lines(document)) {
            number++;
            if (!line.startsWith(FENCE)) {
                code.append(line).append('\n');
            } else if (language == null) {
                language = line.substring(FENCE.length()).strip();
                startsAt = number;
                code.setLength(0);
            } else {
                if (isJava(language)) {
                    String place = root().relativize(document) + ":" + startsAt;
                    blocks.add(new Block(place, code.toString(), language.endsWith(" run")));
                }
                language = null;
            }
        }
    }

    private static boolean isJava(final @Nullable String language) {
        return "java".equals(language) || "java run".equals(language);
    }

    private static List<String> lines(final Path document) {
        try {
            return Files.readAllLines(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
