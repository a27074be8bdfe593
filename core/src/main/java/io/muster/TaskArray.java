package io.muster;

import java.time.Duration;
import java.util.AbstractList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.concurrent.CompletionException;

/**
 * The results of one function for each number from 0 up to a count: like the futures of a {@code map}, but that the cluster handles the
 * calls by the chunk. A chunk is one task, of up to 1,024 calls in a row: it is placed, retried, cancelled and lost as a whole, runs on one
 * thread, and fails with the first of its calls that does. So a call costs next to nothing beside its own work. Made by
 * {@link Submitter#array}.
 *
 * @param <R> a result
 */
public final class TaskArray<R> {
    private final Session session;
    private final int size;
    private final int chunkSize;
    private final List<TaskFuture<List<R>>> chunks;

    TaskArray(final Session session, final int size, final int chunkSize, final List<TaskFuture<List<R>>> chunks) {
        this.session = session;
        this.size = size;
        this.chunkSize = chunkSize;
        this.chunks = Collections.unmodifiableList(chunks);
    }

    /**
     * How many results there are.
     *
     * @return the count
     */
    public int size() {
        return size;
    }

    /**
     * The tasks behind the array, for other tasks to use as inputs.
     *
     * @return futures of the lists that make up the array, in order
     */
    public List<TaskFuture<List<R>>> chunks() {
        return chunks;
    }

    /**
     * Waits for one result, and those of its chunk.
     *
     * @param index its number
     * @return the result
     * @throws IndexOutOfBoundsException if there is no such number
     * @throws CompletionException if the chunk failed
     */
    public R join(final int index) {
        return chunks.get(Objects.checkIndex(index, size) / chunkSize).join().get(index % chunkSize);
    }

    /**
     * Waits for all results.
     *
     * @return the results, which can't be changed
     * @throws CompletionException if a chunk failed
     */
    public List<R> join() {
        return new Whole<>(Gathering.gather(session, chunks, Long.MAX_VALUE), size, chunkSize);
    }

    /**
     * Waits for all results for a while.
     *
     * @param timeout how long
     * @return the results, which can't be changed
     * @throws CompletionException if a chunk failed
     * @throws WaitTimeoutException if they are not all there by then
     */
    public List<R> join(final Duration timeout) {
        return new Whole<>(Gathering.gather(session, chunks, Waiting.nanos(timeout)), size, chunkSize);
    }

    /** Lets go of the results: tasks that are not done and that nobody else needs end. */
    public void release() {
        chunks.forEach(TaskFuture::release);
    }

    @Override
    public String toString() {
        return "TaskArray(size=" + size + ", chunks=" + chunks.size() + ")";
    }

    /** Chunks of one size, but for the last one, as one list. */
    private static final class Whole<R> extends AbstractList<R> implements RandomAccess {
        private final List<List<R>> parts;
        private final int size;
        private final int chunkSize;

        private Whole(final List<List<R>> parts, final int size, final int chunkSize) {
            this.parts = parts;
            this.size = size;
            this.chunkSize = chunkSize;
        }

        @Override
        public R get(final int index) {
            return parts.get(Objects.checkIndex(index, size) / chunkSize).get(index % chunkSize);
        }

        @Override
        public int size() {
            return size;
        }
    }
}
