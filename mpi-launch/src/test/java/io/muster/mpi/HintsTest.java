package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.config.Options;
import io.muster.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HintsTest {
    private static final long GIB = 1L << 30;
    private static final Settings FOUR_THREADS = Settings.defaults().with(Options.WORKER_THREADS, 4);
    private static final Map<String, String> OPEN_MPI = Map.of("OMPI_COMM_WORLD_RANK", "0");

    @Test
    void openMpiThatBoundARankToFewerCoresThanThreadsIsToldHowNotTo() {
        assertThat(new Hints(FOUR_THREADS, OPEN_MPI).lines(1, GIB, 16 * GIB, 2))
                .containsExactly(
                        "Open MPI bound this rank to cores=1, fewer than threads=4: start with mpirun --bind-to none,"
                                + " or --map-by slot:PE=4");
    }

    @Test
    void thereIsNoHintWhereTheThreadsFollowTheCores() {
        assertThat(new Hints(Settings.defaults(), OPEN_MPI).lines(1, GIB, 16 * GIB, 2))
                .isEmpty();
        assertThat(new Hints(FOUR_THREADS, OPEN_MPI).lines(4, GIB, 16 * GIB, 2)).isEmpty();
        assertThat(new Hints(FOUR_THREADS, Map.of()).lines(1, GIB, 16 * GIB, 2)).isEmpty();
    }

    @Test
    void heapsThatExceedTheNodeTogetherAreToldWhatFits() {
        assertThat(new Hints(Settings.defaults(), Map.of()).lines(1, 4 * GIB, 16 * GIB, 8))
                .singleElement()
                .asString()
                .contains("4GiB", "16GiB", "ranks=8", "-Xmx1740m");
        assertThat(new Hints(Settings.defaults(), Map.of()).lines(1, 4 * GIB + 1024, 16 * GIB, 4))
                .as("a quarter each, as by default")
                .isEmpty();
    }
}
