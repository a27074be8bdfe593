package io.muster.mpi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Ranks that a test starts as plain processes meet in a directory, which is new for each launch. */
public final class DirectoryTransport implements RankTransport {
    static final String RANK = "TEST_RANK";
    static final String SIZE = "TEST_SIZE";
    static final String DIRECTORY = "TEST_DIR";

    private static final long POLL_NS = 10_000_000;
    private static final long TIMEOUT_NS = 60_000_000_000L;

    private final int rank;
    private final int size;
    private final Path directory;

    private DirectoryTransport(final int rank, final int size, final Path directory) {
        this.rank = rank;
        this.size = size;
        this.directory = directory;
    }

    /** Finds the variables of a test. */
    public static final class Provider implements RankTransportProvider {
        @Override
        public int priority() {
            return 1;
        }

        @Override
        public Optional<RankTransport> open(final Launch launch) {
            final String rank = launch.environment().get(RANK);
            return rank == null
                    ? Optional.empty()
                    : Optional.of(new DirectoryTransport(
                            Integer.parseInt(rank),
                            Integer.parseInt(launch.environment().get(SIZE)),
                            Path.of(launch.environment().get(DIRECTORY))));
        }
    }

    @Override
    public String name() {
        return "test-directory";
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int localRank() {
        return rank;
    }

    @Override
    public int localSize() {
        return size;
    }

    @Override
    public byte[] broadcast(final byte[] bytes, final int root) {
        final Path file = directory.resolve("broadcast");
        try {
            if (rank == root) {
                final Path temporary = directory.resolve("broadcast.tmp");
                Files.write(temporary, bytes);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
                return bytes;
            }
            await(file);
            return Files.readAllBytes(file);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void barrier() {
        try {
            Files.createFile(directory.resolve("barrier-" + rank));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int other = 0; other < size; other++) {
            await(directory.resolve("barrier-" + other));
        }
    }

    @Override
    public void close() {}

    private static void await(final Path file) {
        final long startNs = System.nanoTime();
        while (!Files.exists(file)) {
            if (System.nanoTime() - startNs > TIMEOUT_NS) {
                throw new MpiLaunchException("file=" + file + " did not come", null);
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }
}
