package io.muster.cli;

import io.muster.config.DurationText;
import io.muster.jobqueue.doctor.NodeCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What {@code muster doctor} runs in a job. */
@Command(
        name = "node-check",
        hidden = true,
        description = "Looks at the node that it runs on; started by muster doctor in a job.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class NodeCheckCommand implements Callable<Integer> {
    @Option(names = "--folder", paramLabel = "DIR", required = true, description = "Where the report goes.")
    private Path folder = Path.of("");

    @Option(names = "--word", paramLabel = "WORD", required = true, description = "What both sides know.")
    private String word = "";

    @Option(
            names = "--addresses",
            paramLabel = "HOST:PORT,...",
            split = ",",
            required = true,
            description = "Where the submitting host listens.")
    private List<String> addresses = List.of();

    @Option(names = "--scratch", paramLabel = "DIR", required = true, description = "The folder for workers' files.")
    private Path scratch = Path.of("");

    @Option(names = "--lifetime", paramLabel = "TIME", description = "How long the job may go on.")
    private @Nullable String lifetime;

    @Override
    public Integer call() throws IOException, InterruptedException {
        NodeCheck.run(
                folder,
                word,
                addresses,
                scratch,
                lifetime == null ? -1 : DurationText.parse(lifetime).toSeconds());
        return 0;
    }
}
