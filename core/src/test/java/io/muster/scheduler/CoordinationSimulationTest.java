package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Many {@link CoordinationSimulation}s. Other seeds: {@code -Dmuster.sim.from=N -Dmuster.sim.seeds=N}. */
final class CoordinationSimulationTest {
    private static final long FROM = Long.getLong("muster.sim.from", 1);
    private static final long SEEDS = Long.getLong("muster.sim.seeds", 100);

    @Test
    void whoeverComesAndGoesNobodyIsForgottenOvertakenOrGivenWhatAnotherHolds() {
        for (long seed = FROM; seed < FROM + SEEDS; seed++) {
            run(seed);
        }
    }

    @Test
    void aSeedAlwaysGivesTheSameRun() {
        assertThat(run(FROM)).isEqualTo(run(FROM)).isNotEqualTo(run(FROM + 1));
    }

    private static long run(final long seed) {
        try {
            return new CoordinationSimulation(seed).run();
        } catch (final AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed=" + seed + " failed: " + e.getMessage()
                            + "; to replay it: mvn -pl core -am test -Dtest=CoordinationSimulationTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dmuster.sim.from=" + seed
                            + " -Dmuster.sim.seeds=1",
                    e);
        }
    }
}
