package io.muster.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How often words occur. A word is a run of three or more letters; upper and lower case are the same. */
final class Words {
    private static final int LEAST_LETTERS = 3;

    private Words() {}

    /** The words in files, which are read as UTF-8. */
    static Map<String, Long> inFiles(final List<String> paths) {
        final Map<String, Long> counts = new HashMap<>();
        for (final String path : paths) {
            try {
                count(new String(Files.readAllBytes(Path.of(path)), StandardCharsets.UTF_8), counts);
            } catch (final IOException e) {
                throw new UncheckedIOException("can't read file=" + path, e);
            }
        }
        return counts;
    }

    static void count(final String text, final Map<String, Long> counts) {
        int start = 0;
        int letters = 0;
        int position = 0;
        while (position < text.length()) {
            final int letter = text.codePointAt(position);
            final int next = position + Character.charCount(letter);
            if (Character.isLetter(letter)) {
                letters++;
            } else {
                add(text, start, position, letters, counts);
                start = next;
                letters = 0;
            }
            position = next;
        }
        add(text, start, position, letters, counts);
    }

    /** The sum of several counts, which stay as they are. */
    static Map<String, Long> merged(final List<Map<String, Long>> parts) {
        final Map<String, Long> sum = new HashMap<>();
        for (final Map<String, Long> part : parts) {
            part.forEach((word, count) -> sum.merge(word, count, Long::sum));
        }
        return sum;
    }

    /** The most frequent words, the most frequent one first; among equals the one that is first in the alphabet. */
    static Map<String, Long> top(final Map<String, Long> counts, final int limit) {
        final Map<String, Long> top = new LinkedHashMap<>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(limit)
                .forEach(entry -> top.put(entry.getKey(), entry.getValue()));
        return top;
    }

    private static void add(
            final String text, final int start, final int end, final int letters, final Map<String, Long> counts) {
        if (letters >= LEAST_LETTERS) {
            counts.merge(text.substring(start, end).toLowerCase(Locale.ROOT), 1L, Long::sum);
        }
    }
}
