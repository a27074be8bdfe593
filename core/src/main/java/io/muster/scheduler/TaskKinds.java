package io.muster.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/** The kinds of tasks that there are: one for each function, one for data, and more while there are tasks that ask for more. */
final class TaskKinds {
    /** Of scattered data. */
    static final int DATA = 0;

    private final Map<TaskKind.Key, TaskKind> particular = new HashMap<>();
    private final List<TaskKind> waiting = new ArrayList<>();
    private final IntArrayList free = new IntArrayList();
    private @Nullable TaskKind[] kinds = new TaskKind[16];
    private int used;

    TaskKinds() {
        add(new FunctionState(-1, "", "", new ClientShare()));
    }

    /** Tasks of this function that ask for nothing; returns the number of the kind. */
    int add(final FunctionState function) {
        return add(new TaskKind.Key(-1, Resources.NONE, List.of(), false), function).index;
    }

    /** Tasks of the same function as those of a plain kind, that ask for more. */
    int of(final int plain, final Resources needs, final List<String> workers, final boolean orOthers) {
        if (workers.isEmpty() && needs.isEmpty()) {
            return plain;
        }
        final TaskKind.Key key = new TaskKind.Key(plain, needs, workers, orOthers);
        return particular.computeIfAbsent(key, k -> add(k, get(plain).function)).index;
    }

    TaskKind get(final int index) {
        final TaskKind kind = kinds[index];
        if (kind == null) {
            throw new IllegalStateException("kind=" + index + " is gone");
        }
        return kind;
    }

    /** Those that tasks wait by, in no order that matters, but a fixed one. */
    List<TaskKind> waiting() {
        return waiting;
    }

    /** One past the highest number ever used. */
    int limit() {
        return used;
    }

    @Nullable
    TaskKind orNull(final int index) {
        return kinds[index];
    }

    /** A task of a kind is forgotten. */
    void forgetTask(final int index) {
        final TaskKind kind = get(index);
        if (--kind.tasks == 0 && !kind.isPlain()) {
            particular.remove(kind.key);
            remove(index);
        }
    }

    /** A function's own kind is not needed any more. */
    void remove(final int index) {
        kinds[index] = null;
        free.addInt(index);
    }

    private TaskKind add(final TaskKind.Key key, final FunctionState function) {
        final int index = free.isEmpty() ? used++ : free.popInt();
        if (index == kinds.length) {
            kinds = Arrays.copyOf(kinds, 2 * index);
        }
        final TaskKind kind = new TaskKind(index, key, function);
        kinds[index] = kind;
        return kind;
    }
}
