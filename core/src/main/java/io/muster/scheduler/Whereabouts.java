package io.muster.scheduler;

import io.muster.config.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which worker holds what, as JSON for clients. */
final class Whereabouts {
    /** How many results are listed in all; an answer has to fit in a message. */
    private static final int MAX_LISTED = 100_000;

    private Whereabouts() {}

    /** The names of the workers that hold results, by task number; tasks that have none are left out. */
    static String whoHas(final CoreState state, final ClientState client, final int[] taskIds, final int count) {
        final Map<String, Object> found = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            final int slot = client.slot(taskIds[i]);
            if (slot != ClientState.UNKNOWN && state.tasks.phase(slot) == TaskPhase.MEMORY) {
                final List<Object> names = new ArrayList<>();
                addName(state, state.tasks.holder[slot], names);
                for (final int further : state.tasks.furtherHolders(slot)) {
                    addName(state, further, names);
                }
                found.put(Integer.toString(taskIds[i]), names);
            }
        }
        return Json.write(found);
    }

    /** The sizes of the results by their keys, by the name of the worker that holds them. */
    static String hasWhat(final CoreState state) {
        final Map<String, Object> all = new LinkedHashMap<>();
        int left = MAX_LISTED;
        for (final WorkerState worker : state.workers) {
            if (worker == null) {
                continue;
            }
            final Map<String, Object> sizes = new LinkedHashMap<>();
            for (int i = 0; i < worker.held.size() && left > 0; i++) {
                final int slot = worker.held.getInt(i);
                if (state.holds(worker, slot) && sizes.put(state.key(slot), state.tasks.sizeBytes[slot]) == null) {
                    left--;
                }
            }
            all.put(worker.name, sizes);
        }
        return Json.write(all);
    }

    private static void addName(final CoreState state, final int number, final List<Object> names) {
        final WorkerState worker = state.workers.get(number);
        if (worker != null) {
            names.add(worker.name);
        }
    }
}
