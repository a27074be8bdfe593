package io.muster.serialize;

import java.io.ObjectInputFilter;
import java.lang.reflect.Array;
import org.jspecify.annotations.Nullable;

/** The filter of one stream: the settable pattern, and a budget that keeps declared lengths near the existing bytes. */
final class ReadFilter implements ObjectInputFilter {
    private static final long FREE_ELEMENTS = 1 << 16;
    private static final long ELEMENTS_PER_BYTE = 4;

    /*
     * An element of an array takes at least one byte of the stream, an entry of a hash table two, and the JDK's
     * collections ask the filter for at most eight slots per entry. So all lengths of an honest stream together stay
     * below four times its bytes; the free elements cover tables with an unusual load factor. Arrays that came out of
     * band are here already and cost nothing.
     */
    private final ObjectInputFilter pattern;
    private long elementsLeft;
    private @Nullable Object resolved;
    private @Nullable String refusal;

    ReadFilter(ObjectInputFilter pattern, long streamBytes) {
        this.pattern = pattern;
        this.elementsLeft = FREE_ELEMENTS + ELEMENTS_PER_BYTE * streamBytes;
    }

    /** Announces an array from out of band, about which the stream asks next. */
    void resolved(Object array) {
        resolved = array;
    }

    /** Why something was refused, or null if nothing was. */
    @Nullable
    String refusal() {
        return refusal;
    }

    @Override
    public Status checkInput(FilterInfo info) {
        Class<?> type = info.serialClass();
        if (type == ArrayReference.class) {
            return Status.ALLOWED;
        }
        Status status = pattern.checkInput(info);
        boolean lie = status != Status.REJECTED && info.arrayLength() >= 0 && !pays(type, info.arrayLength());
        if (status == Status.REJECTED || lie) {
            refusal = describe(info, lie);
            return Status.REJECTED;
        }
        return status;
    }

    private boolean pays(@Nullable Class<?> type, long length) {
        Object array = resolved;
        resolved = null;
        if (array != null && array.getClass() == type && Array.getLength(array) == length) {
            return true;
        }
        elementsLeft -= length;
        return elementsLeft >= 0;
    }

    private String describe(FilterInfo info, boolean lie) {
        Class<?> type = info.serialClass();
        return "class=" + (type == null ? "(none)" : type.getTypeName()) + ", arrayLength=" + info.arrayLength()
                + ", depth=" + info.depth() + ", references=" + info.references()
                + (lie
                        ? "; the declared lengths can't fit into the bytes of the stream, which is damaged or forged"
                        : "; the filter pattern is \"" + pattern + "\", allow it there if it is yours");
    }
}
