package io.muster.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many simulated clusters, each from one seed. Other seeds: {@code -Dmuster.sim.from=N -Dmuster.sim.seeds=N}. */
@Tag("slow")
final class SimulatorTest {
    private static final long FROM = Long.getLong("muster.sim.from", 1);
    private static final long SEEDS = Long.getLong("muster.sim.seeds", 20_000);
    private static final int THREADS = 2;

    private final Simulator simulator = Simulator.of(Simulator.SMALL);

    @Test
    void whateverGoesWrongEveryTaskEndsAsItShouldAndNothingIsLeftBehind() {
        final Simulator.Report report = simulator.run(FROM, SEEDS, THREADS);

        assertThat(report.failed())
                .as(() ->
                        report.failed().stream().map(this::describe).findFirst().orElse(""))
                .isEmpty();
    }

    private String describe(final Outcome outcome) {
        final Simulator.Shrunk shrunk = simulator.shrink(outcome.seed(), new BitSet(), Duration.ofSeconds(20));
        return "seed=" + outcome.seed() + " failed: " + outcome.message() + "; to replay it: muster simulate --seed "
                + outcome.seed() + " --without " + Steps.format(shrunk.without()) + " --trace";
    }

    @Test
    void aSeedAlwaysGivesTheSameRunOnHoweverManyThreads() {
        final Simulator.Report once = simulator.run(FROM, 50, 1);
        final Simulator.Report again = simulator.run(FROM, 50, THREADS);

        assertThat(again.hash()).isEqualTo(once.hash());
        assertThat(again.events()).isEqualTo(once.events());
        assertThat(simulator.run(FROM + 1, 50, 1).hash()).isNotEqualTo(once.hash());
    }

    @Test
    void moreWorkersAreSimulatedToo() {
        assertThat(Simulator.of(12).run(FROM, 50, THREADS).failed()).isEmpty();
    }

    @Test
    void ofThePlanOfASeedThatFailsOnlyWhatItNeedsIsLeft() {
        final Simulator broken = new Simulator(new FailsWithSteps(20, 3, 11), 1);

        final Simulator.Shrunk shrunk = broken.shrink(1, new BitSet(), Duration.ofSeconds(10));

        assertThat(shrunk.steps()).containsExactly("step 3", "step 11");
        assertThat(Steps.format(shrunk.without())).isEqualTo("0-2,4-10,12-19");
        assertThat(shrunk.failure()).isEqualTo("both are there");
    }

    /** A world that fails if two steps are in its plan. */
    private record FailsWithSteps(int steps, int one, int other) implements World {
        @Override
        public Outcome run(final long seed, final int workers, final BitSet without, final Trace trace) {
            final boolean fails = !without.get(one) && !without.get(other);
            return new Outcome(seed, 1, 1, fails ? new AssertionError("both are there") : null);
        }

        @Override
        public List<String> plan(final long seed, final int workers) {
            return java.util.stream.IntStream.range(0, steps)
                    .mapToObj(step -> "step " + step)
                    .toList();
        }
    }
}
