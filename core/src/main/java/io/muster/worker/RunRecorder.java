package io.muster.worker;

import io.muster.MusterException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A small mapped file that says which runs a worker process executes right now, so that its nanny can name them after
 * the process died. One slot of 8 bytes for each executor thread: run id + 1 while it runs, else 0.
 */
public final class RunRecorder {
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private final MappedByteBuffer slots;

    private RunRecorder(final MappedByteBuffer slots) {
        this.slots = slots;
    }

    /**
     * Makes the file, or empties the one that is there.
     *
     * @param file where; its directory must exist
     * @param threads how many executor threads there are
     * @return the recorder
     * @throws MusterException if the file can't be made
     */
    public static RunRecorder create(final Path file, final int threads) {
        try (FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            return new RunRecorder(channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) threads * Long.BYTES));
        } catch (final IOException e) {
            throw new MusterException("can't make the run recorder file=" + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The runs that a recorder's file names.
     *
     * @param file the file
     * @return run ids; none if there is no such file
     * @throws MusterException if the file can't be read
     */
    public static long[] read(final Path file) {
        final byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (final NoSuchFileException e) {
            return new long[0];
        } catch (final IOException e) {
            throw new MusterException("can't read the run recorder file=" + file + ": " + e.getMessage(), e);
        }
        final long[] runs = new long[bytes.length / Long.BYTES];
        final ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int count = 0;
        for (int i = 0; i < runs.length; i++) {
            final long slot = view.getLong(i * Long.BYTES);
            if (slot != 0) {
                runs[count++] = slot - 1;
            }
        }
        return Arrays.copyOf(runs, count);
    }

    void started(final int thread, final long runId) {
        LONG.setRelease((ByteBuffer) slots, thread * Long.BYTES, runId + 1);
    }

    void ended(final int thread) {
        LONG.setRelease((ByteBuffer) slots, thread * Long.BYTES, 0L);
    }

    int threads() {
        return slots.capacity() / Long.BYTES;
    }
}
