package io.muster.worker;

import io.muster.security.PrivateFiles;
import io.muster.serialize.SerializationException;
import io.muster.serialize.SerializedValue;
import io.muster.serialize.Serializer;
import io.muster.serialize.ValueAssembler;
import io.muster.serialize.ValueBytes;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A result on disk, as it crosses the network: it is sent from here without being made an object again. Streams and not channels read and
 * write it, as an interrupt closes a channel, and tasks are interrupted.
 *
 * @param path where
 * @param totalBytes as {@link ValueBytes#totalBytes()}
 * @param bodyBytes as {@link ValueBytes#bodyBytes()}
 * @param bodyChecksum as {@link ValueBytes#bodyChecksum()}
 */
record SpillFile(Path path, long totalBytes, long bodyBytes, int bodyChecksum) {
    private static final int PIECE_BYTES = 256 << 10;

    /** Writes a value to a new file; when that fails nothing of it is left. */
    static SpillFile write(final Path path, final SerializedValue value) throws IOException {
        try {
            PrivateFiles.createFile(path).close();
            try (OutputStream out = new FileOutputStream(path.toFile())) {
                final byte[] piece = new byte[(int) Math.min(PIECE_BYTES, value.totalBytes())];
                for (long position = 0; position < value.totalBytes(); ) {
                    final int count = value.read(position, ByteBuffer.wrap(piece));
                    out.write(piece, 0, count);
                    position += count;
                }
            }
        } catch (final IOException | RuntimeException | Error e) {
            Files.deleteIfExists(path);
            throw e;
        }
        return new SpillFile(path, value.totalBytes(), value.bodyBytes(), value.bodyChecksum());
    }

    /**
     * The value again.
     *
     * @throws OutOfMemoryError if the heap has no room for it; the file is as good as before
     */
    @Nullable
    Object read(final Serializer serializer) throws IOException {
        try {
            return assemble(serializer);
        } catch (final SerializationException e) {
            if (e.getCause() instanceof OutOfMemoryError full) {
                throw full;
            }
            throw e;
        }
    }

    private @Nullable Object assemble(final Serializer serializer) throws IOException {
        try (Bytes bytes = open()) {
            final ValueAssembler assembler = new ValueAssembler(totalBytes, bodyBytes, bodyChecksum, serializer);
            final byte[] piece = new byte[(int) Math.min(PIECE_BYTES, totalBytes)];
            while (assembler.position() < totalBytes) {
                final int count = bytes.read(assembler.position(), ByteBuffer.wrap(piece));
                assembler.accept(ByteBuffer.wrap(piece, 0, count));
            }
            return assembler.value();
        }
    }

    Bytes open() throws IOException {
        return new Bytes(this, new RandomAccessFile(path.toFile(), "r"));
    }

    /** An open file; what it holds can be read to its end though it be deleted meanwhile. Used by one thread. */
    record Bytes(SpillFile file, RandomAccessFile opened) implements ValueBytes {
        @Override
        public long totalBytes() {
            return file.totalBytes;
        }

        @Override
        public long bodyBytes() {
            return file.bodyBytes;
        }

        @Override
        public int bodyChecksum() {
            return file.bodyChecksum;
        }

        @Override
        public int read(final long position, final ByteBuffer dst) throws IOException {
            final int wanted = (int) Math.min(dst.remaining(), file.totalBytes - position);
            opened.seek(position);
            final int count;
            if (dst.hasArray()) {
                count = opened.read(dst.array(), dst.arrayOffset() + dst.position(), wanted);
                dst.position(dst.position() + Math.max(0, count));
            } else {
                final byte[] piece = new byte[Math.min(PIECE_BYTES, wanted)];
                count = opened.read(piece);
                dst.put(piece, 0, Math.max(0, count));
            }
            if (count < 0) {
                throw new EOFException("file=" + file.path + " ends at position=" + position + ", must have totalBytes="
                        + file.totalBytes);
            }
            return count;
        }

        @Override
        public void close() {
            try {
                opened.close();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
