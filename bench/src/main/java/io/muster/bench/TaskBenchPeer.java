package io.muster.bench;

import io.muster.MusterException;
import io.muster.bench.taskbench.TaskBench;
import io.muster.bench.taskbench.TaskGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** A peer that runs graphs of Task Bench, and has each input of each task checked. */
final class TaskBenchPeer implements AutoCloseable {
    private final boolean isJava;
    private final PeerProcess process;
    private final String version;

    TaskBenchPeer(final Peer peer, final PeerHome home, final int cores) {
        isJava = peer.isJava();
        process = new PeerProcess(peer.label(), directory -> {
            if (!isJava) {
                PeerProcess.copy("taskbench.py", directory);
            }
            return home.command(
                    directory, isJava ? peer.driver() : peer.label() + "_metg", List.of(Integer.toString(cores)));
        });
        version = process.version();
    }

    String version() {
        return version;
    }

    /** Runs a graph once, and returns how many seconds that took. */
    double run(final List<String> options) {
        final TaskBench bench = TaskBench.parse(options);
        final TaskGraph graph = bench.graphs().get(0);
        final String line = isJava
                ? String.join(" ", options)
                : file(graph) + " " + graph.kernel().iterations();
        final String[] words = process.ask(line, 2);
        final long ends = Long.parseLong(words[1]);
        final long expected = graph.width(graph.timesteps() - 1);
        if (ends < expected) {
            throw new MusterException("ends=" + ends + " must be >= " + expected);
        }
        return Double.parseDouble(words[0]);
    }

    /** Writes a graph for those who can't read the options. */
    private String file(final TaskGraph graph) {
        final String name = graph.dependence() + "-" + graph.timesteps();
        final Path file = process.directory().resolve(name);
        if (!Files.exists(file)) {
            final List<String> lines = new ArrayList<>();
            for (long t = 0; t < graph.timesteps(); t++) {
                for (long p = graph.offset(t); p < graph.offset(t) + graph.width(t); p++) {
                    lines.add(LongStream.concat(LongStream.of(t, p), LongStream.of(graph.inputs(t, p)))
                            .mapToObj(Long::toString)
                            .collect(Collectors.joining(" ")));
                }
            }
            try {
                Files.write(file, lines);
            } catch (final IOException e) {
                throw new MusterException("can't write " + file + ": " + e.getMessage(), e);
            }
        }
        return name;
    }

    @Override
    public void close() {
        process.close();
    }
}
