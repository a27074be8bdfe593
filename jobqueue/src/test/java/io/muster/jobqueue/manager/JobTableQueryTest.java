package io.muster.jobqueue.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.scheduler.ManagedWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JobTableQueryTest {
    @Test
    void theFirstQuestionComesAfterAnIntervalAndIsAboutAllPendingJobs() {
        final Bench bench = new Bench();
        bench.scale(3);
        bench.takeSubmissions();
        bench.joinBoth("2");

        bench.pass(29);
        assertThat(bench.took(JobAction.Query.class)).isEmpty();
        bench.pass(1);

        assertThat(bench.tookOne(JobAction.Query.class).ids()).containsExactly("1", "3");
    }

    @Test
    void thereIsOneQuestionAtATime() {
        final Bench bench = new Bench();
        bench.scale(1);
        bench.takeSubmissions();

        bench.pass(600);

        bench.tookOne(JobAction.Query.class);
    }

    @Test
    void questionsAreAnIntervalApart() {
        final Bench bench = new Bench();
        bench.scale(1);
        bench.takeSubmissions();
        int questions = 0;

        for (int i = 0; i < 300; i++) {
            bench.pass(1);
            if (!bench.took(JobAction.Query.class).isEmpty()) {
                questions++;
                bench.answer(Bench.pending("1"));
            }
        }

        assertThat(questions).isEqualTo(10);
    }

    @Test
    void nothingIsAskedWhileWorkersExplainEverything() {
        final Bench bench = new Bench();
        bench.running(3);

        bench.pass(Duration.ofMinutes(30));

        bench.assertNothingTaken();
    }

    @Test
    void aPendingJobShowsTheReasonAndWhenItIsExpectedToStart() {
        final Bench bench = new Bench();
        final Instant expected = Bench.START.plusSeconds(900);
        bench.scale(1);
        bench.takeSubmissions();
        bench.pass(31);
        bench.answer(Bench.pending("1").withTimes(Bench.START, null, expected, null));

        assertThat(bench.job("1").state()).isEqualTo(JobState.PENDING);
        assertThat(bench.job("1").reason()).isEqualTo("Priority");
        assertThat(bench.job("1").word()).isEqualTo("PENDING");
        assertThat(bench.job("1").expectedStart()).isEqualTo(expected);
        assertThat(bench.job("1").toMap())
                .containsEntry("state", "pending")
                .containsEntry("submitted", "2026-11-22T10:00:00Z")
                .containsEntry("expected_start", "2026-11-22T10:15:00Z")
                .containsEntry("workers", List.of())
                .containsEntry("end", null);
    }

    @Test
    void aJobThatRunsWithoutAWorkerIsStarting() {
        final Bench bench = new Bench();
        bench.scale(1);
        bench.takeSubmissions();
        bench.pass(31);
        bench.answer(Bench.started("1"));

        assertThat(bench.job("1").state()).isEqualTo(JobState.STARTING);
        assertThat(bench.job("1").node()).isEqualTo("n7");
    }

    @Test
    void aBatchSystemThatDoesNotAnswerMakesJobsUnknownAndNothingElse() {
        final Bench bench = new Bench();
        bench.scale(2);
        bench.takeSubmissions();
        for (int i = 0; i < 20; i++) {
            bench.pass(30);
            bench.table.queryFailed("slurm_load_jobs error: Unable to contact slurm controller", bench.now());
        }

        assertThat(bench.states()).containsOnly(JobState.UNKNOWN);
        assertThat(bench.job("1").reason()).contains("Unable to contact slurm controller");
        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
        assertThat(bench.took(JobAction.Cancel.class)).isEmpty();
        bench.pass(30);
        bench.answer(Bench.pending("1"), Bench.pending("2"));
        assertThat(bench.states()).containsOnly(JobState.PENDING);
    }

    @Test
    void aStateThatNobodyKnowsIsShownAsItIs() {
        final Bench bench = new Bench();
        bench.scale(1);
        bench.takeSubmissions();
        bench.pass(31);
        bench.answer(JobStatus.of("1", JobState.UNKNOWN, "HIBERNATING"));

        assertThat(bench.job("1").state()).isEqualTo(JobState.UNKNOWN);
        assertThat(bench.job("1").word()).isEqualTo("HIBERNATING");
        bench.pass(300);
        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
    }

    @Test
    void aJobIsGoneOnlyIfItIsUnknownTwiceInARowAndNotToo() {
        final Bench bench = new Bench();
        bench.scale(1);
        bench.takeSubmissions();
        bench.pass(31);
        bench.answer();
        bench.pass(30);
        bench.answer(Bench.pending("1"));
        bench.pass(31);
        bench.answer();
        assertThat(bench.job("1").end()).isNull();
        bench.pass(31);
        bench.answer();

        assertThat(bench.job("1").end()).isEqualTo(JobEnd.UNKNOWN);
        assertThat(bench.job("1").message())
                .contains("was over before a worker came: it is gone, and the batch system does not say why");
    }

    @Test
    void aJobIsNotGoneSoonAfterItsSubmission() {
        final Bench bench = new Bench(
                TableSettings.DEFAULT.queryInterval(Duration.ofSeconds(1)).lostGrace(Duration.ofMinutes(1)),
                Bench.GROUP);
        bench.scale(1);
        bench.takeSubmissions();
        for (int i = 0; i < 58; i++) {
            bench.pass(1);
            bench.answer();
        }
        assertThat(bench.job("1").end()).isNull();
        bench.pass(3);
        bench.answer();
        bench.pass(1);
        bench.answer();

        assertThat(bench.job("1").end()).isEqualTo(JobEnd.UNKNOWN);
    }

    @Test
    void aJobThatWasThoughtGoneComesBackWithItsWorker() {
        final Bench bench = new Bench();
        bench.scale(1);
        bench.takeSubmissions();
        bench.pass(61);
        bench.answer();
        bench.pass(61);
        bench.answer();
        assertThat(bench.job("1").end()).isEqualTo(JobEnd.UNKNOWN);

        bench.joinBoth("1");

        assertThat(bench.job("1").state()).isEqualTo(JobState.RUNNING);
        assertThat(bench.job("1").end()).isNull();
    }

    @Test
    void aJobWhoseWorkersAllLeftIsAskedAboutAtOnce() {
        final Bench bench = new Bench();
        final List<String> jobs = bench.running(2);
        bench.pass(100);

        bench.allLeave(jobs.get(0), false);

        assertThat(bench.tookOne(JobAction.Query.class).ids()).containsExactly("1");
        assertThat(bench.job("1").message()).contains("connection lost");
    }

    @Test
    void anAnswerToAnOlderQuestionDoesNotSettleWhyWorkersLeft() {
        final Bench bench = new Bench();
        bench.scale(2);
        bench.takeSubmissions();
        final ManagedWorker half = bench.join("1");
        bench.pass(30);
        assertThat(bench.tookOne(JobAction.Query.class).ids()).containsExactly("1", "2");
        bench.pass(1);
        bench.leave(half, false);
        bench.answer(Bench.started("1"), Bench.pending("2"));

        bench.pass(29);

        assertThat(bench.tookOne(JobAction.Query.class).ids()).contains("1");
    }

    @Test
    void workersAreBelievedMoreThanTheBatchSystem() {
        final Bench bench = new Bench();
        bench.scale(1);
        bench.takeSubmissions();
        bench.pass(30);
        bench.joinBoth("1");
        bench.answer(Bench.over("1", JobEnd.FAILED));

        assertThat(bench.job("1").state()).isEqualTo(JobState.RUNNING);
        assertThat(bench.job("1").workers()).containsExactly("w1", "w2");
    }
}
