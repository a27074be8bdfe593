package io.muster.serialize;

import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Reads flat values, and remembers what descriptions stand for. Safe for use by many threads. */
final class FlatReader {
    /*
     * A description is looked up by the hash that precedes it, which is not trusted: the bytes are compared too, and the class loaders,
     * which may be others from read to read. Classes stay loadable as long as memory is not short: references are soft.
     *
     * The filter is asked about the classes that the JDK's stream would ask about; once for each description, as a pattern answers the
     * same each time, unless the JVM has a filter of its own. The limit of bytes is asked about at each read.
     */
    private static final int MOST_KNOWN = 1000;

    private final Map<Long, SoftReference<Known>> known = new ConcurrentHashMap<>();

    /** What a description stands for where classes are found by these loaders. */
    private record Known(
            byte[] description,
            FlatType type,
            @Nullable ClassLoader first,
            @Nullable ClassLoader second) {}

    @Nullable
    Object read(
            byte[] src, int offset, int length, ClassResolver classes, ObjectInputFilter pattern, ReadFilter reading)
            throws IOException, ClassNotFoundException {
        FlatInput in = new FlatInput(src, offset + 1, offset + length);
        long hash = in.nextLong();
        int size = in.nextInt();
        int at = in.take(size);
        ObjectInputFilter filter = filter(pattern, reading);
        SoftReference<Known> reference = known.get(hash);
        Known found = reference == null ? null : reference.get();
        boolean isNew = found == null
                || !classes.looksWhere(found.first(), found.second())
                || !Arrays.equals(found.description(), 0, found.description().length, src, at, at + size);
        FlatType type = isNew || found == null ? resolve(src, at, size, classes) : found.type();
        check(filter, null, length);
        if (isNew || filter != reading) {
            List<Class<?>> named = new ArrayList<>();
            type.classes(named::add);
            for (Class<?> each : named) {
                check(filter, each, length);
            }
        }
        if (isNew) {
            if (known.size() >= MOST_KNOWN) {
                known.clear();
            }
            byte[] description = Arrays.copyOfRange(src, at, at + size);
            known.put(hash, new SoftReference<>(new Known(description, type, classes.first(), classes.second())));
        }
        Object value = type.read(in);
        if (in.remaining() > 0) {
            throw new SerializationException("damaged value: bytes=" + in.remaining() + " follow after its end");
        }
        return value;
    }

    /** The filter as a JDK's stream of this JVM would have it: the same unless there is one for the whole JVM. */
    private static ObjectInputFilter filter(ObjectInputFilter pattern, ReadFilter reading) {
        var factory = ObjectInputFilter.Config.getSerialFilterFactory();
        ObjectInputFilter ofStream = factory.apply(null, ObjectInputFilter.Config.getSerialFilter());
        ObjectInputFilter whole = factory.apply(ofStream, reading);
        return whole == null ? pattern : whole;
    }

    private static FlatType resolve(byte[] src, int at, int size, ClassResolver classes)
            throws IOException, ClassNotFoundException {
        FlatInput in = new FlatInput(src, at, at + size);
        byte kind = in.nextByte();
        String name = in.text();
        if (kind != FlatOutput.RECORD && kind != FlatOutput.LAMBDA) {
            throw new SerializationException("damaged value: kind=" + kind + " must be a record or a lambda");
        }
        Class<?> type = classes.find(name);
        if (type == null) {
            classes.noteMissing(name);
            throw new ClassNotFoundException(name);
        }
        FlatType local = kind == FlatOutput.LAMBDA ? FlatLambda.read(in, type) : FlatType.of(type, 0);
        byte[] description = local == null ? new byte[0] : FlatClass.describe(local);
        if (local == null || !Arrays.equals(description, 0, description.length, src, at, at + size)) {
            throw FlatLambda.incompatible(
                    type, (kind == FlatOutput.LAMBDA ? "what a lambda of it captures" : "its components") + " differ");
        }
        return local;
    }

    private static void check(ObjectInputFilter filter, @Nullable Class<?> type, long bytes)
            throws InvalidClassException {
        if (filter.checkInput(new Info(type, bytes)) == ObjectInputFilter.Status.REJECTED) {
            throw new InvalidClassException("filter status: REJECTED");
        }
    }

    /** What a filter is told; there is no array in a flat value but the empty one of a lambda. */
    private record Info(@Nullable Class<?> serialClass, long streamBytes) implements ObjectInputFilter.FilterInfo {
        @Override
        public long arrayLength() {
            return serialClass != null && serialClass.isArray() ? 0 : -1;
        }

        @Override
        public long depth() {
            return 1;
        }

        @Override
        public long references() {
            return 1;
        }
    }
}
