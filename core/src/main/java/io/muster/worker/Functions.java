package io.muster.worker;

import io.muster.serialize.Serializer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The functions that a worker knows. */
final class Functions {
    private final Map<Long, WorkerFunction> functions = new ConcurrentHashMap<>();
    private final boolean local;
    private final Serializer serializer;

    Functions(final boolean local, final Serializer serializer) {
        this.local = local;
        this.serializer = serializer;
    }

    void register(final long functionId, final Object body, final String name) {
        functions.putIfAbsent(functionId, new WorkerFunction(name, body, !local, serializer));
    }

    void forget(final long functionId) {
        functions.remove(functionId);
    }

    /** What a run is called in its failures: by its key, or by its function. */
    String nameOf(final Run run) {
        return run.key == null ? get(run.functionId).name() : run.key;
    }

    WorkerFunction get(final long functionId) {
        final WorkerFunction known = functions.get(functionId);
        return known == null ? WorkerFunction.unknown(functionId, serializer) : known;
    }
}
