package io.muster.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RuntimeDirectoriesTest {
    private static final String PREFIX = "muster-test-";

    @Test
    void whatAKilledProcessLeftIsDeletedOnceItIsDead(@TempDir final Path parent) throws Exception {
        final Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        parent.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        final Path left;
        try (BufferedReader said = process.inputReader()) {
            left = Path.of(said.readLine());
            sweep(parent);
            assertThat(left.resolve("cnc.dat")).exists();
        } finally {
            process.destroyForcibly().waitFor();
        }

        sweep(parent);

        assertThat(left).doesNotExist();
    }

    @Test
    void aDirectoryOfThisProcessAndOneThatNobodyClaimedStay(@TempDir final Path parent) throws IOException {
        final Path own = RuntimeDirectories.claim(PrivateFiles.createPrivateDirectory(parent, PREFIX), PREFIX);
        final Path unclaimed = PrivateFiles.createPrivateDirectory(parent, PREFIX);

        sweep(parent);
        sweep(parent);

        assertThat(own).exists();
        assertThat(unclaimed).exists();
        PrivateFiles.deleteRecursively(own);
        try (Stream<Path> there = Files.list(parent)) {
            assertThat(there).containsExactly(unclaimed);
        }
    }

    @Test
    void aDirectoryThatIsYoungStays(@TempDir final Path parent) throws IOException {
        final Path young = PrivateFiles.createPrivateDirectory(parent, PREFIX);
        PrivateFiles.createFile(young.resolve(RuntimeDirectories.OWNER)).close();

        RuntimeDirectories.claim(PrivateFiles.createPrivateDirectory(parent, PREFIX), PREFIX);

        assertThat(young).exists();
        sweep(parent);
        assertThat(young).doesNotExist();
    }

    private static void sweep(final Path parent) {
        RuntimeDirectories.sweep(parent, PREFIX, Long.MAX_VALUE);
    }

    /** Claims a directory and waits to be killed. */
    static final class Holder {
        private Holder() {}

        public static void main(final String[] arguments) throws IOException {
            final Path directory = RuntimeDirectories.claim(
                    PrivateFiles.createPrivateDirectory(Path.of(arguments[0]), PREFIX), PREFIX);
            Files.write(directory.resolve("cnc.dat"), new byte[4096]);
            System.out.println(directory);
            System.in.read();
        }
    }
}
