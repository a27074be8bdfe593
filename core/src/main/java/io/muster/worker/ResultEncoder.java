package io.muster.worker;

import io.muster.serialize.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a result is sent along with its report, and sees to it that every result of a remote worker can be
 * sent at all.
 */
final class ResultEncoder {
    private final boolean local;
    private final int inlineResultBytes;
    private final Serializer serializer;

    ResultEncoder(final boolean local, final int inlineResultBytes, final Serializer serializer) {
        this.local = local;
        this.inlineResultBytes = inlineResultBytes;
        this.serializer = serializer;
    }

    /**
     * Checks a result and encodes it if it is small.
     *
     * @throws io.muster.serialize.UnserializableException if nobody outside of this JVM could ever have it
     */
    Encoded encode(final @Nullable Object value, final long sizeBytes, final boolean wanted) {
        if (local) {
            return wanted ? new Encoded(true, value) : Encoded.NONE;
        }
        if (wanted && sizeBytes <= inlineResultBytes) {
            final byte[] bytes = serializer.toBytes(value);
            return bytes.length <= inlineResultBytes ? new Encoded(true, bytes) : Encoded.NONE;
        }
        if (!knownToSerialize(value)) {
            serializer.serialize(value);
        }
        return Encoded.NONE;
    }

    private static boolean knownToSerialize(final @Nullable Object value) {
        if (value == null) {
            return true;
        }
        final Class<?> type = value.getClass();
        return type == String.class
                || type == Boolean.class
                || type == Character.class
                || value instanceof Number && type.getPackageName().equals("java.lang")
                || type.isArray() && type.getComponentType().isPrimitive();
    }

    /** What goes along with a report: the live value, its bytes, or nothing. */
    record Encoded(boolean inline, @Nullable Object value) {
        static final Encoded NONE = new Encoded(false, null);
    }
}
