package io.muster.jobqueue.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.SubmissionException.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JobTableCloseTest {
    private final Bench bench = new Bench(TableSettings.DEFAULT.closeTimeout(Duration.ofMinutes(1)), Bench.GROUP);

    @Test
    void closingAnEmptyTableIsDoneAtOnce() {
        bench.table.close(bench.now());

        assertThat(bench.table.isClosed()).isTrue();
        assertThat(bench.table.left()).isEmpty();
    }

    @Test
    void closingCancelsPendingAndRunningJobsAlikeAndChecksThatTheyAreGone() {
        bench.running(1);
        bench.scale(2);
        bench.takeSubmissions();

        bench.table.close(bench.now());
        assertThat(bench.tookOne(JobAction.Cancel.class).ids()).containsExactly("1", "2");
        bench.cancelled(List.of("1", "2"));
        assertThat(bench.table.isClosed()).isFalse();
        bench.allLeave("1", true);
        bench.pass(1);
        assertThat(bench.tookOne(JobAction.Query.class).ids()).containsExactly("1", "2");
        bench.answer(Bench.over("1", JobEnd.CANCELLED), Bench.over("2", JobEnd.CANCELLED));

        assertThat(bench.table.isClosed()).isTrue();
        assertThat(bench.table.left()).isEmpty();
        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
    }

    @Test
    void whatIsStillThereIsCancelledAgainAndReportedWhenTheTimeIsOver() {
        bench.scale(1);
        bench.takeSubmissions();
        bench.table.close(bench.now());
        int cancels = 0;
        for (int i = 0; i < 61; i++) {
            if (!bench.took(JobAction.Cancel.class).isEmpty()) {
                cancels++;
                bench.table.cancelFailed(List.of("1"), "scancel: permission denied", bench.now());
            }
            assertThat(bench.table.isClosed()).isEqualTo(i >= 60);
            bench.pass(1);
            bench.answer(Bench.pending("1"));
        }

        assertThat(cancels).isEqualTo(6);
        assertThat(bench.table.left())
                .containsExactly("job 1 (muster-worker), state PENDING; it could not be cancelled: scancel: permission"
                        + " denied");
    }

    @Test
    void jobsOfASubmissionThatIsAnsweredDuringTheCloseAreCancelled() {
        bench.scale(1);
        bench.table.close(bench.now());
        assertThat(bench.table.isClosed()).isFalse();

        bench.table.submitted("t-1", List.of("1"), bench.now());

        assertThat(bench.tookOne(JobAction.Cancel.class).ids()).containsExactly("1");
    }

    @Test
    void aLostSubmissionIsLookedForDuringTheCloseTwiceAndNotRepeated() {
        bench.scale(1);
        bench.table.submissionFailed("t-1", Kind.SYSTEM_DOWN, "Socket timed out", bench.now());
        bench.table.close(bench.now());
        bench.pass(1);
        bench.tookOne(JobAction.Find.class);
        bench.table.found("t-1", List.of(), bench.now());
        assertThat(bench.table.isClosed()).isFalse();
        bench.pass(1);
        bench.tookOne(JobAction.Find.class);
        bench.table.found("t-1", List.of(), bench.now());

        assertThat(bench.table.isClosed()).isTrue();
        assertThat(bench.took(JobAction.Submit.class)).hasSize(1);
    }

    @Test
    void aSubmissionOfWhichNothingIsKnownIsReportedWhenTheTimeIsOver() {
        bench.scale(1);
        bench.table.submissionFailed("t-1", Kind.SYSTEM_DOWN, "Socket timed out", bench.now());
        bench.table.close(bench.now());
        bench.pass(61);

        assertThat(bench.table.isClosed()).isTrue();
        assertThat(bench.table.left()).singleElement().asString().contains("submission t-1");
    }
}
