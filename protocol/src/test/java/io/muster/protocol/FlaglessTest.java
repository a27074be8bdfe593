package io.muster.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FlaglessTest {
    @Test
    void theCodecsWorkInAJvmWithoutFlags() throws Exception {
        final ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dsbe.enable.precedence.checks=true",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                FlaglessRoundTrip.class.getName());
        builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"));
        final File output = File.createTempFile("flagless", ".txt");
        try {
            final Process process =
                    builder.redirectErrorStream(true).redirectOutput(output).start();
            final boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            process.destroyForcibly();
            final String text = Files.readString(output.toPath(), StandardCharsets.UTF_8);
            assertThat(ended).as(text).isTrue();
            assertThat(text.strip()).isEqualTo("1099511627776 12884901897 -1 2 1 4 12 payload true");
        } finally {
            assertThat(output.delete()).isTrue();
        }
    }
}
