package io.muster;

import io.muster.classes.OfferedClasses;
import io.muster.graph.Call;
import io.muster.graph.Call.Shape;
import io.muster.serialize.Serializer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The functions of a client, by class, and the calls made of them. */
final class Functions {
    private static final int OWN_ENTRY_FROM = 16;
    private static final int KEPT_VARIANTS = 64;

    private final boolean local;
    private final Serializer serializer;
    private final OfferedClasses offered;
    private final byte[][] bare = new byte[Shape.values().length][];
    private final Map<Object, FunctionEntry> byClass = new ConcurrentHashMap<>();
    private final Map<ByteBuffer, FunctionEntry> variants = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<ByteBuffer, FunctionEntry> eldest) {
            return size() > KEPT_VARIANTS;
        }
    };

    Functions(final boolean local, final Serializer serializer, final OfferedClasses offered) {
        this.local = local;
        this.serializer = serializer;
        this.offered = offered;
        for (final Shape shape : Shape.values()) {
            if (shape != Shape.VALUE) {
                bare[shape.ordinal()] = Call.encode(shape, null, null, null, serializer);
            }
        }
    }

    /** What is to be sent for one call. */
    Prepared prepare(final Shape shape, final Object function, final @Nullable Object argument) {
        final FunctionEntry entry = entry(function);
        if (local) {
            return new Prepared(entry, new Call(shape, function, argument));
        }
        return new Prepared(entry, encode(shape, entry, ownBytes(entry, function), argument));
    }

    /** What is to be sent for calls of one function with each of the arguments. */
    Prepared[] prepareAll(final Object function, final Collection<?> arguments) {
        final Object[] values = arguments.toArray();
        final Prepared[] all = new Prepared[values.length];
        final boolean many = all.length >= OWN_ENTRY_FROM;
        final FunctionEntry entry = many && !local ? exactEntry(function) : entry(function);
        final byte[] own = local || many ? null : ownBytes(entry, function);
        for (int i = 0; i < all.length; i++) {
            final Object payload =
                    local ? new Call(Shape.VALUE, function, values[i]) : encode(Shape.VALUE, entry, own, values[i]);
            all[i] = new Prepared(entry, payload);
        }
        return all;
    }

    /** Whether two functions are the same, as far as can be told. */
    boolean same(final Object one, final Object other) {
        if (one == other) {
            return true;
        }
        if (one.getClass() != other.getClass()) {
            return false;
        }
        try {
            return !(one instanceof Wrapper) && entry(one).isStateless()
                    || Arrays.equals(serializer.toBytes(one), serializer.toBytes(other));
        } catch (final MusterException e) {
            return false;
        }
    }

    /** A function's bytes, or null if the registered one stands for it. */
    private byte @Nullable [] ownBytes(final FunctionEntry entry, final Object function) {
        if (entry.isStateless()) {
            return null;
        }
        final byte[] bytes = serializer.toBytes(function);
        return entry.isSerialized(bytes) ? null : bytes;
    }

    private Object encode(
            final Shape shape,
            final FunctionEntry entry,
            final byte @Nullable [] own,
            final @Nullable Object argument) {
        return own == null && shape != Shape.VALUE
                ? bare[shape.ordinal()]
                : Call.encode(shape, own, entry.bytes(), argument, serializer);
    }

    private FunctionEntry entry(final Object function) {
        final Object key = function instanceof Wrapper wrapper
                ? List.of(function.getClass(), wrapper.wrapped().getClass())
                : function.getClass();
        final FunctionEntry known = byClass.get(key);
        return known != null ? known : byClass.computeIfAbsent(key, k -> newEntry(function));
    }

    private FunctionEntry newEntry(final Object function) {
        offered.uses(Wrapper.unwrapped(function).getClass());
        return new FunctionEntry(function, local ? null : serializer.toBytes(function));
    }

    private FunctionEntry exactEntry(final Object function) {
        final FunctionEntry entry = entry(function);
        if (entry.isStateless()) {
            return entry;
        }
        final byte[] bytes = serializer.toBytes(function);
        if (entry.isSerialized(bytes)) {
            return entry;
        }
        synchronized (variants) {
            return variants.computeIfAbsent(ByteBuffer.wrap(bytes), b -> new FunctionEntry(function, bytes));
        }
    }

    /** A call that is ready to be sent. */
    record Prepared(FunctionEntry function, Object payload) {}
}
