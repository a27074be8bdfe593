package io.muster.scheduler;

import io.muster.testing.Outcome;
import io.muster.testing.World;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Simulated clusters around this class path's scheduler core and worker. */
public final class SimulatedWorld implements World {
    /** Makes one; it has no state. */
    public SimulatedWorld() {}

    @Override
    public Outcome run(final long seed, final int workers, final BitSet without, final Trace trace) {
        Simulation simulation = null;
        Throwable failure = null;
        try {
            simulation = new Simulation(seed, workers, without, trace);
            simulation.run();
        } catch (final AssertionError | RuntimeException | StackOverflowError e) {
            failure = e;
        }
        return outcome(seed, simulation, failure);
    }

    private static Outcome outcome(
            final long seed, final @Nullable Simulation simulation, final @Nullable Throwable failure) {
        return new Outcome(
                seed,
                simulation == null ? 0 : simulation.handled(),
                simulation == null ? 0 : simulation.hash(),
                failure);
    }

    @Override
    public List<String> plan(final long seed, final int workers) {
        return new Plan(seed, workers, Simulation.CHAOS_US, new BitSet())
                .steps().stream().map(Plan.Step::toString).toList();
    }
}
