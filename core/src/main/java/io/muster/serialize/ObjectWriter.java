package io.muster.serialize;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JDK's stream, with large primitive arrays taken out of it. */
final class ObjectWriter extends ObjectOutputStream {
    private static final int MAX_INLINE_ELEMENTS = 512;

    private final List<ArrayKind> kinds = new ArrayList<>(4);
    private final List<Object> arrays = new ArrayList<>(4);
    private @Nullable Object unshared;

    ObjectWriter(OutputStream out) throws IOException {
        super(out);
        enableReplaceObject(true);
    }

    List<ArrayKind> kinds() {
        return kinds;
    }

    List<Object> arrays() {
        return arrays;
    }

    /** Keeps the array itself in the stream: who writes unshared may refill the same array and write it again. */
    @Override
    public void writeUnshared(@Nullable Object value) throws IOException {
        Object outer = unshared;
        unshared = value;
        try {
            super.writeUnshared(value);
        } finally {
            unshared = outer;
        }
    }

    @Override
    protected Object replaceObject(Object value) {
        if (!value.getClass().isArray() || value == unshared || Array.getLength(value) <= MAX_INLINE_ELEMENTS) {
            return value;
        }
        ArrayKind kind = ArrayKind.of(value);
        if (kind == null) {
            return value;
        }
        kinds.add(kind);
        arrays.add(value);
        return new ArrayReference(arrays.size() - 1);
    }
}
