package io.muster.worker;

import io.muster.MemorySize;
import io.muster.data.ResultStore;
import io.muster.serialize.SerializedValue;
import io.muster.serialize.Serializer;
import io.muster.serialize.UnserializableException;
import io.muster.serialize.ValueBytes;
import io.muster.worker.Spillable.State;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows what results take in memory, and puts the least recently used on disk when they take more than a target.
 *
 * <p>What is on disk is read back when it is used. A value that can't be written stays in memory: one that can't be serialized for ever,
 * any other until the disk takes something again.
 */
final class SpillStore implements AutoCloseable {
    /*
     * A value is in memory, in memory and being written, on disk, or on disk and being read; it leaves memory when its file is whole, and
     * the file stays until the value is freed. So there is no moment at which it is nowhere. One monitor guards the states, the sums and
     * the order of use; nothing is serialized, written, read or deleted while it is held. Files of freed values are deleted by whoever
     * makes room or by the worker's memory thread, as frees come from a thread that must not wait for a disk.
     *
     * Whoever brings more than fits makes room itself, so that a disk that is slower than the tasks slows the tasks down. What others are
     * writing counts as gone, so that nobody writes more than what is over the target.
     */
    static final long NO_LIMIT = Long.MAX_VALUE;

    /** What is smaller stays in memory: its file would take more than it frees. */
    static final long LEAST_BYTES = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(SpillStore.class);
    private static final long SUSPENDED_NS = 10_000_000_000L;

    private final String workerName;
    private final long targetBytes;
    private final long maxSpillBytes;
    private final Serializer serializer;
    private final SpillDirectory directory;
    private final LongSupplier nanoTime;
    private final Deque<SpillFile> doomed = new ArrayDeque<>();
    private @Nullable Spillable oldest;
    private @Nullable Spillable newest;
    private long memoryBytes;
    private long leavingBytes;
    private long spilledBytes;
    private long fileBytes;
    private boolean suspended;
    private long suspendedUntilNs;
    private boolean warned;
    private boolean closed;
    private boolean saidUnserializable;

    /**
     * @param targetBytes what results may take in memory; {@link #NO_LIMIT}: only {@link #evict} writes
     * @param maxSpillBytes what may be on disk, or {@link #NO_LIMIT}
     */
    SpillStore(
            final String workerName,
            final long targetBytes,
            final long maxSpillBytes,
            final Serializer serializer,
            final SpillDirectory directory,
            final LongSupplier nanoTime) {
        this.workerName = workerName;
        this.targetBytes = targetBytes;
        this.maxSpillBytes = maxSpillBytes;
        this.serializer = serializer;
        this.directory = directory;
        this.nanoTime = nanoTime;
    }

    boolean mayGo(final @Nullable Object value, final long sizeBytes) {
        return value != null && sizeBytes >= LEAST_BYTES;
    }

    /** Takes a value in; {@link #makeRoom} has to follow once no lock is held. */
    synchronized RunTable.Held add(final @Nullable Object value, final long sizeBytes) {
        memoryBytes += sizeBytes;
        if (value == null || !mayGo(value, sizeBytes)) {
            return new RunTable.Held(value, sizeBytes);
        }
        final Spillable held = new Spillable(value, sizeBytes);
        if (sizeBytes > targetBytes) {
            linkOldest(held);
        } else {
            linkNewest(held);
        }
        return held;
    }

    /** Takes in a value that stays in memory. */
    synchronized RunTable.Held addUnspillable(final @Nullable Object value, final long sizeBytes) {
        memoryBytes += sizeBytes;
        return new RunTable.Held(value, sizeBytes);
    }

    /** Nobody wants the value any more. */
    synchronized void remove(final RunTable.Held held) {
        if (!(held instanceof Spillable spillable)) {
            memoryBytes -= held.sizeBytes();
            return;
        }
        spillable.freed = true;
        switch (spillable.state) {
            case MEMORY -> {
                unlink(spillable);
                memoryBytes -= spillable.sizeBytes();
            }
            case WRITING -> {
                memoryBytes -= spillable.sizeBytes();
                leavingBytes -= spillable.sizeBytes();
            }
            case DISK, READING -> spilledBytes -= spillable.sizeBytes();
        }
        if (spillable.state != State.READING) {
            doom(spillable);
        }
    }

    /**
     * The value, from wherever it is; may block for as long as a disk takes.
     *
     * @return the value, or {@link ResultStore#ABSENT} if it is freed and gone
     * @throws IOException if it can't be read
     */
    @Nullable
    Object load(final Spillable held) throws IOException, InterruptedException {
        SpillFile file = null;
        @Nullable Object value = null;
        synchronized (this) {
            while (held.state == State.READING) {
                wait();
            }
            if (held.isInMemory()) {
                touch(held);
                return held.value();
            }
            value = held.inUse == null ? null : held.inUse.get();
            if (value == null) {
                file = held.file;
                if (held.freed || file == null) {
                    return ResultStore.ABSENT;
                }
                held.state = State.READING;
            } else {
                readBack(held, value);
            }
        }
        if (file != null) {
            try {
                value = file.read(serializer);
            } finally {
                readBack(held, value);
            }
        }
        makeRoom();
        return value;
    }

    private synchronized void readBack(final Spillable held, final @Nullable Object value) {
        held.state = State.DISK;
        notifyAll();
        if (held.freed) {
            doom(held);
        } else if (value != null && held.sizeBytes() <= targetBytes) {
            held.state = State.MEMORY;
            held.value(value);
            held.inUse = null;
            memoryBytes += held.sizeBytes();
            spilledBytes -= held.sizeBytes();
            linkNewest(held);
        } else if (value != null) {
            held.inUse = new WeakReference<>(value);
        }
    }

    /** The bytes of a value that is on disk only; null if it is not, or can't be read. */
    @Nullable
    ValueBytes open(final Spillable held) {
        final SpillFile file;
        synchronized (this) {
            file = held.isInMemory() || held.freed ? null : held.file;
        }
        try {
            return file == null ? null : file.open();
        } catch (final IOException e) {
            LOG.debug("worker={}: can't open file={}", workerName, file.path(), e);
            return null;
        }
    }

    synchronized boolean isOnDisk(final Spillable held) {
        return !held.isInMemory() && held.file != null;
    }

    synchronized boolean isOverTarget() {
        return memoryBytes - leavingBytes > targetBytes && oldest != null && !isSuspended();
    }

    /** Whether something could go to disk now. */
    synchronized boolean canSpill() {
        return oldest != null && !isSuspended();
    }

    synchronized long memoryBytes() {
        return memoryBytes;
    }

    /** The size in memory of what is on disk only. */
    synchronized long spilledBytes() {
        return spilledBytes;
    }

    /** Writes what is least recently used until the rest fits into the target; blocks for as long as that takes. */
    void makeRoom() {
        deleteFreed();
        while (isOverTarget() && spillOldest() > 0) {
            deleteFreed();
        }
    }

    /** Writes what is least recently used, this much of it if there is so much; returns how much it was. */
    long evict(final long bytes) {
        long evicted = 0;
        while (evicted < bytes) {
            final long one = spillOldest();
            if (one == 0) {
                break;
            }
            evicted += one;
        }
        return evicted;
    }

    /** Deletes the files of values that were freed. */
    void deleteFreed() {
        for (SpillFile file = nextDoomed(); file != null; file = nextDoomed()) {
            delete(file);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        directory.close();
    }

    /** Puts one value on disk; returns its size, or 0 if there is none or it can't be done now. */
    private long spillOldest() {
        while (true) {
            final Spillable held;
            final Object value;
            synchronized (this) {
                held = isSuspended() ? null : oldest;
                if (held == null) {
                    return 0;
                }
                unlink(held);
                if (held.file != null) {
                    leaveMemory(held);
                    return held.sizeBytes();
                }
                held.state = State.WRITING;
                leavingBytes += held.sizeBytes();
                value = held.value();
            }
            SpillFile file = null;
            Throwable failure = null;
            try {
                file = write(value);
            } catch (final IOException | RuntimeException | Error e) {
                failure = e;
            }
            if (written(held, file, failure)) {
                return held.sizeBytes();
            }
        }
    }

    private SpillFile write(final @Nullable Object value) throws IOException {
        final SerializedValue bytes = serializer.serialize(value);
        reserve(bytes.totalBytes());
        boolean done = false;
        try {
            final SpillFile file = SpillFile.write(directory.next(), bytes);
            done = true;
            return file;
        } finally {
            if (!done) {
                giveBack(bytes.totalBytes());
            }
        }
    }

    /** Takes room on disk; if need be, files of values that are in memory again go. */
    private synchronized void reserve(final long bytes) throws IOException {
        for (Spillable held = oldest; held != null && fileBytes + bytes > maxSpillBytes; held = held.newer) {
            doom(held);
        }
        if (fileBytes + bytes > maxSpillBytes) {
            throw new IOException("worker.max-spill=" + new MemorySize(maxSpillBytes) + " would be exceeded: on disk="
                    + fileBytes + " bytes, to be written=" + bytes + " bytes");
        }
        fileBytes += bytes;
    }

    private synchronized void giveBack(final long bytes) {
        fileBytes -= bytes;
    }

    /** Whether the value is on disk now or of no use any more; else it stays in memory. */
    private synchronized boolean written(
            final Spillable held, final @Nullable SpillFile file, final @Nullable Throwable failure) {
        held.file = file;
        if (held.freed) {
            doom(held);
            return true;
        }
        leavingBytes -= held.sizeBytes();
        if (file != null) {
            warned = false;
            leaveMemory(held);
            return true;
        }
        held.state = State.MEMORY;
        if (failure instanceof UnserializableException) {
            if (!saidUnserializable) {
                saidUnserializable = true;
                LOG.warn("worker={}: a result stays in memory: {}", workerName, failure.getMessage());
            }
        } else {
            linkOldest(held);
            suspended = true;
            suspendedUntilNs = nanoTime.getAsLong() + SUSPENDED_NS;
            if (!warned) {
                warned = true;
                LOG.warn(
                        "worker={}: results stay in memory, as they can't be written to disk: {}; trying again every"
                                + " {} s",
                        workerName,
                        String.valueOf(failure),
                        SUSPENDED_NS / 1_000_000_000);
            }
        }
        return false;
    }

    private void leaveMemory(final Spillable held) {
        held.state = State.DISK;
        held.inUse = new WeakReference<>(held.value());
        held.value(null);
        memoryBytes -= held.sizeBytes();
        spilledBytes += held.sizeBytes();
    }

    private boolean isSuspended() {
        if (suspended && nanoTime.getAsLong() - suspendedUntilNs >= 0) {
            suspended = false;
        }
        return suspended || closed;
    }

    private void doom(final Spillable held) {
        if (held.file != null) {
            doomed.add(held.file);
            fileBytes -= held.file.totalBytes();
            held.file = null;
        }
    }

    private synchronized @Nullable SpillFile nextDoomed() {
        return doomed.poll();
    }

    private void delete(final SpillFile file) {
        try {
            Files.deleteIfExists(file.path());
        } catch (final IOException e) {
            LOG.debug("worker={}: can't delete file={}", workerName, file.path(), e);
        }
    }

    private void touch(final Spillable held) {
        if (held.state == State.MEMORY && newest != held && isLinked(held)) {
            unlink(held);
            linkNewest(held);
        }
    }

    private boolean isLinked(final Spillable held) {
        return held.older != null || held.newer != null || oldest == held;
    }

    private void linkNewest(final Spillable held) {
        held.older = newest;
        if (newest == null) {
            oldest = held;
        } else {
            newest.newer = held;
        }
        newest = held;
    }

    private void linkOldest(final Spillable held) {
        held.newer = oldest;
        if (oldest == null) {
            newest = held;
        } else {
            oldest.older = held;
        }
        oldest = held;
    }

    /** Nothing happens to one that is not in the order, as it can't be written. */
    private void unlink(final Spillable held) {
        if (!isLinked(held)) {
            return;
        }
        if (held.older == null) {
            oldest = held.newer;
        } else {
            held.older.newer = held.newer;
        }
        if (held.newer == null) {
            newest = held.older;
        } else {
            held.newer.older = held.older;
        }
        held.older = null;
        held.newer = null;
    }
}
