package io.muster.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MusterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {
    @TempDir
    private Path directory;

    static long uid() {
        return FileChecks.currentUid();
    }

    @Test
    void theCurrentUidOwnsNewFiles() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo((int) uid());
    }

    @Test
    void newPrivateDirectoriesAreClosedToOthersAndDistinct() throws IOException {
        Path one = PrivateFiles.createPrivateDirectory(directory, "spill-");
        Path two = PrivateFiles.createPrivateDirectory(directory, "spill-");

        assertThat(one).isNotEqualTo(two);
        assertThat(one.getFileName().toString()).startsWith("spill-");
        assertThat(mode(one)).isEqualTo("rwx------");
    }

    @Test
    void aDirectoryThatCannotBeCreatedIsReportedByName() {
        assertThatThrownBy(() -> PrivateFiles.createPrivateDirectory(directory.resolve("absent"), "x-"))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("can't create private directory=" + directory);
    }

    @Test
    void anEnsuredDirectoryIsCreatedOnceWithItsParents() throws IOException {
        Path wanted = directory.resolve("a/b/c");

        assertThat(PrivateFiles.ensurePrivateDirectory(wanted)).isEqualTo(wanted);
        assertThat(PrivateFiles.ensurePrivateDirectory(wanted)).isEqualTo(wanted);
        assertThat(mode(wanted)).isEqualTo("rwx------");
    }

    @Test
    void anEnsuredDirectoryThatIsOpenToOthersIsRefused() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThatThrownBy(() -> PrivateFiles.ensurePrivateDirectory(directory))
                .isInstanceOf(PrivateFileException.class)
                .hasMessageContaining("mode=0755")
                .hasMessageContaining("chmod 700");
    }

    @Test
    void anEnsuredDirectoryThatIsALinkOrAFileIsRefused() throws IOException {
        Path target = PrivateFiles.createPrivateDirectory(directory, "target-");
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);
        Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("absent"));
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> PrivateFiles.ensurePrivateDirectory(link)).hasMessageContaining("symbolic link");
        assertThatThrownBy(() -> PrivateFiles.ensurePrivateDirectory(dangling)).hasMessageContaining("symbolic link");
        assertThatThrownBy(() -> PrivateFiles.ensurePrivateDirectory(file)).hasMessageContaining("not a directory");
    }

    @Test
    void theRuntimeDirectoryLiesInAPrivateXdgRuntimeDir() throws IOException {
        Path xdg = PrivateFiles.createPrivateDirectory(directory, "xdg-");

        Path runtime = PrivateFiles.runtimeDirectory(xdg.toString(), directory);

        assertThat(runtime).hasParent(xdg);
        assertThat(runtime.getFileName().toString()).startsWith("muster-" + uid() + "-");
        assertThat(mode(runtime)).isEqualTo("rwx------");
    }

    @Test
    void anUnusableXdgRuntimeDirIsPassedOver() throws IOException {
        Path open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(PrivateFiles.runtimeDirectory(open.toString(), directory)).hasParent(directory);
        assertThat(PrivateFiles.runtimeDirectory("relative", directory)).hasParent(directory);
        assertThat(PrivateFiles.runtimeDirectory(directory.resolve("absent").toString(), directory))
                .hasParent(directory);
        assertThat(PrivateFiles.runtimeDirectory(null, directory)).hasParent(directory);
    }

    @Test
    void withoutSharedMemoryTheRuntimeDirectoryIsTemporary() {
        Path runtime = PrivateFiles.runtimeDirectory(null, directory.resolve("absent"));

        assertThat(runtime).hasParent(Path.of(System.getProperty("java.io.tmpdir")));
        PrivateFiles.deleteRecursively(runtime);
        assertThat(runtime).doesNotExist();
    }

    @Test
    void aTreeIsDeletedWithoutFollowingLinks() throws IOException {
        Path kept = Files.createFile(directory.resolve("kept"));
        Path tree = Files.createDirectories(directory.resolve("tree/branch")).getParent();
        Files.createFile(tree.resolve("branch/leaf"));
        Files.createSymbolicLink(tree.resolve("branch/link"), directory);

        PrivateFiles.deleteRecursively(tree);
        PrivateFiles.deleteRecursively(tree);

        assertThat(tree).doesNotExist();
        assertThat(kept).exists();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
