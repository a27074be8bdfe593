package io.muster.classes;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a class path consists of, so that two processes can tell whether theirs hold the same: for each entry a line with a jar's size and the
 * checksum of its directory, which has the checksums of all its files, or with a folder's path and the number, size and latest time of its
 * files. So a jar is the same wherever it lies.
 */
final class ClassPath {
    /** The line of an entry of which nothing can be told. It equals nothing. */
    static final String UNKNOWN = "?";

    private static final int MAX_FILES = 50_000;
    private static final int MAX_DIRECTORY = 64 << 20;

    /** The record at the end of a zip file, and how far before its end that begins at most; APPNOTE.TXT 4.3.16. */
    private static final int ZIP_END = 22;

    private static final int MAX_ZIP_END = ZIP_END + 0xffff;
    private static final int ZIP_END_SIGNATURE = 0x06054b50;

    private final Set<String> lines;

    private ClassPath(final Set<String> lines) {
        this.lines = lines;
    }

    /**
     * The entries of a class path.
     *
     * @param classPath as in {@code java.class.path}
     * @param beforeMs what was changed later, in milliseconds since 1970, is {@link #UNKNOWN}
     */
    static ClassPath of(final String classPath, final long beforeMs) {
        final Set<String> lines = new LinkedHashSet<>();
        for (final String entry : classPath.split(File.pathSeparator)) {
            final String line = line(entry, beforeMs);
            if (line != null) {
                lines.add(line);
            }
        }
        return new ClassPath(lines);
    }

    static ClassPath fromBytes(final byte[] bytes) {
        final String text = new String(bytes, StandardCharsets.UTF_8);
        return new ClassPath(new LinkedHashSet<>(Arrays.asList(text.split("\n"))));
    }

    byte[] toBytes() {
        return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    }

    /** The same with an entry of which nothing can be told. */
    ClassPath withUnknown() {
        final Set<String> more = new LinkedHashSet<>(lines);
        more.add(UNKNOWN);
        return new ClassPath(more);
    }

    /** Whether each entry of the other one is here. */
    boolean covers(final ClassPath other) {
        return !other.lines.contains(UNKNOWN) && lines.containsAll(other.lines);
    }

    /** Null for what holds no classes. */
    private static @Nullable String line(final String entry, final long beforeMs) {
        if (entry.isEmpty()) {
            return null;
        }
        try {
            final Path path = Path.of(entry).toAbsolutePath();
            if (!Files.exists(path)) {
                return null;
            }
            return Files.isDirectory(path) ? folder(path, beforeMs) : jar(path, beforeMs);
        } catch (final IOException | InvalidPathException e) {
            return UNKNOWN;
        }
    }

    private static String jar(final Path path, final long beforeMs) throws IOException {
        if (Files.getLastModifiedTime(path).toMillis() > beforeMs) {
            return UNKNOWN;
        }
        try (RandomAccessFile jar = new RandomAccessFile(path.toFile(), "r")) {
            final byte[] directory = directory(jar);
            return jar.length() + "|" + directory.length + '|' + checksum(directory);
        }
    }

    static long checksum(final byte[] content) {
        final CRC32C checksum = new CRC32C();
        checksum.update(content, 0, content.length);
        return checksum.getValue();
    }

    /** A zip file's central directory; of what has none that is found all that was looked at. */
    private static byte[] directory(final RandomAccessFile zip) throws IOException {
        final long endsAt = zip.length();
        final byte[] end = read(zip, Math.max(0, endsAt - MAX_ZIP_END), endsAt);
        final ByteBuffer fields = ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = end.length - ZIP_END; at >= 0; at--) {
            if (fields.getInt(at) == ZIP_END_SIGNATURE) {
                final long size = Integer.toUnsignedLong(fields.getInt(at + 12));
                final long from = Integer.toUnsignedLong(fields.getInt(at + 16));
                final boolean fits = from + size <= endsAt - end.length + at && size <= MAX_DIRECTORY;
                return fits ? read(zip, from, from + size) : end;
            }
        }
        return end;
    }

    private static byte[] read(final RandomAccessFile file, final long from, final long to) throws IOException {
        final byte[] bytes = new byte[(int) (to - from)];
        file.seek(from);
        file.readFully(bytes);
        return bytes;
    }

    private static String folder(final Path path, final long beforeMs) throws IOException {
        final Sum sum = new Sum();
        Files.walkFileTree(path, sum);
        return sum.files >= MAX_FILES || sum.latestMs > beforeMs
                ? UNKNOWN
                : path.toString() + '|' + sum.files + '|' + sum.bytes + '|' + sum.latestMs;
    }

    /** Adds files up. */
    private static final class Sum extends SimpleFileVisitor<Path> {
        private int files;
        private long bytes;
        private long latestMs;

        @Override
        public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes) {
            files++;
            bytes += attributes.size();
            latestMs = Math.max(latestMs, attributes.lastModifiedTime().toMillis());
            return files < MAX_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
        }
    }
}
