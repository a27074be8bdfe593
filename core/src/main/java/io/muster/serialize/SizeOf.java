package io.muster.serialize;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Estimates how much memory a value takes: exactly for primitive arrays and strings, by samples for large collections.
 *
 * <p>The work is bounded: of a collection, a map or an array of objects at most 64 elements are looked at, of the whole
 * value some thousand objects, of a string the first 2<sup>20</sup> characters. An object that is reached twice counts
 * once. Fields that Java modules hide are left out.
 */
public final class SizeOf {
    private static final int SAMPLES = 64;
    private static final int MAX_EXPANDED = 4096;
    private static final int MAX_SCANNED_CHARS = 1 << 20;
    private static final boolean NARROW = Runtime.getRuntime().maxMemory() < 32L << 30;
    private static final int REFERENCE = NARROW ? 4 : 8;
    private static final int HEADER = NARROW ? 12 : 16;
    private static final int ARRAY_HEADER = 16;
    private static final int ENTRY = 32;
    private static final int COLLECTION = 48;
    private static final ClassValue<Layout> LAYOUTS = new ClassValue<>() {
        @Override
        protected Layout computeValue(Class<?> type) {
            return Layout.of(type);
        }
    };

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Weighted> pending = new ArrayDeque<>();
    private int expanded;
    private double total;

    private SizeOf() {}

    /**
     * The memory that a value takes on the heap, and off it for direct buffers.
     *
     * @param value any value; null takes 0
     * @return in bytes; never negative, and never an exception
     */
    public static long estimate(@Nullable Object value) {
        if (value == null) {
            return 0;
        }
        ArrayKind kind = ArrayKind.of(value);
        if (kind != null) {
            return aligned(ARRAY_HEADER + kind.bytes(value));
        }
        if (value instanceof String) {
            return stringBytes((String) value);
        }
        return new SizeOf().measure(value);
    }

    private long measure(Object value) {
        push(value, 1);
        while (!pending.isEmpty()) {
            Weighted next = pending.pop();
            try {
                total += next.weight * visit(next.object, next.weight);
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                total += next.weight * HEADER;
            }
        }
        return (long) total;
    }

    private void push(@Nullable Object object, double weight) {
        if (object != null && seen.add(object)) {
            pending.push(new Weighted(object, weight));
        }
    }

    /** The object's own bytes; what it refers to is pushed. */
    private long visit(Object object, double weight) {
        ArrayKind kind = ArrayKind.of(object);
        if (kind != null) {
            return aligned(ARRAY_HEADER + kind.bytes(object));
        }
        if (object instanceof String) {
            return stringBytes((String) object);
        }
        if (object instanceof Enum || object instanceof Class || object instanceof ClassLoader) {
            return 0;
        }
        boolean expand = expanded++ < MAX_EXPANDED;
        if (object instanceof Object[]) {
            return visitArray((Object[]) object, weight, expand);
        }
        if (object instanceof Collection) {
            return visitCollection((Collection<?>) object, weight, expand);
        }
        if (object instanceof Map) {
            return visitMap((Map<?, ?>) object, weight, expand);
        }
        Layout layout = LAYOUTS.get(object.getClass());
        if (expand) {
            layout.references.forEach(field -> push(read(field, object), weight));
        }
        return layout.bytes + hiddenBytes(object);
    }

    private long visitArray(Object[] array, double weight, boolean expand) {
        int count = expand ? Math.min(array.length, SAMPLES) : 0;
        for (int i = 0; i < count; i++) {
            push(array[(int) ((long) i * array.length / count)], weight * array.length / count);
        }
        return aligned(ARRAY_HEADER + (long) array.length * REFERENCE);
    }

    private long visitCollection(Collection<?> collection, double weight, boolean expand) {
        int size = collection.size();
        int count = expand ? Math.min(size, SAMPLES) : 0;
        boolean random = collection instanceof List && collection instanceof RandomAccess;
        Iterator<?> elements = random ? Collections.emptyIterator() : collection.iterator();
        for (int i = 0; i < count && (random || elements.hasNext()); i++) {
            Object element = random ? ((List<?>) collection).get((int) ((long) i * size / count)) : elements.next();
            push(element, weight * size / count);
        }
        return COLLECTION + (long) size * (random ? REFERENCE : ENTRY);
    }

    private long visitMap(Map<?, ?> map, double weight, boolean expand) {
        int size = map.size();
        int count = expand ? Math.min(size, SAMPLES) : 0;
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        for (int i = 0; i < count && entries.hasNext(); i++) {
            Map.Entry<?, ?> entry = entries.next();
            push(entry.getKey(), weight * size / count);
            push(entry.getValue(), weight * size / count);
        }
        return COLLECTION + (long) size * (ENTRY + 2 * REFERENCE);
    }

    private static long hiddenBytes(Object object) {
        if (object instanceof ByteBuffer) {
            return ((ByteBuffer) object).capacity();
        }
        if (object instanceof BigInteger) {
            return ARRAY_HEADER + ((BigInteger) object).bitLength() / Byte.SIZE;
        }
        if (object instanceof BitSet) {
            return ARRAY_HEADER + ((BitSet) object).size() / Byte.SIZE;
        }
        if (object instanceof StringBuilder || object instanceof StringBuffer) {
            return ARRAY_HEADER + ((CharSequence) object).length();
        }
        return 0;
    }

    private static @Nullable Object read(Field field, Object object) {
        try {
            return field.get(object);
        } catch (IllegalAccessException e) {
            return null;
        }
    }

    private static long stringBytes(String text) {
        int length = text.length();
        int scanned = Math.min(length, MAX_SCANNED_CHARS);
        boolean wide = false;
        for (int i = 0; i < scanned && !wide; i++) {
            wide = text.charAt(i) > 0xFF;
        }
        return aligned(HEADER + REFERENCE + Integer.BYTES + 2) + aligned(ARRAY_HEADER + (wide ? 2L : 1L) * length);
    }

    private static long aligned(long bytes) {
        return (bytes + 7) & ~7L;
    }

    /** An object, and for how many like it it stands. */
    private record Weighted(Object object, double weight) {}

    /** What one instance of a class takes, and its fields that lead on and can be read. */
    private record Layout(long bytes, List<Field> references) {
        static Layout of(Class<?> type) {
            long bytes = HEADER;
            List<Field> references = new ArrayList<>();
            for (Class<?> c = type; c != null; c = c.getSuperclass()) {
                for (Field field : c.getDeclaredFields()) {
                    if (Modifier.isStatic(field.getModifiers())) {
                        continue;
                    }
                    bytes += bytesOf(field.getType());
                    if (!field.getType().isPrimitive() && makeAccessible(field)) {
                        references.add(field);
                    }
                }
            }
            return new Layout(aligned(bytes), references);
        }

        private static int bytesOf(Class<?> type) {
            ArrayKind kind = type.isPrimitive() ? ArrayKind.of(Array.newInstance(type, 0)) : null;
            return kind == null ? REFERENCE : (int) kind.bytes(1);
        }

        private static boolean makeAccessible(Field field) {
            try {
                return field.trySetAccessible();
            } catch (RuntimeException e) {
                return false;
            }
        }
    }
}
