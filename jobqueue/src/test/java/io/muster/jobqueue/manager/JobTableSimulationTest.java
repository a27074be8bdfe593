package io.muster.jobqueue.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class JobTableSimulationTest {
    private static final long SEEDS = 2_000;
    private static final Long ONE = Long.getLong("muster.seed");

    @Test
    void whateverGoesWrongNoJobIsSubmittedTwiceNoneIsForgottenAndInTheEndThereAreAsManyAsWanted() {
        (ONE == null ? LongStream.range(0, SEEDS) : LongStream.of(ONE)).forEach(JobTableSimulationTest::run);
    }

    @Test
    void theSameSeedIsTheSameLife() {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(new JobTableSimulation(seed).run()).isEqualTo(new JobTableSimulation(seed).run());
        }
    }

    private static void run(final long seed) {
        try {
            new JobTableSimulation(seed).run();
        } catch (final RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "seed=" + seed + " failed; again: mvn -pl jobqueue test -Dtest=JobTableSimulationTest -DargLine="
                            + "-Dmuster.seed=" + seed,
                    e);
        }
    }
}
