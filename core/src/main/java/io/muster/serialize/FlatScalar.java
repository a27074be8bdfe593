package io.muster.serialize;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A primitive, a boxed one, or a string. */
final class FlatScalar extends FlatType {
    private static final FlatScalar[] ALL = {
        new FlatScalar(Compact.TRUE, boolean.class, Boolean.class),
        new FlatScalar(Compact.BYTE, byte.class, Byte.class),
        new FlatScalar(Compact.SHORT, short.class, Short.class),
        new FlatScalar(Compact.CHAR, char.class, Character.class),
        new FlatScalar(Compact.INT, int.class, Integer.class),
        new FlatScalar(Compact.LONG, long.class, Long.class),
        new FlatScalar(Compact.FLOAT, float.class, Float.class),
        new FlatScalar(Compact.DOUBLE, double.class, Double.class),
        new FlatScalar(Compact.TRUE, null, Boolean.class),
        new FlatScalar(Compact.BYTE, null, Byte.class),
        new FlatScalar(Compact.SHORT, null, Short.class),
        new FlatScalar(Compact.CHAR, null, Character.class),
        new FlatScalar(Compact.INT, null, Integer.class),
        new FlatScalar(Compact.LONG, null, Long.class),
        new FlatScalar(Compact.FLOAT, null, Float.class),
        new FlatScalar(Compact.DOUBLE, null, Double.class),
        new FlatScalar(Compact.LATIN1, null, String.class)
    };

    private final byte kind;
    private final @Nullable Class<?> primitive;
    private final Class<?> boxed;

    private FlatScalar(byte kind, @Nullable Class<?> primitive, Class<?> boxed) {
        this.kind = kind;
        this.primitive = primitive;
        this.boxed = boxed;
    }

    static @Nullable FlatScalar of(Class<?> declared) {
        for (FlatScalar each : ALL) {
            if (declared == (each.primitive == null ? each.boxed : each.primitive)) {
                return each;
            }
        }
        return null;
    }

    @Override
    void describe(FlatOutput out) {
        out.putByte(kind);
        out.putByte(primitive == null ? 1 : 0);
    }

    @Override
    void write(@Nullable Object value, FlatOutput out) {
        if (kind == Compact.LATIN1) {
            out.putString((String) value);
            return;
        }
        if (primitive == null) {
            out.putByte(value == null ? 0 : 1);
        }
        if (value == null) {
            return;
        }
        switch (kind) {
            case Compact.TRUE -> out.putByte((Boolean) value ? 1 : 0);
            case Compact.BYTE -> out.putByte((Byte) value);
            case Compact.SHORT -> out.putShort((Short) value);
            case Compact.CHAR -> out.putShort((short) (char) (Character) value);
            case Compact.INT -> out.putInt((Integer) value);
            case Compact.LONG -> out.putLong((Long) value);
            case Compact.FLOAT -> out.putInt(Float.floatToRawIntBits((Float) value));
            default -> out.putLong(Double.doubleToRawLongBits((Double) value));
        }
    }

    @Override
    @Nullable
    Object read(FlatInput in) {
        if (kind == Compact.LATIN1) {
            return in.string();
        }
        if (primitive == null && !in.isPresent()) {
            return null;
        }
        return switch (kind) {
            case Compact.TRUE -> in.isPresent();
            case Compact.BYTE -> in.nextByte();
            case Compact.SHORT -> in.nextShort();
            case Compact.CHAR -> (char) in.nextShort();
            case Compact.INT -> in.nextInt();
            case Compact.LONG -> in.nextLong();
            case Compact.FLOAT -> Float.intBitsToFloat(in.nextInt());
            default -> Double.longBitsToDouble(in.nextLong());
        };
    }

    @Override
    void classes(Consumer<Class<?>> filter) {
        if (primitive == null && boxed != String.class) {
            boxes(boxed, filter);
        }
    }

    /** As {@link #classes}, where the value is boxed in the JDK's stream though its type is primitive. */
    void boxedClasses(Consumer<Class<?>> filter) {
        if (boxed != String.class) {
            boxes(boxed, filter);
        }
    }

    private static void boxes(Class<?> boxed, Consumer<Class<?>> filter) {
        filter.accept(boxed);
        if (Number.class.isAssignableFrom(boxed)) {
            filter.accept(Number.class);
        }
    }
}
