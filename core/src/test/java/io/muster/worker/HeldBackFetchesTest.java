package io.muster.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.data.DataPlane;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeldBackFetchesTest {
    private final HeldDataPlane plane = new HeldDataPlane();
    private final List<String> events = new ArrayList<>();
    private final HeldBackFetches fetches = new HeldBackFetches(plane, () -> events.add("room"));
    private final DataPlane.FetchListener listener = new DataPlane.FetchListener() {
        @Override
        public void value(final long task, final @Nullable Object value) {
            events.add("value " + value);
        }

        @Override
        public void missing(final long task, final int[] holders, final boolean[] gone) {
            events.add("missing " + task);
        }

        @Override
        public void failed(final long task, final Throwable reason) {
            events.add("failed " + task);
        }
    };

    @Test
    void aPausedWorkerBeginsNoTransferUntilItGoesOn() {
        fetch(1);
        fetches.pause(true);
        fetch(2);
        assertThat(plane.asked).extracting(HeldDataPlane.Asked::task).containsExactly(1L);

        fetches.pause(false);
        fetch(3);
        assertThat(plane.asked).extracting(HeldDataPlane.Asked::task).containsExactly(1L, 2L, 3L);
    }

    @Test
    void roomIsMadeAfterEachValueThatCame() {
        fetch(1);
        fetch(2);
        fetch(3);

        plane.asked.get(0).value("a");
        plane.asked.get(1).missing(true);
        plane.asked.get(2).listener().failed(3, new IllegalStateException());

        assertThat(events).containsExactly("value a", "room", "missing 2", "failed 3");
    }

    private void fetch(final long task) {
        fetches.fetch(new long[] {task}, new int[][] {{1}}, listener);
    }
}
