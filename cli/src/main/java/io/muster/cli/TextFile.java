package io.muster.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A file whose words are worth counting.
 *
 * @param path where it is
 * @param bytes how large it is
 */
record TextFile(String path, long bytes) {
    private static final Set<String> SKIPPED_FOLDERS = Set.of(".git", "target");
    private static final int LOOKED_AT_BYTES = 8 * 1024;
    private static final long MOST_BYTES = 16 << 20;

    /**
     * The text files in a folder and those in it, in the order of their paths. Left out are what Git and Maven made, files that cannot
     * be read, symbolic links, files of more than 16 MiB, and files with a zero byte near their begin.
     */
    static List<TextFile> below(final Path folder) {
        final List<TextFile> files = new ArrayList<>();
        try {
            Files.walkFileTree(folder.toAbsolutePath().normalize(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(final Path inner, final BasicFileAttributes attributes) {
                    return SKIPPED_FOLDERS.contains(String.valueOf(inner.getFileName()))
                                    && !inner.equals(folder.toAbsolutePath().normalize())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && attributes.size() <= MOST_BYTES && isText(file)) {
                        files.add(new TextFile(file.toString(), attributes.size()));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(final Path file, final IOException failure) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (final IOException e) {
            throw new UncheckedIOException("can't list the files in folder=" + folder, e);
        }
        files.sort(Comparator.comparing(TextFile::path));
        return files;
    }

    private static boolean isText(final Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            for (final byte each : in.readNBytes(LOOKED_AT_BYTES)) {
                if (each == 0) {
                    return false;
                }
            }
            return true;
        } catch (final IOException unreadable) {
            return false;
        }
    }
}
