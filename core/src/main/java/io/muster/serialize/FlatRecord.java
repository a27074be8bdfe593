package io.muster.serialize;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A record: its components in their order, read through its canonical constructor as the JDK's stream does. */
final class FlatRecord extends FlatType {
    private static final MethodType GETTER = MethodType.methodType(Object.class, Object.class);
    private static final MethodType MAKER = MethodType.methodType(Object.class, Object[].class);

    private static final int MAX_COMPONENTS = 100;

    private final Class<?> type;
    private final String[] names;
    private final FlatType[] types;
    private final MethodHandle[] getters;
    private final MethodHandle maker;

    private FlatRecord(Class<?> type, String[] names, FlatType[] types, MethodHandle[] getters, MethodHandle maker) {
        this.type = type;
        this.names = names;
        this.types = types;
        this.getters = getters;
        this.maker = maker;
    }

    /** The form of a serializable record class, or null if the JDK's stream would do more than its components tell. */
    static @Nullable FlatRecord of(Class<?> type, int depth) {
        try {
            if (type.isHidden() || has(type, "writeReplace") || has(type, "readResolve")) {
                return null;
            }
            RecordComponent[] components = type.getRecordComponents();
            if (components.length > MAX_COMPONENTS) {
                return null;
            }
            Class<?>[] declared =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            FlatType[] types = of(declared, depth + 1);
            if (types == null) {
                return null;
            }
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MethodHandle[] getters = new MethodHandle[components.length];
            String[] names = new String[components.length];
            for (int i = 0; i < names.length; i++) {
                names[i] = components[i].getName();
                Field field = type.getDeclaredField(names[i]);
                field.setAccessible(true);
                getters[i] = lookup.unreflectGetter(field).asType(GETTER);
            }
            Constructor<?> constructor = type.getDeclaredConstructor(declared);
            constructor.setAccessible(true);
            MethodHandle maker = lookup.unreflectConstructor(constructor)
                    .asSpreader(Object[].class, names.length)
                    .asType(MAKER);
            return new FlatRecord(type, names, types, getters, maker);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            return null;
        }
    }

    private static boolean has(Class<?> type, String method) {
        return Arrays.stream(type.getDeclaredMethods())
                .anyMatch(each -> each.getName().equals(method) && each.getParameterCount() == 0);
    }

    @Override
    void describe(FlatOutput out) {
        out.putByte(FlatOutput.RECORD);
        out.putString(type.getName());
        out.putByte(names.length);
        for (int i = 0; i < names.length; i++) {
            out.putString(names[i]);
            types[i].describe(out);
        }
    }

    @Override
    void write(@Nullable Object value, FlatOutput out) {
        out.putByte(value == null ? 0 : 1);
        if (value == null) {
            return;
        }
        out.enter(value);
        try {
            for (int i = 0; i < types.length; i++) {
                types[i].write((Object) getters[i].invokeExact(value), out);
            }
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    @Override
    @Nullable
    Object read(FlatInput in) throws IOException {
        if (!in.isPresent()) {
            return null;
        }
        @Nullable Object[] values = new Object[types.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = types[i].read(in);
        }
        try {
            return (Object) maker.invokeExact(values);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            InvalidObjectException invalid = new InvalidObjectException(SafeText.message(e));
            invalid.initCause(e);
            throw invalid;
        }
    }

    @Override
    void classes(Consumer<Class<?>> filter) {
        filter.accept(type);
        for (FlatType each : types) {
            each.classes(filter);
        }
    }
}
