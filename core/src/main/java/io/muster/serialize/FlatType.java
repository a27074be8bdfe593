package io.muster.serialize;

import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Type;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How the values of one declared type are written flat: one after the other, without their classes. */
abstract class FlatType {
    private static final int MAX_DEPTH = 8;

    /** The form of a declared type, or null if its values have none. */
    static @Nullable FlatType of(Class<?> declared, int depth) {
        FlatType scalar = FlatScalar.of(declared);
        if (scalar != null || depth >= MAX_DEPTH) {
            return scalar;
        }
        if (declared.isEnum()) {
            return new FlatEnum(declared);
        }
        return declared.isRecord() && Serializable.class.isAssignableFrom(declared)
                ? FlatRecord.of(declared, depth)
                : null;
    }

    /** The forms of several declared types, or null if one has none. */
    static FlatType @Nullable [] of(Type[] declared, int depth) {
        FlatType[] types = new FlatType[declared.length];
        for (int i = 0; i < types.length; i++) {
            FlatType type = declared[i] instanceof Class<?> known ? of(known, depth) : null;
            if (type == null) {
                return null;
            }
            types[i] = type;
        }
        return types;
    }

    /** Writes what tells this form apart from others, the names of its classes above all. */
    abstract void describe(FlatOutput out);

    /** Writes a value of the declared type; the output fails if it is one that has no flat form after all. */
    abstract void write(@Nullable Object value, FlatOutput out);

    /** Reads what {@link #write} wrote. */
    abstract @Nullable Object read(FlatInput in) throws IOException;

    /** What a method handle threw, for the caller to throw. */
    static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException known ? known : new IllegalStateException(thrown);
    }

    /** Names the classes that the JDK's stream would ask its filter about. */
    abstract void classes(Consumer<Class<?>> filter);
}
