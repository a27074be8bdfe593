package io.muster.jobqueue.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RemoteScriptTest {
    private final LocalCommandRunner runner = new LocalCommandRunner();

    @TempDir
    private Path folder;

    @Test
    void theLineMeansTheSameToEveryShell() {
        final String line = new RemoteScript(Command.of("it's", "$(id)", "a!b", "c\\d")).line();
        assertThat(line).matches("exec /bin/sh -c '[^'!\\\\\n]*'");
    }

    @Test
    void aScriptThatWasCutOffRunsNothing() {
        final Path file = folder.resolve("file");
        final RemoteScript script = new RemoteScript(Command.of("touch", file.toString()));
        for (int cut = 1; cut < 40; cut++) {
            final byte[] part = Arrays.copyOf(script.input(), script.startsAfter() - cut);
            final CommandResult result = runner.run(
                    Command.of("sh", "-c", script.line()).withInput(new String(part, StandardCharsets.UTF_8)));
            assertThat(result.output()).isEqualTo(script.mark() + "ready;");
            assertThat(file).doesNotExist();
        }
    }

    @Test
    void noArgumentIsOnTheLine() {
        assertThat(new RemoteScript(Command.of("echo", "token")).line()).doesNotContain("token");
    }
}
