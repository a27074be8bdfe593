package io.muster;

import io.muster.scheduler.ClientRequests;
import io.muster.serialize.Serializer;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A function that is registered with the scheduler, or will be before the first task that names it.
 *
 * <p>A function without fields is the same whenever it is submitted. One with fields may have captured something else,
 * or something that has changed, so it is serialized again and compared; after some that differed it is not compared
 * any more.
 */
final class FunctionEntry {
    private static final int GIVE_UP_AFTER = 8;

    private final Object function;
    private final String name;
    private final boolean stateless;
    private final byte @Nullable [] bytes;
    private volatile int differed;
    private int id = -1;

    FunctionEntry(final Object function, final byte @Nullable [] bytes) {
        final Object named = function instanceof Wrapper wrapper ? wrapper.wrapped() : function;
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

    /** Whether the registered function stands for the given one. */
    boolean standsFor(final Object other, final Serializer serializer) {
        if (stateless) {
            return true;
        }
        if (bytes == null || differed >= GIVE_UP_AFTER) {
            return false;
        }
        return isSerialized(serializer.toBytes(other));
    }

    /** Whether the registered function's bytes are these. */
    boolean isSerialized(final byte[] otherBytes) {
        final boolean same = Arrays.equals(bytes, otherBytes);
        differed = same ? 0 : Math.min(differed, GIVE_UP_AFTER) + 1;
        return same;
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
