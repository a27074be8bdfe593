package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RolesTest {
    @ParameterizedTest(name = "scheduler {0}, client {1}, exclusive {2}: at least {3} ranks")
    @CsvSource({
        "0,1,true,3",
        "3,2,true,4",
        "3,1,true,4",
        "2,2,true,3",
        "0,0,true,2",
        "0,0,false,1",
        "0,1,false,2",
        "0,-1,true,2",
        "0,-1,false,1",
        "2,-1,true,3",
        "-1,-1,true,1"
    })
    void theWorldHoldsTheNamedRanksAndAWorker(
            final int scheduler, final int client, final boolean exclusive, final int least) {
        assertThat(new Roles(scheduler, client, exclusive).least()).isEqualTo(least);
    }

    @Test
    void theMessageHasTheNumbersAndBothWaysOut() {
        assertThatThrownBy(() -> new Roles(0, 1, true).check(2))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessage(
                        "ranks=2 must be >= 3: the scheduler is rank 0, the client is rank 1, and besides them there"
                                + " is at least one worker. Start more, as with mpirun -np 3, or have the other ranks work"
                                + " too with exclusiveWorkers(false)");
    }

    @Test
    void allOtherRanksAreWorkers() {
        final Roles roles = new Roles(0, 1, true);

        assertThat(roles.isWorker(0)).isFalse();
        assertThat(roles.isWorker(1)).isFalse();
        assertThat(roles.isWorker(2)).isTrue();
        assertThat(roles.workers(8)).isEqualTo(6);
    }

    @Test
    void noRankIsWastedWhereAllWork() {
        final Roles roles = new Roles(0, 1, false);

        assertThat(roles.isWorker(0)).isTrue();
        assertThat(roles.isWorker(1)).isTrue();
        assertThat(roles.workers(8)).isEqualTo(8);
    }

    @Test
    void aNegativeRankIsRefused() {
        assertThatThrownBy(() -> new Roles(-2, 1, true)).hasMessageContaining("schedulerRank=-2");
    }
}
