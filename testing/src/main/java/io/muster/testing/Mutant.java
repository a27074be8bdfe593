package io.muster.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A bug planted into a class of the scheduler or the worker: a piece of its source that is replaced by another.
 *
 * @param name what it is called
 * @param className the class
 * @param note what goes wrong by it; for an equivalent one why nothing does
 * @param isEquivalent whether it changes nothing that anybody could notice
 * @param before the piece of source, which is there once
 * @param after what comes in its place
 */
public record Mutant(String name, String className, String note, boolean isEquivalent, String before, String after) {
    private static final String LIST = "mutants.txt";
    private static final String SOURCES = "META-INF/muster-sources/";

    /**
     * All mutants there are.
     *
     * @return in the order of the list
     */
    public static List<Mutant> all() {
        return parse(read(Mutant.class.getResourceAsStream(LIST), LIST));
    }

    /** Reads a list: see the comment at its beginning. */
    static List<Mutant> parse(final String text) {
        final List<Mutant> mutants = new ArrayList<>();
        final StringBuilder before = new StringBuilder();
        final StringBuilder after = new StringBuilder();
        StringBuilder piece = before;
        String name = "";
        String className = "";
        String note = "";
        boolean isEquivalent = false;
        for (final String line : text.split("\n", -1)) {
            final String word = line.split(" ", 2)[0];
            final String rest = line.substring(Math.min(line.length(), word.length() + 1));
            if (line.startsWith("|")) {
                piece.append(line, 1, line.length()).append('\n');
                continue;
            }
            switch (word) {
                case "mutant" -> {
                    name = rest;
                    isEquivalent = false;
                    before.setLength(0);
                    after.setLength(0);
                }
                case "class" -> className = rest;
                case "note" -> note = rest;
                case "equivalent" -> {
                    note = rest;
                    isEquivalent = true;
                }
                case "before" -> piece = before;
                case "after" -> piece = after;
                case "end" ->
                    mutants.add(new Mutant(name, className, note, isEquivalent, before.toString(), after.toString()));
                case "", "#" -> {}
                default ->
                    throw new IllegalArgumentException("line='" + line + "' begins with a word that has no meaning");
            }
        }
        return mutants;
    }

    /**
     * The class's source with the bug in it.
     *
     * @return Java source
     * @throws IllegalStateException if the piece that is to be replaced is not there exactly once
     */
    public String source() {
        final String path = SOURCES + className.replace('.', '/') + ".java";
        final String source = read(Mutant.class.getClassLoader().getResourceAsStream(path), path);
        final int at = source.indexOf(before);
        if (at < 0 || source.indexOf(before, at + 1) >= 0) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "mutant=%s: what it replaces must be in %s once, is %s; change the list of mutants with the source",
                    name,
                    path,
                    at < 0 ? "not there" : "there more than once"));
        }
        return source.substring(0, at) + after + source.substring(at + before.length());
    }

    private static String read(final @Nullable InputStream opened, final String path) {
        try (InputStream in = opened) {
            if (in == null) {
                throw new IllegalStateException("resource=" + path + " is missing in muster-testing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new IllegalStateException("resource=" + path + " can't be read", e);
        }
    }
}
