package io.muster.mpi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The functions of the PMIx library that a rank needs to meet the others. Sizes and numbers are those of PMIx 2 to 5 on machines
 * with 64-bit addresses.
 */
@SuppressWarnings("restricted")
final class PmixLibrary {
    /** The rank that stands for the whole job. */
    static final int JOB = -2;

    private static final Logger LOG = LoggerFactory.getLogger(PmixLibrary.class);
    private static final List<String> NAMES = List.of("libpmix.so.2", "libpmix.so");
    private static final long NAMESPACE_BYTES = 256;
    private static final long PROCESS_BYTES = 260;
    private static final long VALUE_BYTES = 24;
    private static final long VALUE_CONTENT = 8;
    private static final long MAX_TEXT_BYTES = 4096;
    private static final short STRING = 3;
    private static final short UINT16 = 13;
    private static final short UINT32 = 14;
    private static final byte GLOBAL = 3;

    private final Linker linker = Linker.nativeLinker();
    private final SymbolLookup symbols;
    private final MemorySegment self = Arena.global().allocate(PROCESS_BYTES, Long.BYTES);

    private PmixLibrary(final SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /** The library of the given name, or the system's; empty if there is none of the system. */
    static Optional<PmixLibrary> load(final @Nullable String given) {
        for (final String name : given == null ? NAMES : List.of(given)) {
            try {
                return Optional.of(new PmixLibrary(SymbolLookup.libraryLookup(name, Arena.global())));
            } catch (final IllegalArgumentException e) {
                LOG.debug("PMIx is not at {}: {}", name, e.getMessage());
            }
        }
        if (given != null) {
            throw new MpiLaunchException(
                    LaunchOptions.PMIX_LIBRARY + "=" + given + " must be a library that can be loaded", null);
        }
        return Optional.empty();
    }

    /** Connects to the launcher; returns this process's rank. */
    int initialize() {
        call("PMIx_Init", List.of(ADDRESS, ADDRESS, JAVA_LONG), self, MemorySegment.NULL, 0L);
        return self.get(JAVA_INT_UNALIGNED, NAMESPACE_BYTES);
    }

    void put(final String key, final String value) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment content = arena.allocate(VALUE_BYTES, Long.BYTES);
            content.set(JAVA_SHORT, 0, STRING);
            content.set(ADDRESS, VALUE_CONTENT, arena.allocateFrom(value));
            call("PMIx_Put", List.of(JAVA_BYTE, ADDRESS, ADDRESS), GLOBAL, arena.allocateFrom(key), content);
            call("PMIx_Commit", List.of());
        }
    }

    /** Waits for all ranks. */
    void fence() {
        call(
                "PMIx_Fence",
                List.of(ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG),
                MemorySegment.NULL,
                0L,
                MemorySegment.NULL,
                0L);
    }

    String text(final int rank, final String key) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment value = value(arena, rank, key).orElseThrow(() -> missing(rank, key));
            if (value.get(JAVA_SHORT, 0) != STRING) {
                throw missing(rank, key);
            }
            return value.get(ADDRESS, VALUE_CONTENT).reinterpret(MAX_TEXT_BYTES).getString(0);
        }
    }

    /** A number that the launcher has set; empty if it has not. */
    OptionalInt number(final int rank, final String key) {
        try (Arena arena = Arena.ofConfined()) {
            final Optional<MemorySegment> value = value(arena, rank, key);
            if (value.isEmpty()) {
                return OptionalInt.empty();
            }
            return switch (value.get().get(JAVA_SHORT, 0)) {
                case UINT16 -> OptionalInt.of(value.get().get(JAVA_SHORT, VALUE_CONTENT) & 0xffff);
                case UINT32 -> OptionalInt.of(value.get().get(JAVA_INT, VALUE_CONTENT));
                default -> OptionalInt.empty();
            };
        }
    }

    void close() {
        call("PMIx_Finalize", List.of(ADDRESS, JAVA_LONG), MemorySegment.NULL, 0L);
    }

    private Optional<MemorySegment> value(final Arena arena, final int rank, final String key) {
        final MemorySegment process = arena.allocate(PROCESS_BYTES, Long.BYTES);
        MemorySegment.copy(self, 0, process, 0, NAMESPACE_BYTES);
        process.set(JAVA_INT_UNALIGNED, NAMESPACE_BYTES, rank);
        final MemorySegment result = arena.allocate(ADDRESS);
        final int status = invoke(
                "PMIx_Get",
                List.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS),
                process,
                arena.allocateFrom(key),
                MemorySegment.NULL,
                0L,
                result);
        return status == 0 ? Optional.of(result.get(ADDRESS, 0).reinterpret(VALUE_BYTES)) : Optional.empty();
    }

    private void call(final String function, final List<MemoryLayout> parameters, final Object... arguments) {
        final int status = invoke(function, parameters, arguments);
        if (status != 0) {
            throw new MpiLaunchException(
                    function + " failed with status=" + status
                            + ". If this process was started by a rank and is none itself,"
                            + " strip the launcher's variables from its environment. The other way is -D"
                            + LaunchOptions.TRANSPORT + "=" + SharedFileProvider.NAME + " on all ranks",
                    null);
        }
    }

    private int invoke(final String function, final List<MemoryLayout> parameters, final Object... arguments) {
        final MethodHandle handle = linker.downcallHandle(
                symbols.find(function)
                        .orElseThrow(() -> new MpiLaunchException("the PMIx library has no " + function, null)),
                FunctionDescriptor.of(JAVA_INT, parameters.toArray(MemoryLayout[]::new)));
        try {
            return (int) handle.invokeWithArguments(arguments);
        } catch (final Throwable e) {
            throw new MpiLaunchException(function + " cannot be called: " + e, e);
        }
    }

    private static MpiLaunchException missing(final int rank, final String key) {
        return new MpiLaunchException("PMIx has no text under key=" + key + " of rank=" + rank, null);
    }
}
