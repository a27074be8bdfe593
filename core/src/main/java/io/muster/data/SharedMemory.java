package io.muster.data;

import io.muster.security.PrivateFiles;
import io.muster.transport.HostId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few slots of memory that two processes on one host have in common: the one that made it writes, the other reads.
 * Who may use which slot is agreed on elsewhere.
 */
final class SharedMemory implements Closeable {
    static final int SLOT_BYTES = 1 << 20;
    static final int SLOTS = 4;

    private static final Logger LOG = LoggerFactory.getLogger(SharedMemory.class);
    private static final int MAX_BYTES = 64 << 20;
    private static final long LEAST_LEFT_BYTES = 64 << 20;
    private static final Path DIRECTORY = Path.of("/dev/shm");
    private static final Pattern NAME = Pattern.compile("muster-bulk-[-0-9a-f]{36}");

    private final Path path;
    private final ByteBuffer memory;
    private final int slotBytes;
    private final int slots;

    private SharedMemory(final Path path, final ByteBuffer memory, final int slotBytes, final int slots) {
        this.path = path;
        this.memory = memory;
        this.slotBytes = slotBytes;
        this.slots = slots;
    }

    /**
     * New memory, where there is much more. All of it is taken at once, as a page that can't be had later would kill the
     * process.
     */
    static SharedMemory create() throws IOException {
        final long usableBytes = Files.getFileStore(DIRECTORY).getUsableSpace();
        if (usableBytes < SLOTS * SLOT_BYTES + LEAST_LEFT_BYTES) {
            throw new IOException("usableBytes=" + usableBytes + " of " + DIRECTORY + " must be >= "
                    + (SLOTS * SLOT_BYTES + LEAST_LEFT_BYTES));
        }
        final Path path = DIRECTORY.resolve("muster-bulk-" + UUID.randomUUID());
        PrivateFiles.createFile(path).close();
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (int i = 0; i < SLOTS; i++) {
                final ByteBuffer zeros = ByteBuffer.allocate(SLOT_BYTES);
                while (zeros.hasRemaining()) {
                    file.write(zeros);
                }
            }
            return new SharedMemory(path, file.map(MapMode.READ_WRITE, 0, file.size()), SLOT_BYTES, SLOTS);
        } catch (final IOException | RuntimeException | Error e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /** The memory that another process of this host made, for reading. */
    static SharedMemory open(final String hostId, final String path, final int slotBytes, final int slots)
            throws IOException {
        final Path file = Path.of(path);
        if (!hostId.equals(HostId.current())
                || !DIRECTORY.equals(file.getParent())
                || !NAME.matcher(file.getFileName().toString()).matches()) {
            throw new IOException("hostId=" + hostId + " path=" + path + " is not shared with " + HostId.current());
        }
        if (slotBytes < 1 || slots < 1 || (long) slotBytes * slots > MAX_BYTES) {
            throw new IOException(
                    "slotBytes=" + slotBytes + " * slots=" + slots + " must be within 1 and " + MAX_BYTES);
        }
        try (FileChannel opened = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            if (opened.size() != (long) slotBytes * slots) {
                throw new IOException("size=" + opened.size() + " of path=" + path + " must be slotBytes=" + slotBytes
                        + " * slots=" + slots);
            }
            return new SharedMemory(file, opened.map(MapMode.READ_ONLY, 0, opened.size()), slotBytes, slots);
        }
    }

    Path path() {
        return path;
    }

    int slotBytes() {
        return slotBytes;
    }

    int slots() {
        return slots;
    }

    /** The slot whose turn it is at a count of slots used. */
    ByteBuffer slot(final long count, final int length) {
        return memory.slice((int) (count % slots) * slotBytes, length);
    }

    /** Takes the name away; the memory stays until nobody has it mapped. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            LOG.debug("can't delete file={}", path, e);
        }
    }
}
