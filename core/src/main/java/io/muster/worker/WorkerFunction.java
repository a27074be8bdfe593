package io.muster.worker;

import io.muster.BiFn;
import io.muster.Fn;
import io.muster.Task;
import io.muster.graph.Call;
import io.muster.serialize.Serializer;
import org.jspecify.annotations.Nullable;

/** A registered function: its body, made from bytes when first used, and how long its tasks take. */
final class WorkerFunction {
    private static final int DECAY_SHIFT = 3;
    private static final long UNKNOWN = -1;

    private final String name;
    private final Serializer serializer;
    private final byte @Nullable [] model;
    private final @Nullable ClassLoader loader;
    private volatile Object body;
    private volatile @Nullable Object target;
    private volatile long typicalNs = UNKNOWN;

    /** A function, whose classes and whose tasks' are found through a class loader. */
    WorkerFunction(
            final String name,
            final Object body,
            final boolean serialized,
            final Serializer serializer,
            final @Nullable ClassLoader loader) {
        this.name = name;
        this.body = body;
        this.serializer = serializer;
        this.loader = loader;
        this.target = serialized ? null : body;
        this.model = serialized && body instanceof byte[] bytes && Call.isModel(bytes.length) ? bytes : null;
    }

    /** Stands for a function that was never registered; only a call that carries its own can do without. */
    static WorkerFunction unknown(
            final long functionId, final Serializer serializer, final @Nullable ClassLoader loader) {
        final Object unusable = new Unusable(new IllegalStateException(
                "function=" + functionId + " is not registered at this worker; the task must carry its own"));
        return new WorkerFunction("unknown", unusable, false, serializer, loader);
    }

    String name() {
        return name;
    }

    /** Its bytes, for calls that tell their own function by what differs; null if none do. */
    byte @Nullable [] model() {
        return model;
    }

    /** Where its classes are, and those of its tasks. */
    @Nullable
    ClassLoader loader() {
        return loader;
    }

    /** The function itself; where it can't be made from its bytes, one that throws the reason when called. */
    Object target() {
        final Object ready = target;
        return ready == null ? deserialize() : ready;
    }

    /** A moving average that follows a longer run at once and a shorter one slowly; -1 before the first. */
    long typicalNs() {
        return typicalNs;
    }

    void took(final long durationNs) {
        final long typical = typicalNs;
        typicalNs = durationNs >= typical ? durationNs : typical - (typical - durationNs >> DECAY_SHIFT);
    }

    private synchronized Object deserialize() {
        Object ready = target;
        if (ready == null) {
            final byte[] bytes = (byte[]) body;
            try {
                ready = serializer.fromBytes(bytes, 0, bytes.length);
            } catch (final RuntimeException | LinkageError | StackOverflowError e) {
                ready = new Unusable(e);
            }
            if (ready == null) {
                ready = new Unusable(new IllegalStateException("function=" + name + " is null"));
            }
            target = ready;
            body = ready;
        }
        return ready;
    }

    private static final class Unusable implements Task<Object>, Fn<Object, Object>, BiFn<Object, Object, Object> {
        private static final long serialVersionUID = 1L;

        private final Throwable reason;

        Unusable(final Throwable reason) {
            this.reason = reason;
        }

        @Override
        public Object call() throws Exception {
            throw failure();
        }

        @Override
        public Object apply(final Object argument) throws Exception {
            throw failure();
        }

        @Override
        public Object apply(final Object first, final Object second) throws Exception {
            throw failure();
        }

        private Exception failure() {
            return reason instanceof Exception e ? e : new IllegalStateException(reason.toString(), reason);
        }
    }
}
