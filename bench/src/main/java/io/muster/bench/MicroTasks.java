package io.muster.bench;

import io.muster.MusterException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the tasks of the small benchmarks do. */
final class MicroTasks {
    private MicroTasks() {}

    static int increment(final int number) {
        return number + 1;
    }

    static int sleep(final int microseconds) {
        try {
            TimeUnit.MICROSECONDS.sleep(microseconds);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MusterException("interrupted in a task", e);
        }
        return microseconds;
    }

    /** Makes data that begins with the time at which it is there; processes of a host share this clock. */
    static byte[] make(final int bytes, final int sleepUs) {
        sleep(sleepUs);
        final byte[] data = new byte[bytes];
        ByteBuffer.wrap(data).putLong(System.nanoTime());
        return data;
    }

    static byte[] copy(final byte[] data, final int sleepUs) {
        sleep(sleepUs);
        return data.clone();
    }

    /** Returns since when there was data, and until when. */
    static List<Long> drop(final byte[] data, final int sleepUs) {
        sleep(sleepUs);
        return List.of(ByteBuffer.wrap(data).getLong(), System.nanoTime());
    }

    /** How many of such spans there were at once, at most. */
    static int mostAtOnce(final List<List<Long>> spans) {
        final List<long[]> steps = new ArrayList<>();
        for (final List<Long> span : spans) {
            steps.add(new long[] {span.get(0), 1});
            steps.add(new long[] {span.get(1), -1});
        }
        steps.sort(Comparator.<long[]>comparingLong(step -> step[0]).thenComparingLong(step -> step[1]));
        long now = 0;
        long most = 0;
        for (final long[] step : steps) {
            now += step[1];
            most = Math.max(most, now);
        }
        return (int) most;
    }
}
