package io.muster;

import io.muster.scheduler.ClientRequests;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A function that is registered with the scheduler, or will be before the first task that names it.
 *
 * <p>A function without fields is the same whenever it is submitted. One with fields may have captured something else,
 * or something that has changed, so it is serialized again and compared; a call carries what differs.
 */
final class FunctionEntry {
    private final Object function;
    private final String name;
    private final boolean stateless;
    private final byte @Nullable [] bytes;
    private int id = -1;

    FunctionEntry(final Object function, final byte @Nullable [] bytes) {
        final Object named = Wrapper.unwrapped(function);
        this.function = function;
        this.bytes = bytes;
        name = FunctionNames.of(named);
        stateless = isStateless(named.getClass());
    }

    String name() {
        return name;
    }

    boolean isStateless() {
        return stateless;
    }

    /** The registered function's bytes; null in a local session. */
    byte @Nullable [] bytes() {
        return bytes;
    }

    /** Whether the registered function's bytes are these. */
    boolean isSerialized(final byte[] otherBytes) {
        return Arrays.equals(bytes, otherBytes);
    }

    /** The function's number. The caller holds the session's lock. */
    int register(final ClientRequests requests, final IdSource ids) {
        if (id < 0) {
            final int next = ids.next();
            requests.registerFunction(next, bytes == null ? function : bytes, name);
            id = next;
        }
        return id;
    }

    static boolean isStateless(final Class<?> type) {
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            for (final Field field : each.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Gives numbers from 0 on. */
    static final class IdSource {
        private int next;

        int next() {
            return next++;
        }
    }
}
