package io.muster.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
final class ExplorerTest {
    @Test
    void inNoOrderOfEventsTwoWorkersHangOrLeaveAnythingBehind() {
        final Explorer.Result result = Explorer.of(0).run();

        assertThat(result.failures()).isEmpty();
        assertThat(result.isComplete()).isTrue();
        assertThat(result.states()).isGreaterThan(100);
    }

    @Test
    void whicheverWorkerFailsAtWhicheverMomentTheRestGoesOn() {
        final Explorer.Result result = Explorer.ofFirstGraph(1).run();

        assertThat(result.failures()).isEmpty();
        assertThat(result.isComplete()).isTrue();
        assertThat(result.states()).isGreaterThan(5_000);
    }
}
