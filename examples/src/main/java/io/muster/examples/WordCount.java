package io.muster.examples;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.TaskFuture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Counts the words of text files: a task per file, and one that adds up their counts where they are. */
public final class WordCount {
    private WordCount() {}

    /**
     * Runs the program.
     *
     * @param arguments a folder, default the current one; its .md files are read by the workers
     * @throws IOException if the folder can't be read
     */
    public static void main(final String[] arguments) throws IOException {
        List<String> files;
        try (Stream<Path> found = Files.list(Path.of(arguments.length > 0 ? arguments[0] : "."))) {
            files = found.filter(file -> file.toString().endsWith(".md"))
                    .map(file -> file.toAbsolutePath().toString())
                    .toList();
        }
        try (LocalCluster cluster = LocalCluster.builder().start();
                Client client = cluster.connect()) {
            List<TaskFuture<Map<String, Integer>>> counts = client.map(WordCount::count, files);
            TaskFuture<Map<String, Integer>> all = client.combineAll(counts, WordCount::merge);
            all.join().entrySet().stream()
                    .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                    .limit(10)
                    .forEach(entry -> System.out.println(entry.getValue() + " " + entry.getKey()));
        }
    }

    private static Map<String, Integer> count(final String file) throws IOException {
        Map<String, Integer> count = new HashMap<>();
        for (String word :
                Files.readString(Path.of(file)).toLowerCase(Locale.ROOT).split("\\P{L}+")) {
            count.merge(word, 1, Integer::sum);
        }
        count.remove("");
        return count;
    }

    private static Map<String, Integer> merge(final List<Map<String, Integer>> counts) {
        Map<String, Integer> all = new HashMap<>();
        counts.forEach(count -> count.forEach((word, times) -> all.merge(word, times, Integer::sum)));
        return all;
    }
}
