package io.muster;

import io.muster.graph.Call.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The keys that users gave to tasks whose futures they hold. */
final class Keys {
    private final Map<String, Entry> held = new HashMap<>();

    /** The future held under a key, if it is of the same task; null if the key is free. */
    synchronized @Nullable TaskFuture<?> held(final String key, final Spec spec, final Functions functions) {
        final Entry entry = held.get(key);
        if (entry == null) {
            return null;
        }
        final TaskFuture<?> future = entry.ref.get();
        if (future == null || future.state() == TaskState.CANCELLED || future.state() == TaskState.LOST) {
            return null;
        }
        final String difference = entry.spec.difference(spec, functions);
        if (difference != null) {
            throw new MusterException("key=" + key + " is held by a future of another task, with " + difference
                    + ": choose another key, or release that future first");
        }
        return future;
    }

    synchronized void put(final String key, final TaskFuture<?> future, final Spec spec) {
        held.put(key, new Entry(future.ref(), spec));
    }

    synchronized void remove(final String key, final FutureRef ref) {
        final Entry entry = held.get(key);
        if (entry != null && entry.ref == ref) {
            held.remove(key);
        }
    }

    /** What makes a task the same as another one. */
    record Spec(Shape shape, Object function, @Nullable Object argument, int[] dependencies) {
        @Nullable
        String difference(final Spec other, final Functions functions) {
            if (shape != other.shape || !functions.same(function, other.function)) {
                return "another function";
            }
            if (!Objects.deepEquals(argument, other.argument)) {
                return "another argument";
            }
            return Arrays.equals(dependencies, other.dependencies) ? null : "other inputs";
        }
    }

    private record Entry(FutureRef ref, Spec spec) {}
}
