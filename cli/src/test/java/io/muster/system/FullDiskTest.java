package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.worker.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that spill to a disk of 4 MiB, which they alone see mounted. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class FullDiskTest {
    private static final String MOUNT = "mount -t tmpfs -o size=4m,mode=0700 muster-disk \"$0\"";

    @TempDir
    Path directory;

    @Test
    void aDiskThatIsFullLosesNoResultAndIsEmptyInTheEnd() throws Exception {
        final Path disk = Files.createDirectory(directory.resolve("disk"));
        Assumptions.assumeTrue(
                run(List.of("unshare", "-m", "sh", "-c", MOUNT, disk.toString())) == 0,
                "a disk can only be filled where one can be mounted, by root");
        final List<String> line =
                new ArrayList<>(List.of("unshare", "-m", "sh", "-c", MOUNT + " && exec \"$@\"", disk.toString()));
        line.addAll(JavaCommand.command(FullDisk.class.getName(), List.of(disk.toString())));

        final int exitCode = run(line);

        final String log = Files.readString(log());
        assertThat(exitCode).as(log).isZero();
        assertThat(log).as("a worker says so").contains("No space left on device");
    }

    private int run(final List<String> line) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        try {
            return process.waitFor(90, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private Path log() {
        return directory.resolve("log");
    }
}
