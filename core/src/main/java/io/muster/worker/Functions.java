package io.muster.worker;

import io.muster.serialize.Serializer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The functions that a worker knows. */
final class Functions {
    private final Map<Long, WorkerFunction> functions = new ConcurrentHashMap<>();
    private final boolean local;
    private final Serializer serializer;
    private final ClassLoader own;

    /**
     * @param local whether functions are live objects
     * @param own where these have their classes
     */
    Functions(final boolean local, final Serializer serializer, final ClassLoader own) {
        this.local = local;
        this.serializer = serializer;
        this.own = own;
    }

    void register(final long functionId, final Object body, final String name) {
        functions.putIfAbsent(
                functionId, new WorkerFunction(name, body, !local, serializer.of(functionId), loader(functionId)));
    }

    void forget(final long functionId) {
        functions.remove(functionId);
    }

    /** What a run is called in its failures: by its key, or by its function. */
    String nameOf(final Run run) {
        return run.key == null ? get(run.functionId).name() : run.key;
    }

    private @Nullable ClassLoader loader(final long functionId) {
        return local ? own : serializer.loaderOf(functionId);
    }

    /** A registered one, or null. */
    @Nullable
    WorkerFunction find(final long functionId) {
        return functions.get(functionId);
    }

    WorkerFunction get(final long functionId) {
        final WorkerFunction known = find(functionId);
        return known == null ? WorkerFunction.unknown(functionId, serializer, loader(functionId)) : known;
    }
}
