package io.muster.cli;

import io.muster.Client;
import io.muster.TaskFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Counts the words in files: tasks read some files each, others merge what those found, four at a time. */
final class WordCount {
    private static final String NAME = "wordcount";
    private static final int FAN_IN = 4;
    private static final int MOST_FILES = 8;
    private static final long MOST_BYTES = 256 * 1024;
    private static final int TOP = 20;
    private static final int SHOWN = 5;

    private final Client client;
    private final Watcher watcher;
    private final List<TextFile> files;

    WordCount(final Client client, final Watcher watcher, final List<TextFile> files) {
        this.client = client;
        this.watcher = watcher;
        this.files = files;
    }

    DemoResult run() {
        final long startNs = watcher.nanoTime();
        final List<TaskFuture<Map<String, Long>>> all = new ArrayList<>(client.map(Words::inFiles, groups()));
        final TaskFuture<Map<String, Long>> root = merged(all);
        watcher.watch(NAME, client, all);
        final Map<String, Long> counts = root.join();
        final double seconds = (watcher.nanoTime() - startNs) / 1e9;
        final Map<String, Long> top = Words.top(counts, TOP);
        final boolean right =
                counts.equals(Words.inFiles(files.stream().map(TextFile::path).toList()));
        return new DemoResult(NAME, all.size(), seconds, top, summary(counts, top), right);
    }

    private List<List<String>> groups() {
        final List<List<String>> groups = new ArrayList<>();
        List<String> group = new ArrayList<>();
        long bytes = 0;
        for (final TextFile file : files) {
            group.add(file.path());
            bytes += file.bytes();
            if (group.size() == MOST_FILES || bytes >= MOST_BYTES) {
                groups.add(group);
                group = new ArrayList<>();
                bytes = 0;
            }
        }
        if (!group.isEmpty()) {
            groups.add(group);
        }
        return groups;
    }

    /** Submits the merging of all that are in the list, adds those tasks to it, and returns the last one. */
    private TaskFuture<Map<String, Long>> merged(final List<TaskFuture<Map<String, Long>>> all) {
        List<TaskFuture<Map<String, Long>>> level = List.copyOf(all);
        while (level.size() > 1) {
            final List<TaskFuture<Map<String, Long>>> next = new ArrayList<>();
            for (int from = 0; from < level.size(); from += FAN_IN) {
                final List<TaskFuture<Map<String, Long>>> inputs =
                        level.subList(from, Math.min(from + FAN_IN, level.size()));
                if (inputs.size() == 1) {
                    next.add(inputs.get(0));
                } else {
                    final TaskFuture<Map<String, Long>> merge = client.combineAll(inputs, Words::merged);
                    next.add(merge);
                    all.add(merge);
                }
            }
            level = next;
        }
        return level.get(0);
    }

    private String summary(final Map<String, Long> counts, final Map<String, Long> top) {
        final long words = counts.values().stream().mapToLong(Long::longValue).sum();
        return String.format(
                Locale.ROOT,
                "%,d words in %,d files, most of all %s",
                words,
                files.size(),
                top.entrySet().stream()
                        .limit(SHOWN)
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ")));
    }
}
