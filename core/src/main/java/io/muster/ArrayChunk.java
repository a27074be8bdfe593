package io.muster;

import java.io.Serial;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Some calls in a row of an array's function, as one task: its argument is the range of numbers, the first in the upper 32 bits, the one
 * after the last in the lower.
 */
record ArrayChunk<R>(Fn<? super Integer, ? extends R> function) implements Fn<Long, List<R>>, Wrapper {
    @Serial
    private static final long serialVersionUID = 1L;

    /** How many calls a chunk has at most. */
    private static final int MAX_CALLS = 1_024;

    /** How many chunks an array has at least, if it has so many calls: enough for workers of different speeds to share. */
    private static final int LEAST_CHUNKS = 64;

    static <R> TaskArray<R> submit(
            final Session session,
            final int count,
            final Fn<? super Integer, ? extends R> function,
            final TaskOptions options) {
        if (count < 0) {
            throw new IllegalArgumentException("count=" + count + " must be >= 0");
        }
        final int calls = Math.max(1, Math.min(MAX_CALLS, count / LEAST_CHUNKS));
        final List<Long> ranges = IntStream.range(0, (int) ((count + calls - 1L) / calls))
                .mapToObj(chunk -> (long) chunk * calls << 32 | Math.min(count, (chunk + 1L) * calls))
                .toList();
        return new TaskArray<>(session, count, calls, session.submitAll(new ArrayChunk<R>(function), ranges, options));
    }

    @Override
    public List<R> apply(final Long range) throws Exception {
        final int from = (int) (range >>> 32);
        final Object[] results = new Object[range.intValue() - from];
        for (int i = 0; i < results.length; i++) {
            results[i] = function.apply(from + i);
        }
        return PackedList.of(results);
    }

    @Override
    public Object wrapped() {
        return function;
    }
}
