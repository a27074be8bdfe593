package io.muster.jobqueue.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OldClustersTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @TempDir
    Path folder;

    @Test
    void whatClustersLeftLongAgoIsDeletedAndNothingElse() throws IOException {
        final Path own = folder("slurm-000000000000", 40, false);
        final Path old = folder("slurm-0123456789ab", 31, false);
        final Path young = folder("slurm-1123456789ab", 29, false);
        final Path alive = folder("slurm-2123456789ab", 31, true);
        final Path other = folder("my-results", 31, false);
        final Path link = Files.createSymbolicLink(folder.resolve("slurm-3123456789ab"), other);

        OldClusters.sweep(own, NOW);

        assertThat(old).doesNotExist();
        assertThat(folder).isDirectoryContaining(link::equals);
        assertThat(young).isNotEmptyDirectory();
        assertThat(alive).isNotEmptyDirectory();
        assertThat(other).isNotEmptyDirectory();
        assertThat(own).isNotEmptyDirectory();
    }

    private Path folder(final String name, final int ageDays, final boolean isAlive) throws IOException {
        final Path made =
                Files.createDirectories(folder.resolve(name).resolve("logs")).getParent();
        if (isAlive) {
            Files.createFile(made.resolve("scheduler.json"));
        }
        return Files.setLastModifiedTime(made, FileTime.from(NOW.minus(Duration.ofDays(ageDays))));
    }
}
