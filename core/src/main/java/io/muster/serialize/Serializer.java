package io.muster.serialize;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns user values into bytes and back; safe for use by many threads.
 *
 * <p>There are two doors to one format: {@link #toBytes} for values that fit into one array (everyday small ones take
 * no JDK stream at all), and {@link #serialize} with {@link ValueAssembler} for values of any size, in pieces. What one
 * writes the other reads.
 *
 * <ul>
 *   <li>Boxed primitives, strings up to 2<sup>20</sup> characters, null and primitive arrays are written directly.
 *   <li>Records and lambdas that hold nothing but primitives, boxed ones, strings, enums and such records are written flat:
 *       the names of their class and components, then their values. That takes a tenth of a JDK stream's time. What
 *       defines {@code writeReplace} or {@code readResolve} is left to the JDK; both sides must have the same components.
 *   <li>Everything else is a JDK stream. Primitive arrays of more than 512 elements inside of it travel out of band; an
 *       array that is there twice stays one array.
 *   <li>Reading finds classes through the supplied loader, then through the thread's context class loader.
 *   <li>Reading always goes through an {@link ObjectInputFilter}, by default {@value #DEFAULT_FILTER}. Besides, no
 *       declared length may claim more elements than the stream has bytes for.
 * </ul>
 */
public final class Serializer {
    /** The filter pattern that holds where none is given. */
    public static final String DEFAULT_FILTER = "maxdepth=200;maxrefs=50000000;maxarray=2147483647";

    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;
    private static final ChunkedBytes NO_STREAM = new ChunkedBytes();
    private static final ArrayKind[] NO_KINDS = {};
    private static final Object[] NO_ARRAYS = {};
    private static final Serializer STANDARD = new Serializer(Serializer.class::getClassLoader, null);

    private final Supplier<? extends @Nullable ClassLoader> loader;
    private final @Nullable IntFunction<? extends ClassLoader> clients;
    private final ObjectInputFilter filter;
    private final @Nullable String place;
    private final FlatReader flat;

    /**
     * A serializer for a place that error messages need not name.
     *
     * @param loader asked at each read for the loader to try first; may answer null
     * @param filterPattern as {@link ObjectInputFilter.Config#createFilter} takes it; null for {@link #DEFAULT_FILTER}
     * @throws IllegalArgumentException if the pattern is malformed
     */
    public Serializer(Supplier<? extends @Nullable ClassLoader> loader, @Nullable String filterPattern) {
        this(loader, filterPattern, null);
    }

    /**
     * A serializer whose error messages name the place where they happen.
     *
     * @param loader asked at each read for the loader to try first; may answer null
     * @param filterPattern as {@link ObjectInputFilter.Config#createFilter} takes it; null for {@link #DEFAULT_FILTER}
     * @param place such as {@code worker w-0}; null for none
     * @throws IllegalArgumentException if the pattern is malformed
     */
    public Serializer(
            Supplier<? extends @Nullable ClassLoader> loader, @Nullable String filterPattern, @Nullable String place) {
        this(
                Objects.requireNonNull(loader, "loader"),
                null,
                createFilter(filterPattern == null ? DEFAULT_FILTER : filterPattern),
                place,
                new FlatReader());
    }

    private Serializer(
            Supplier<? extends @Nullable ClassLoader> loader,
            @Nullable IntFunction<? extends ClassLoader> clients,
            ObjectInputFilter filter,
            @Nullable String place,
            FlatReader flat) {
        this.loader = loader;
        this.clients = clients;
        this.filter = filter;
        this.place = place;
        this.flat = flat;
    }

    /**
     * A serializer of a process that has classes of several clients: it reads with the thread's context class loader, and what
     * belongs to a task {@linkplain #of with those of the task's client}.
     *
     * @param clients asked for the class loader of a client's number
     * @param place such as {@code worker w-0}
     * @return the serializer
     */
    public static Serializer ofClients(IntFunction<? extends ClassLoader> clients, String place) {
        return new Serializer(
                () -> Thread.currentThread().getContextClassLoader(),
                clients,
                createFilter(DEFAULT_FILTER),
                place,
                new FlatReader());
    }

    /**
     * The serializer for what belongs to a task, or is a function.
     *
     * @param identity a task or a function: the client's number and its own
     * @return one that finds the classes of that client, where clients have their own; else this one
     */
    public Serializer of(long identity) {
        return clients == null ? this : new Serializer(() -> loaderOf(identity), null, filter, place, flat);
    }

    /**
     * Where the classes are found of what belongs to a task, or of a function.
     *
     * @param identity a task or a function: the client's number and its own
     * @return the class loader; null for that of the JDK
     */
    public @Nullable ClassLoader loaderOf(long identity) {
        return clients == null ? loader.get() : clients.apply((int) (identity >>> Integer.SIZE));
    }

    /**
     * The serializer of programs that need nothing special: Muster's own class loader, the default filter.
     *
     * @return always the same
     */
    public static Serializer standard() {
        return STANDARD;
    }

    /**
     * Makes a value readable as bytes, without copying its large arrays.
     *
     * @param value any value; may be null
     * @return its bytes; they follow later changes of its arrays
     * @throws UnserializableException if the value, or something in it, can't be serialized
     */
    public SerializedValue serialize(@Nullable Object value) {
        byte[] compact = encodeShort(value);
        if (compact != null || value == null) {
            return new SerializedValue(Objects.requireNonNull(compact), NO_STREAM, NO_KINDS, NO_ARRAYS);
        }
        ArrayKind kind = ArrayKind.of(value);
        if (kind != null) {
            byte[] head = ArrayTable.headOfArray(kind, value);
            return new SerializedValue(head, NO_STREAM, new ArrayKind[] {kind}, new Object[] {value});
        }
        return writeStream(value);
    }

    /**
     * The value of a serialized one: a deep copy of what was serialized.
     *
     * @param serialized the bytes
     * @return the value; may be null
     * @throws SerializationException if a class is missing or refused, or its own reading fails
     */
    public @Nullable Object deserialize(SerializedValue serialized) {
        byte[] head = serialized.head();
        if (Compact.reads(head[0])) {
            return Compact.decode(head, 0, head.length);
        }
        if (head[0] == Compact.FLAT) {
            return readFlat(head, 0, head.length);
        }
        Object[] arrays = serialized.copyArrays();
        return head[0] == Compact.ARRAY
                ? arrays[0]
                : readStream(
                        serialized.stream().input(0, false), serialized.stream().size(), arrays);
    }

    /**
     * A value as one array of bytes.
     *
     * @param value any value; may be null
     * @return the same bytes as those of {@link #serialize}
     * @throws UnserializableException if the value, or something in it, can't be serialized, or it takes more bytes
     *     than an array can have
     */
    public byte[] toBytes(@Nullable Object value) {
        byte[] compact = encodeShort(value);
        if (compact != null) {
            return compact;
        }
        SerializedValue serialized = serialize(value);
        if (serialized.totalBytes() > MAX_ARRAY) {
            throw new UnserializableException("totalBytes=" + serialized.totalBytes() + " must be <= " + MAX_ARRAY
                    + " to be one array of bytes; use serialize, which writes in pieces");
        }
        byte[] bytes = new byte[(int) serialized.totalBytes()];
        serialized.read(0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /**
     * The value of bytes that {@link #toBytes} made, or that are a whole {@link SerializedValue}.
     *
     * @param src holds the bytes
     * @param offset where they start
     * @param length how many there are
     * @return the value; may be null
     * @throws SerializationException if the bytes are damaged, or a class is missing or refused, or its reading fails
     * @throws IndexOutOfBoundsException if the range is outside of {@code src}
     */
    public @Nullable Object fromBytes(byte[] src, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, src.length);
        if (length == 0) {
            throw new SerializationException("damaged value: length=0 must be at least 1");
        }
        byte tag = src[offset];
        if (tag == Compact.FLAT) {
            return readFlat(src, offset, length);
        }
        if (tag != Compact.ARRAY && tag != Compact.STREAM) {
            return Compact.decode(src, offset, length);
        }
        ArrayTable table = readTable(new ByteArrayInputStream(src, offset, length), length);
        long streamBytes = length - table.headBytes() - table.arrayBytes();
        if (streamBytes < 0 || table.isArray() == streamBytes > 0) {
            throw new SerializationException("damaged value: length=" + length + ", but its head of "
                    + table.headBytes() + " bytes announces arrayBytes=" + table.arrayBytes());
        }
        Object[] arrays = new Object[table.count()];
        int arraysAt = table.headBytes() + (int) streamBytes;
        ByteBuffer arrayBytes = ByteBuffer.wrap(src, offset + arraysAt, length - arraysAt);
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = table.allocate(i);
            table.kind(i).write(arrays[i], 0, arrayBytes, (int) table.bytes(i));
        }
        return tag == Compact.ARRAY
                ? arrays[0]
                : readStream(
                        new ByteArrayInputStream(src, offset + table.headBytes(), (int) streamBytes),
                        streamBytes,
                        arrays);
    }

    static ArrayTable readTable(InputStream in, long available) {
        try {
            return ArrayTable.read(in, available);
        } catch (IOException e) {
            throw new SerializationException("damaged value: its head can't be read", e);
        }
    }

    @Nullable
    Object readStream(InputStream in, long streamBytes, Object[] arrays) {
        return read(streamBytes, (classes, reading) -> {
            try (ObjectReader reader = new ObjectReader(in, classes, reading, arrays)) {
                Object value = reader.readObject();
                if (in.read() >= 0) {
                    throw new SerializationException("damaged value: bytes follow after its end");
                }
                return value;
            }
        });
    }

    private @Nullable Object readFlat(byte[] src, int offset, int length) {
        return read(length, (classes, reading) -> flat.read(src, offset, length, classes, filter, reading));
    }

    /** Reads one value of so many bytes, and tells what went wrong. */
    private @Nullable Object read(long bytes, Form form) {
        ReadFilter reading = new ReadFilter(filter, bytes);
        ClassResolver classes = new ClassResolver(loader);
        try {
            return form.read(classes, reading);
        } catch (IOException
                | ClassNotFoundException
                | RuntimeException
                | LinkageError
                | AssertionError
                | StackOverflowError e) {
            throw ReadFailure.explain(e, classes, reading.refusal(), place);
        }
    }

    private static byte @Nullable [] encodeShort(@Nullable Object value) {
        byte[] compact = Compact.encode(value);
        return compact != null || value == null ? compact : FlatClass.encode(value);
    }

    private static SerializedValue writeStream(Object value) {
        ChunkedBytes stream = new ChunkedBytes();
        try (ObjectWriter writer = new ObjectWriter(stream)) {
            writer.writeObject(value);
            writer.flush();
            List<ArrayKind> kinds = writer.kinds();
            return new SerializedValue(
                    ArrayTable.headOfStream(kinds, writer.arrays()),
                    stream,
                    kinds.toArray(NO_KINDS),
                    writer.arrays().toArray());
        } catch (IOException | RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            throw new UnserializableException(CulpritFinder.explain(value, e), e);
        }
    }

    private static ObjectInputFilter createFilter(String pattern) {
        ObjectInputFilter filter = ObjectInputFilter.Config.createFilter(pattern);
        if (filter == null) {
            throw new IllegalArgumentException(
                    "filterPattern=\"" + pattern + "\" must not be empty; null stands for the default");
        }
        return filter;
    }

    /** One of the ways in which values that are more than short are written. */
    @FunctionalInterface
    private interface Form {
        @Nullable
        Object read(ClassResolver classes, ReadFilter reading) throws IOException, ClassNotFoundException;
    }
}
