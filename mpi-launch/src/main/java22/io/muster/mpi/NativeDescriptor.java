package io.muster.mpi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** An open file descriptor, by its number, with the C library's own functions. */
@SuppressWarnings("restricted")
final class NativeDescriptor {
    private static final int EINTR = 4;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout ERROR_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERROR = ERROR_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle READ = transfer("read");
    private static final MethodHandle WRITE = transfer("write");
    private static final MethodHandle CLOSE = LINKER.downcallHandle(
            LINKER.defaultLookup().find("close").orElseThrow(), FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final int number;

    NativeDescriptor(final int number) {
        this.number = number;
    }

    ByteStreams streams() {
        return new ByteStreams(new Input(), new Output(), this::close);
    }

    private void close() throws IOException {
        try {
            final int ignored = (int) CLOSE.invokeExact(number);
        } catch (final Throwable e) {
            throw new IOException("close(" + number + ")", e);
        }
    }

    /** Reads or writes once; a call that a signal has ended is made again. */
    private long transfer(final MethodHandle function, final Arena arena, final MemorySegment bytes)
            throws IOException {
        final MemorySegment error = arena.allocate(ERROR_LAYOUT);
        while (true) {
            final long count;
            try {
                count = (long) function.invokeExact(error, number, bytes, bytes.byteSize());
            } catch (final Throwable e) {
                throw new IOException("descriptor=" + number, e);
            }
            final int code = (int) ERROR.get(error, 0L);
            if (count >= 0) {
                return count;
            }
            if (code != EINTR) {
                throw new IOException("descriptor=" + number + " errno=" + code);
            }
        }
    }

    private static MethodHandle transfer(final String function) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().find(function).orElseThrow(),
                FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG),
                Linker.Option.captureCallState("errno"));
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            final byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(final byte[] bytes, final int offset, final int length) throws IOException {
            try (Arena arena = Arena.ofConfined()) {
                final MemorySegment buffer = arena.allocate(length);
                final int count = (int) transfer(READ, arena, buffer);
                MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, offset, count);
                return count == 0 ? -1 : count;
            }
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(final int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) throws IOException {
            try (Arena arena = Arena.ofConfined()) {
                final MemorySegment buffer = arena.allocate(length);
                MemorySegment.copy(bytes, offset, buffer, JAVA_BYTE, 0, length);
                long done = 0;
                while (done < length) {
                    done += transfer(WRITE, arena, buffer.asSlice(done));
                }
            }
        }
    }
}
