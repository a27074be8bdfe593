package io.muster.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.MusterException;
import io.muster.transport.LinkFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AeronLinkFactoryTest {
    private static final String MISSING = "--add-exports java.base/jdk.internal.misc=ALL-UNNAMED";

    @Test
    void theServiceLoaderFindsIt() {
        assertThat(ServiceLoader.load(LinkFactory.class))
                .extracting(LinkFactory::name)
                .contains("aeron");
    }

    @Test
    void itIsAvailableWithTheFlag() {
        assertThat(new AeronLinkFactory().unavailable()).isNull();
    }

    @Test
    void aJvmWithoutTheFlagIsToldItInOneLine() throws Exception {
        assertThat(unavailableIn(List.of())).contains(MISSING).hasLineCount(1);
    }

    @Test
    void openingItWithoutTheFlagFailsWithTheSameLine(@TempDir final Path directory) throws Exception {
        final List<String> lines =
                unavailableIn(List.of(), directory.toString()).lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).isEqualTo(lines.get(0)).contains(MISSING);
    }

    @Test
    void openingThePackageServesAsWell() throws Exception {
        assertThat(unavailableIn(List.of("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED")))
                .isEqualTo("null");
    }

    private static String unavailableIn(final List<String> flags, final String... arguments)
            throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Probe.class.getName());
        command.addAll(List.of(arguments));
        final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        final Process process = builder.start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output.strip();
    }

    /** Prints what the factory says in its JVM. */
    static final class Probe {
        private Probe() {}

        private static void open(final LinkFactory factory, final Path directory) {
            try {
                factory.openGuest(directory, "127.0.0.1");
            } catch (final MusterException e) {
                System.out.println(e.getMessage());
            }
        }

        public static void main(final String[] args) {
            for (final LinkFactory factory : ServiceLoader.load(LinkFactory.class)) {
                System.out.println(factory.unavailable());
                if (args.length > 0) {
                    open(factory, Path.of(args[0]));
                }
            }
        }
    }
}
