package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many simulated clusters, each from one seed. Other seeds: {@code -Dmuster.sim.from=N -Dmuster.sim.seeds=N}; one seed:
 * {@code -Dmuster.sim.from=SEED -Dmuster.sim.seeds=1}, and {@code -Dmuster.sim.trace=true} to see what it does.
 */
final class SimulatorTest {
    private static final long FROM = Long.getLong("muster.sim.from", 1);
    private static final long SEEDS = Long.getLong("muster.sim.seeds", 2_500);

    @Test
    void whateverGoesWrongEveryTaskEndsAsItShouldAndNothingIsLeftBehind() {
        long takenBack = 0;
        for (long seed = FROM; seed < FROM + SEEDS; seed++) {
            takenBack += run(seed).takenBack();
        }
        assertThat(takenBack)
                .as("runs that were asked back, of seeds=%d", SEEDS)
                .isGreaterThanOrEqualTo(SEEDS / 100);
    }

    /** Kinds and suspects that a worker was kept from for another one, and that nobody looked at again when that one had it. */
    @ParameterizedTest
    @ValueSource(longs = {1_383, 119_498})
    void whatAReservationKeptWaitingGoesOnWithIt(final long seed) {
        run(seed);
    }

    @Test
    void aSeedAlwaysGivesTheSameRun() {
        for (long seed = FROM; seed < FROM + Math.min(SEEDS, 20); seed++) {
            assertThat(run(seed).digest())
                    .as("seed=%d", seed)
                    .isEqualTo(run(seed).digest());
        }
    }

    private static Simulation run(final long seed) {
        try {
            final Simulation simulation = new Simulation(seed);
            simulation.run();
            return simulation;
        } catch (final AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed=" + seed + " failed: " + e.getMessage()
                            + "; to replay it: mvn -pl core -am test -Dtest=SimulatorTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dmuster.sim.from=" + seed
                            + " -Dmuster.sim.seeds=1",
                    e);
        }
    }
}
