package io.muster.worker;

import io.muster.data.ResultStore;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/** A result that may go to disk. Guarded by its {@link SpillStore}, that alone changes it. */
final class Spillable extends RunTable.Held {
    State state = State.MEMORY;

    /** What is written of it; it stays while the value is in memory again, so that it need not be written twice. */
    @Nullable
    SpillFile file;

    /** The value while it is on disk, for as long as some task has it. */
    @Nullable
    WeakReference<Object> inUse;

    /** Nobody wants it any more. */
    boolean freed;

    /** Its neighbours in the order of use, while it is in memory and could go. */
    @Nullable
    Spillable older;

    @Nullable
    Spillable newer;

    private volatile @Nullable Object value;

    Spillable(final Object value, final long sizeBytes) {
        super(null, sizeBytes);
        this.value = value;
    }

    /** The value, or {@link ResultStore#ABSENT} while it is on disk only. */
    @Override
    @Nullable
    Object value() {
        final Object current = value;
        return current == null ? ResultStore.ABSENT : current;
    }

    void value(final @Nullable Object now) {
        value = now;
    }

    boolean isInMemory() {
        return state == State.MEMORY || state == State.WRITING;
    }

    /** Where the value is. */
    enum State {
        /** In memory. */
        MEMORY,
        /** In memory, and being written. */
        WRITING,
        /** On disk. */
        DISK,
        /** On disk, and being read. */
        READING
    }
}
