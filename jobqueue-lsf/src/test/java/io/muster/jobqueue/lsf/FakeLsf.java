package io.muster.jobqueue.lsf;

import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import io.muster.jobqueue.command.LocalCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Runs the fake LSF commands among the test's resources, which keep their jobs in a folder. */
final class FakeLsf implements CommandRunner {
    private final CommandRunner runner = new LocalCommandRunner();
    private final Path folder;

    FakeLsf(final Path folder) throws IOException {
        this.folder = folder;
        final Path bin = Path.of(
                Objects.requireNonNull(FakeLsf.class.getResource("/fake/bin")).getPath());
        try (Stream<Path> files = Files.list(bin)) {
            for (final Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
        Files.createDirectories(folder.resolve("state"));
    }

    /** What is to hold for commands and waiting jobs from now on. */
    void set(final String... lines) throws IOException {
        Files.write(folder.resolve("state/settings"), List.of(lines));
    }

    List<String> cancelled() throws IOException {
        return Files.readAllLines(folder.resolve("state/bkill.log"));
    }

    @Override
    public CommandResult run(final Command command) {
        final List<String> words = new ArrayList<>(command.words());
        if (Files.exists(folder.resolve(words.get(0)))) {
            final String program = folder.resolve(words.remove(0)).toString();
            words.addAll(
                    0,
                    List.of(
                            "env",
                            "FAKE_LSF_HOME=" + folder.resolve("state"),
                            "HOME=" + folder,
                            "TZ=UTC",
                            "bash",
                            program));
        }
        return runner.run(new Command(words, command.input(), command.timeout(), folder.toString()));
    }

    @Override
    public String where() {
        return "a fake";
    }

    @Override
    public void close() {
        runner.close();
    }
}
