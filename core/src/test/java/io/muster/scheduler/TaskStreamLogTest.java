package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.scheduler.TaskStreamLog.Kind;
import io.muster.scheduler.TaskStreamLog.Row;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TaskStreamLogTest {
    private final TaskStreamLog log = new TaskStreamLog(3_000);

    @Test
    void aPageTellsRowsWithTheNamesThatTheyNeed() {
        log.worker(7, "w-7");
        log.worker(8, "w-8");
        final int f = log.functionIndex("f");
        final int g = log.functionIndex("g");
        log.add(8, 0, f, 1, 2, Kind.COMPUTE, 1, null);
        log.add(7, 1, g, 5, 9, Kind.ERRED, 2, "mine");

        final TaskStreamLog.Page page = log.since(1, 10);

        assertThat(page.next()).isEqualTo(2);
        assertThat(page.functions()).containsExactly("g");
        assertThat(page.workers()).isEqualTo(Map.of(7, "w-7"));
        assertThat(page.rows()).containsExactly(new Row(7, 1, 0, 5, 9, Kind.ERRED, 2, "mine"));
        assertThat(page.toJson().get("rows")).isEqualTo(List.of(List.of(7L, 1L, 0L, 5L, 9L, 1L, 2L, "mine")));
    }

    @Test
    void whoFollowsPageByPageSeesEachRowOnce() {
        for (int i = 0; i < 2_500; i++) {
            add(i);
        }
        long next = 0;
        for (int pages = 0; pages < 25; pages++) {
            final TaskStreamLog.Page page = log.since(next, 100);
            assertThat(page.rows().get(0).task()).isEqualTo(next);
            next = page.next();
        }
        assertThat(next).isEqualTo(2_500);
        assertThat(log.since(next, 100).rows()).isEmpty();
        assertThat(log.since(next + 5, 100).rows()).isEmpty();
    }

    @Test
    void theOldestRowsAreOverwrittenAndNumbersGoOn() {
        for (int i = 0; i < 10_000; i++) {
            add(i);
        }

        final TaskStreamLog.Page page = log.since(0, 10_000);

        assertThat(page.rows()).hasSize(3_000);
        assertThat(page.rows().get(0).task()).isEqualTo(7_000);
        assertThat(page.rows().get(2_999).task()).isEqualTo(9_999);
        assertThat(page.next()).isEqualTo(10_000);
    }

    @Test
    void aLogWithoutRowsKeepsNone() {
        final TaskStreamLog none = new TaskStreamLog(0);

        assertThat(none.isOn()).isFalse();
        assertThat(none.since(0, 10).rows()).isEmpty();
    }

    @Test
    void anotherClockIsReadByTheMessageThatWasUnderWayForTheShortestTime() {
        final ClockOffset clock = new ClockOffset();
        assertThat(clock.ns()).isZero();

        clock.heard(1_050, 50);
        clock.heard(1_100, 120);
        clock.heard(1_500, 200);
        assertThat(clock.ns()).isEqualTo(980);

        for (int i = 0; i < 100; i++) {
            clock.heard(10_000 + i, i);
        }
        assertThat(clock.ns())
                .as("clocks drift: what was long ago counts no more")
                .isEqualTo(10_000);
    }

    private void add(final int number) {
        log.add(0, 0, log.functionIndex("f"), number, number + 1, Kind.COMPUTE, number, null);
    }
}
