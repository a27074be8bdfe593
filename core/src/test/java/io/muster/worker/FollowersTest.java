package io.muster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether a thread without a run may expect one soon, as runs that are here bring forth others. */
class FollowersTest {
    private static final int SELF = 0;

    private final RunTable table = new RunTable();
    private final List<Run> ready = new ArrayList<>();

    @Test
    void aRunThatWaitsForOneOnAThreadFollows() {
        final Run first = admit(1);
        final Run second = admit(2, 1);
        table.claim(first, 1);
        assertThat(table.isAnyToFollow()).isTrue();

        table.finish(first, 2, "value", 1, ready);
        assertThat(ready).containsExactly(second);
        assertThat(table.isAnyToFollow()).as("nothing waits any more").isFalse();
    }

    @Test
    void betweenTwoRunsOfAChainTheNextButOneStillFollows() {
        final Run first = admit(1);
        admit(2, 1);
        admit(3, 2);
        table.claim(first, 1);
        table.finish(first, 2, "value", 1, ready);
        assertThat(table.isAnyToFollow()).as("no thread has the second yet").isTrue();
    }

    @Test
    void nothingFollowsSoonFromALongRun() {
        final Run first = admit(1);
        admit(2, 1);
        table.claim(first, 1);
        table.takesLong(first);
        assertThat(table.isAnyToFollow()).isFalse();
    }

    @Test
    void nothingFollowsFromARunThatWasAbandoned() {
        admit(1);
        admit(2, 1);
        table.abandon(2);
        assertThat(table.isAnyToFollow()).isFalse();
    }

    private Run admit(final long task, final long... inputs) {
        final Run run = new Run(task, task, 0, 1, 0, inputs, new int[inputs.length], "payload", null);
        table.selfNumber(SELF);
        table.admit(run, new ArrayList<>());
        return run;
    }
}
