package io.muster.testing;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Finds out whether the simulator notices planted bugs: for each mutant the first seed that fails with it. */
public final class MutationGate {
    private static final long PATIENCE_NS = 30_000_000_000L;
    private static final long LOOK_MS = 50;

    private final MutantCompiler compiler = new MutantCompiler();
    private final long seeds;
    private final int workers;

    /**
     * Makes one.
     *
     * @param seeds within how many a mutant has to be noticed
     * @param workers how many workers a cluster has at most
     * @throws io.muster.MusterException if this JVM has no compiler
     */
    public MutationGate(final long seeds, final int workers) {
        this.seeds = seeds;
        this.workers = workers;
    }

    /**
     * What became of a mutant.
     *
     * @param mutant the mutant
     * @param seed the seed that failed first; 0 if none did
     * @param message what it failed with; empty if it did not
     */
    public record Verdict(Mutant mutant, long seed, String message) {
        /**
         * Whether a seed failed.
         *
         * @return whether it was noticed
         */
        public boolean isKilled() {
            return seed > 0;
        }

        /**
         * Whether it should have been noticed and was not.
         *
         * @return whether it is neither killed nor equivalent
         */
        public boolean isSurvivor() {
            return !isKilled() && !mutant.isEquivalent();
        }
    }

    /**
     * Tries mutants.
     *
     * @param mutants which
     * @param threads how many at once
     * @param listener told of each verdict, by one thread at a time
     * @return all verdicts
     */
    public List<Verdict> run(final List<Mutant> mutants, final int threads, final Consumer<Verdict> listener) {
        final AtomicInteger next = new AtomicInteger();
        final List<Verdict> verdicts = new ArrayList<>();
        Simulator.inThreads(threads, () -> {
            for (int i = next.getAndIncrement(); i < mutants.size(); i = next.getAndIncrement()) {
                final Verdict verdict = judge(mutants.get(i));
                synchronized (verdicts) {
                    verdicts.add(verdict);
                    listener.accept(verdict);
                }
            }
        });
        return verdicts;
    }

    /** Compiles a mutant and does nothing else with it. */
    void compile(final Mutant mutant) {
        compiler.compile(mutant);
    }

    private Verdict judge(final Mutant mutant) {
        final World world = new MutantLoader(compiler.compile(mutant)).world();
        final AtomicReference<Progress> progress = new AtomicReference<>(new Progress(0, System.nanoTime()));
        final AtomicReference<Verdict> verdict = new AtomicReference<>();
        final Thread runner =
                new Thread(() -> verdict.set(judge(mutant, world, progress)), "muster-mutant-" + mutant.name());
        runner.setDaemon(true);
        runner.start();
        while (runner.isAlive()) {
            final Progress seen = progress.get();
            if (System.nanoTime() - seen.sinceNs > PATIENCE_NS) {
                return new Verdict(mutant, seen.seed, "the scheduler does not come back");
            }
            try {
                runner.join(LOOK_MS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Verdict(mutant, 0, "");
            }
        }
        final Verdict found = verdict.get();
        return found == null ? new Verdict(mutant, progress.get().seed, "the simulation broke off") : found;
    }

    private Verdict judge(final Mutant mutant, final World world, final AtomicReference<Progress> progress) {
        for (long seed = 1; seed <= seeds; seed++) {
            progress.set(new Progress(seed, System.nanoTime()));
            final Outcome outcome = world.run(seed, workers, new BitSet(), World.Trace.NONE);
            if (!outcome.passed()) {
                return new Verdict(mutant, seed, outcome.message());
            }
        }
        return new Verdict(mutant, 0, "");
    }

    private record Progress(long seed, long sinceNs) {}
}
