package io.muster.serialize;

import org.jspecify.annotations.Nullable;

/**
 * A class whose values may be written flat, a record or a lambda: the tag, a hash of the form's description, its length, the description,
 * the value. The description is the same for all values of the class, so readers find what to do by it.
 */
final class FlatClass {
    private static final ClassValue<FlatClass> ALL = new ClassValue<>() {
        @Override
        protected FlatClass computeValue(Class<?> type) {
            return new FlatClass(type);
        }
    };
    private static final long HASH_SEED = 0xcbf29ce484222325L;
    private static final long HASH_FACTOR = 0x100000001b3L;

    private final boolean isLambda;
    private volatile @Nullable Form form;
    private volatile boolean isKnown;

    /** How values are written, and what comes first. */
    private record Form(FlatType type, byte[] start) {}

    private FlatClass(Class<?> type) {
        isLambda = LambdaText.isLambda(type);
        isKnown = !isLambda && !type.isRecord();
    }

    /** A value's bytes, or null if it can't be written flat. */
    static byte @Nullable [] encode(Object value) {
        FlatClass known = ALL.get(value.getClass());
        Form form = known.isKnown ? known.form : known.find(value);
        if (form == null) {
            return null;
        }
        try {
            FlatOutput out = new FlatOutput(form.start());
            form.type().write(value, out);
            return out.toBytes();
        } catch (RuntimeException e) {
            return null;
        }
    }

    /** The description of a form. */
    static byte[] describe(FlatType type) {
        FlatOutput out = new FlatOutput(new byte[0]);
        type.describe(out);
        byte[] description = out.toBytes();
        return description == null ? new byte[0] : description;
    }

    private @Nullable Form find(Object value) {
        FlatType type = isLambda ? FlatLambda.of(value) : FlatType.of(value.getClass(), 0);
        if (type != null) {
            byte[] description = describe(type);
            FlatOutput start = new FlatOutput(new byte[0]);
            start.putByte(Compact.FLAT);
            start.putLong(hash(description));
            start.putInt(description.length);
            start.putBytes(description);
            byte[] bytes = start.toBytes();
            form = description.length == 0 || bytes == null ? null : new Form(type, bytes);
        }
        isKnown = true;
        return form;
    }

    private static long hash(byte[] bytes) {
        long hash = HASH_SEED;
        for (byte each : bytes) {
            hash = (hash ^ each) * HASH_FACTOR;
        }
        return hash;
    }
}
