package io.muster.mpi;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The methods of MPJ Express that ranks need to meet, found in what the program has on its class path. In the multicore mode each
 * rank has a class loader of its own, and MPJ Express may be called only from the thread that runs {@code main}.
 */
final class MpjLibrary {
    private static final int TAG_BASE = 7000;

    private final MethodHandle init;
    private final MethodHandle finish;
    private final MethodHandle world;
    private final MethodHandle rank;
    private final MethodHandle size;
    private final MethodHandle send;
    private final MethodHandle receive;
    private final MethodHandle test;
    private final Object bytes;

    private MpjLibrary(final Class<?> mpi) throws ReflectiveOperationException {
        final ClassLoader loader = mpi.getClassLoader();
        final Class<?> communicator = Class.forName("mpi.Comm", false, loader);
        final Class<?> intracommunicator = Class.forName("mpi.Intracomm", false, loader);
        final Class<?> datatype = Class.forName("mpi.Datatype", false, loader);
        final Class<?> request = Class.forName("mpi.Request", false, loader);
        final Class<?> status = Class.forName("mpi.Status", false, loader);
        final Lookup lookup = MethodHandles.publicLookup();
        final MethodType transfer =
                MethodType.methodType(request, Object.class, int.class, int.class, datatype, int.class, int.class);
        init = lookup.findStatic(mpi, "Init", MethodType.methodType(String[].class, String[].class));
        finish = lookup.findStatic(mpi, "Finalize", MethodType.methodType(void.class));
        world = lookup.findStaticGetter(mpi, "COMM_WORLD", intracommunicator);
        rank = lookup.findVirtual(communicator, "Rank", MethodType.methodType(int.class));
        size = lookup.findVirtual(communicator, "Size", MethodType.methodType(int.class));
        send = lookup.findVirtual(communicator, "Isend", transfer);
        receive = lookup.findVirtual(communicator, "Irecv", transfer);
        test = lookup.findVirtual(request, "Test", MethodType.methodType(status));
        bytes = mpi.getField("BYTE").get(null);
    }

    /** The library that the context class loader sees; empty if there is none, or it is another one with the same name. */
    static Optional<MpjLibrary> find() {
        try {
            return Optional.of(new MpjLibrary(
                    Class.forName("mpi.MPI", false, Thread.currentThread().getContextClassLoader())));
        } catch (final ReflectiveOperationException | LinkageError e) {
            return Optional.empty();
        }
    }

    void initialize(final List<String> arguments) {
        invoke("Init", init, (Object) arguments.toArray(String[]::new));
    }

    int rank() {
        return (int) get("Rank", rank, world());
    }

    int size() {
        return (int) get("Size", size, world());
    }

    /** Begins to send; returns a request. The bytes must not be changed before it is done. */
    Object send(final byte[] message, final int to, final int tag) {
        return get("Isend", send, world(), message, 0, message.length, bytes, to, TAG_BASE + tag);
    }

    /** Begins to receive a message of just that many bytes; returns a request. */
    Object receive(final byte[] message, final int from, final int tag) {
        return get("Irecv", receive, world(), message, 0, message.length, bytes, from, TAG_BASE + tag);
    }

    boolean isDone(final Object request) {
        return invoke("Test", test, request) != null;
    }

    void close() {
        invoke("Finalize", finish);
    }

    private Object world() {
        return get("COMM_WORLD", world);
    }

    private static Object get(final String what, final MethodHandle handle, final Object... arguments) {
        return Objects.requireNonNull(invoke(what, handle, arguments), what);
    }

    private static @Nullable Object invoke(final String what, final MethodHandle handle, final Object... arguments) {
        try {
            return handle.invokeWithArguments(arguments);
        } catch (final Throwable e) {
            throw new MpiLaunchException("MPJ Express: " + what + " failed: " + e, e);
        }
    }
}
