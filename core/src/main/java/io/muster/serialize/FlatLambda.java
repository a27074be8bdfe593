package io.muster.serialize;

import java.io.IOException;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A lambda of a static method: where it was written, then what it captured. It is made as the JDK's stream makes it. */
final class FlatLambda extends FlatType {
    private static final MethodType MAKER = MethodType.methodType(Object.class, SerializedLambda.class);
    private static final MethodType REPLACER = MethodType.methodType(SerializedLambda.class, Object.class);

    private final SerializedLambda model;
    private final Class<?> capturing;
    private final FlatType[] types;
    private final @Nullable MethodHandle replacer;
    private final @Nullable MethodHandle maker;

    private FlatLambda(
            SerializedLambda model,
            Class<?> capturing,
            FlatType[] types,
            @Nullable MethodHandle replacer,
            @Nullable MethodHandle maker) {
        this.model = model;
        this.capturing = capturing;
        this.types = types;
        this.replacer = replacer;
        this.maker = maker;
    }

    /** The form of a lambda's class, to write it; null if it captures something that has none. */
    static @Nullable FlatLambda of(Object lambda) {
        try {
            Class<?> type = lambda.getClass();
            Method replace = type.getDeclaredMethod("writeReplace");
            replace.setAccessible(true);
            MethodHandle replacer = MethodHandles.lookup().unreflect(replace).asType(REPLACER);
            SerializedLambda model = (SerializedLambda) replacer.invokeExact(lambda);
            Class<?> capturing =
                    Class.forName(model.getCapturingClass().replace('/', '.'), false, type.getClassLoader());
            FlatType[] types = captured(model, type.getClassLoader(), model.getCapturedArgCount());
            return types == null ? null : new FlatLambda(model, capturing, types, replacer, null);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            return null;
        }
    }

    /** The form that was described, to read it. */
    static FlatLambda read(FlatInput in, Class<?> capturing) throws InvalidClassException {
        int count = in.nextByte() & 0xff;
        SerializedLambda model = new SerializedLambda(
                capturing,
                in.text(),
                in.text(),
                in.text(),
                in.nextByte(),
                in.text(),
                in.text(),
                in.text(),
                in.text(),
                new Object[0]);
        try {
            Method make = capturing.getDeclaredMethod("$deserializeLambda$", SerializedLambda.class);
            make.setAccessible(true);
            FlatType[] types = captured(model, capturing.getClassLoader(), count);
            if (types != null) {
                return new FlatLambda(
                        model,
                        capturing,
                        types,
                        null,
                        MethodHandles.lookup().unreflect(make).asType(MAKER));
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw incompatible(capturing, "it has no such lambda here: " + SafeText.of(e));
        }
        throw incompatible(capturing, "a lambda of it captures something else here");
    }

    static InvalidClassException incompatible(Class<?> type, String text) {
        return new InvalidClassException(type.getName(), "local class incompatible: " + text);
    }

    private static FlatType @Nullable [] captured(SerializedLambda model, @Nullable ClassLoader loader, int count) {
        if (model.getImplMethodKind() != MethodHandleInfo.REF_invokeStatic) {
            return null;
        }
        MethodType signature = MethodType.fromMethodDescriptorString(model.getImplMethodSignature(), loader);
        return count > signature.parameterCount()
                ? null
                : of(signature.parameterList().subList(0, count).toArray(new Class<?>[0]), 0);
    }

    @Override
    void describe(FlatOutput out) {
        out.putByte(FlatOutput.LAMBDA);
        out.putString(capturing.getName());
        out.putByte(types.length);
        out.putString(model.getFunctionalInterfaceClass());
        out.putString(model.getFunctionalInterfaceMethodName());
        out.putString(model.getFunctionalInterfaceMethodSignature());
        out.putByte(model.getImplMethodKind());
        out.putString(model.getImplClass());
        out.putString(model.getImplMethodName());
        out.putString(model.getImplMethodSignature());
        out.putString(model.getInstantiatedMethodType());
        for (FlatType each : types) {
            each.describe(out);
        }
    }

    @Override
    void write(@Nullable Object value, FlatOutput out) {
        if (replacer == null) {
            throw new IllegalStateException("this form is for reading");
        }
        try {
            SerializedLambda lambda = (SerializedLambda) replacer.invokeExact(value);
            for (int i = 0; i < types.length; i++) {
                types[i].write(lambda.getCapturedArg(i), out);
            }
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    @Override
    @Nullable
    Object read(FlatInput in) throws IOException {
        if (maker == null) {
            throw new IllegalStateException("this form is for writing");
        }
        @Nullable Object[] arguments = new Object[types.length];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = types[i].read(in);
        }
        SerializedLambda lambda = new SerializedLambda(
                capturing,
                model.getFunctionalInterfaceClass(),
                model.getFunctionalInterfaceMethodName(),
                model.getFunctionalInterfaceMethodSignature(),
                model.getImplMethodKind(),
                model.getImplClass(),
                model.getImplMethodName(),
                model.getImplMethodSignature(),
                model.getInstantiatedMethodType(),
                arguments);
        try {
            return (Object) maker.invokeExact(lambda);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            InvalidObjectException invalid = new InvalidObjectException(
                    "local class incompatible: " + capturing.getName() + " has no such lambda here");
            invalid.initCause(e);
            throw invalid;
        }
    }

    @Override
    void classes(Consumer<Class<?>> filter) {
        filter.accept(SerializedLambda.class);
        filter.accept(capturing);
        filter.accept(Object[].class);
        for (FlatType each : types) {
            if (each instanceof FlatScalar scalar) {
                scalar.boxedClasses(filter);
            } else {
                each.classes(filter);
            }
        }
    }
}
