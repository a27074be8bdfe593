package io.muster.mpi;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A socket that a launcher has left open for this process, known by its number only.
 *
 * <p>Java has no way to take one over. A JVM that has the flag of Muster's own JVMs lets its number be put into a
 * {@link FileDescriptor}. Others read and write by {@code java.lang.foreign}, or before Java 22 by the unsupported Unsafe. A file
 * below {@code /proc/self/fd} cannot be opened if it is a socket.
 */
final class InheritedSocket {
    static final String FLAG = "--add-exports java.base/jdk.internal.misc=ALL-UNNAMED";

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private InheritedSocket() {}

    static ByteStreams open(final int number) throws IOException {
        requireSocket(number);
        final Optional<FileDescriptor> internal = byInternalUnsafe(number);
        return internal.isPresent() ? streams(internal.get()) : Foreign.socket(number);
    }

    /**
     * A process that has only inherited the variables may have any file of its own under the number: a class library, or a socket to
     * someone else. The latter is as good as impossible in a JVM that has just started.
     */
    private static void requireSocket(final int number) throws IOException {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return;
        }
        final Path link = DESCRIPTORS.resolve(Integer.toString(number));
        final String target = Files.exists(link, LinkOption.NOFOLLOW_LINKS)
                ? Files.readSymbolicLink(link).toString()
                : "nothing";
        if (!target.startsWith("socket:")) {
            throw new IOException(
                    "descriptor=" + number + " is " + target + ", not a socket that the launcher left open");
        }
    }

    private static Optional<FileDescriptor> byInternalUnsafe(final int number) {
        try {
            final Class<?> type = Class.forName("jdk.internal.misc.Unsafe");
            return Optional.of(descriptor(type, type.getMethod("getUnsafe").invoke(null), number));
        } catch (final ReflectiveOperationException e) {
            return Optional.empty();
        }
    }

    /** By the class that Java 17 to 23 offer without a word, and later ones with warnings. */
    static ByteStreams bySunMiscUnsafe(final int number) throws IOException {
        try {
            final Class<?> type = Class.forName("sun.misc.Unsafe");
            final Field instance = type.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            return streams(descriptor(type, instance.get(null), number));
        } catch (final ReflectiveOperationException e) {
            throw new IOException("this Java cannot take over descriptor=" + number + "; start it with " + FLAG, e);
        }
    }

    private static FileDescriptor descriptor(final Class<?> unsafe, final Object instance, final int number)
            throws ReflectiveOperationException {
        final FileDescriptor descriptor = new FileDescriptor();
        final Object offset = unsafe.getMethod("objectFieldOffset", Field.class)
                .invoke(instance, FileDescriptor.class.getDeclaredField("fd"));
        unsafe.getMethod("putInt", Object.class, long.class, int.class).invoke(instance, descriptor, offset, number);
        return descriptor;
    }

    private static ByteStreams streams(final FileDescriptor descriptor) {
        final FileInputStream in = new FileInputStream(descriptor);
        return new ByteStreams(in, new FileOutputStream(descriptor), in);
    }
}
