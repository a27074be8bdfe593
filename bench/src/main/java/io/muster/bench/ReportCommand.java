package io.muster.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tables and plots of results that were kept. */
@Command(
        name = "report",
        description = {
            "Makes report.html, with tables and plots, of what benchmarks printed with --json; the plots are files of their"
                    + " own too: workers.svg, metg.svg, peers.svg, those for which there are results.",
            "bench all --report=FOLDER does both at once."
        })
final class ReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Results, one object a line.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--out", paramLabel = "FOLDER", required = true, description = "Where to; it is made if missing.")
    private @Nullable Path folder;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    private boolean help;

    @Override
    public Integer call() throws IOException {
        final List<String> lines = new ArrayList<>();
        for (final Path file : files) {
            lines.addAll(Files.readAllLines(file));
        }
        if (folder != null && !help) {
            lines.removeIf(String::isBlank);
            Report.write(lines, folder);
        }
        return 0;
    }
}
