package io.muster.testing;

import io.muster.scheduler.SimulatedWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Runs simulated clusters, one for each seed, and makes what fails small. */
public final class Simulator {
    /** How many workers the small configuration has at most. */
    public static final int SMALL = 4;

    private static final int MAX_FAILURES_KEPT = 10;

    private final World world;
    private final int workers;

    /**
     * Makes one for a world.
     *
     * @param world what runs a seed
     * @param workers how many workers a cluster has at most, 1 or more
     */
    public Simulator(final World world, final int workers) {
        if (workers < 1) {
            throw new IllegalArgumentException("workers=" + workers + " must be >= 1");
        }
        this.world = world;
        this.workers = workers;
    }

    /**
     * Makes one for the scheduler and the worker of this class path.
     *
     * @param workers how many workers a cluster has at most, 1 or more
     * @return the simulator
     */
    public static Simulator of(final int workers) {
        return new Simulator(new SimulatedWorld(), workers);
    }

    /**
     * What came of many seeds.
     *
     * @param seeds how many there were
     * @param failures how many of them failed
     * @param events how many events there were in all
     * @param hash a digest of all that happened: the same for the same seeds
     * @param seconds how long it took
     * @param failed the first that failed, at most ten
     */
    public record Report(long seeds, long failures, long events, long hash, double seconds, List<Outcome> failed) {}

    /**
     * What is left of the plan of a seed that fails, when all is left out that it does not need for that.
     *
     * @param without the numbers of the steps left out
     * @param steps the steps that are left, a line each
     * @param failure what goes wrong with these
     */
    public record Shrunk(BitSet without, List<String> steps, String failure) {}

    /**
     * Runs seeds to their ends.
     *
     * @param from the first
     * @param seeds how many
     * @param threads how many at once
     * @return what came of them
     */
    public Report run(final long from, final long seeds, final int threads) {
        return run(from, seeds, threads, () -> {});
    }

    /**
     * Runs seeds to their ends.
     *
     * @param from the first
     * @param seeds how many
     * @param threads how many at once
     * @param afterEach told by whichever thread has run one
     * @return what came of them
     */
    public Report run(final long from, final long seeds, final int threads, final Runnable afterEach) {
        final long startNs = System.nanoTime();
        final AtomicLong next = new AtomicLong(from);
        final AtomicLong events = new AtomicLong();
        final AtomicLong hash = new AtomicLong();
        final AtomicInteger failures = new AtomicInteger();
        final List<Outcome> failed = new ArrayList<>();
        inThreads(threads, () -> {
            for (long seed = next.getAndIncrement(); seed < from + seeds; seed = next.getAndIncrement()) {
                final Outcome outcome = run(seed, new BitSet());
                afterEach.run();
                events.addAndGet(outcome.events());
                hash.addAndGet(outcome.hash() * (2 * seed + 1));
                if (!outcome.passed()) {
                    failures.incrementAndGet();
                    synchronized (failed) {
                        failed.add(outcome);
                        failed.sort(Comparator.comparingLong(Outcome::seed));
                        if (failed.size() > MAX_FAILURES_KEPT) {
                            failed.remove(MAX_FAILURES_KEPT);
                        }
                    }
                }
            }
        });
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        return new Report(seeds, failures.get(), events.get(), hash.get(), seconds, List.copyOf(failed));
    }

    /**
     * Runs one seed to its end.
     *
     * @param seed the seed
     * @param without the steps of its plan that are left out
     * @return what came of it
     */
    public Outcome run(final long seed, final BitSet without) {
        return world.run(seed, workers, without, World.Trace.NONE);
    }

    /**
     * Runs one seed to its end and tells what happens.
     *
     * @param seed the seed
     * @param without the steps of its plan that are left out
     * @param trace gets a line for each thing that happens
     * @return what came of it
     */
    public Outcome run(final long seed, final BitSet without, final World.Trace trace) {
        return world.run(seed, workers, without, trace);
    }

    /**
     * Leaves out of the plan of a seed that fails what it does not need to fail, in any way: halves first, then smaller parts, then single
     * steps.
     *
     * @param seed the seed
     * @param first the steps that are left out in any case
     * @param atMost how long that may take
     * @return what is left
     */
    public Shrunk shrink(final long seed, final BitSet first, final Duration atMost) {
        final long deadlineNs = System.nanoTime() + atMost.toNanos();
        final List<String> steps = world.plan(seed, workers);
        BitSet without = (BitSet) first.clone();
        String failure = run(seed, without).message();
        int size = Math.max(1, (steps.size() - without.cardinality()) / 2);
        while (size > 0) {
            boolean isSmaller = false;
            final int[] left = left(without, steps.size());
            for (int from = 0; from < left.length && System.nanoTime() - deadlineNs < 0; from += size) {
                final BitSet fewer = (BitSet) without.clone();
                for (int i = from; i < Math.min(left.length, from + size); i++) {
                    fewer.set(left[i]);
                }
                final Outcome outcome = run(seed, fewer);
                if (!outcome.passed()) {
                    without = fewer;
                    failure = outcome.message();
                    isSmaller = true;
                }
            }
            if (!isSmaller || size > 1) {
                size /= 2;
            }
        }
        final List<String> kept = new ArrayList<>();
        for (final int step : left(without, steps.size())) {
            kept.add(steps.get(step));
        }
        return new Shrunk(without, kept, failure);
    }

    private static int[] left(final BitSet without, final int count) {
        final BitSet left = (BitSet) without.clone();
        left.flip(0, count);
        return left.stream().toArray();
    }

    static void inThreads(final int count, final Runnable work) {
        final List<Thread> threads = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            final Thread thread = new Thread(work, "muster-simulator-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        work.run();
        boolean interrupted = false;
        for (final Thread thread : threads) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
