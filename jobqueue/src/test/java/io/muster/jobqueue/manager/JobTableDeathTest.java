package io.muster.jobqueue.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.SubmissionException.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JobTableDeathTest {
    private final Bench bench = new Bench(TableSettings.DEFAULT.queryInterval(Duration.ofSeconds(1)), Bench.GROUP);

    @Test
    void threeJobsInARowThatDieYoungStopTheGroupWhichSaysWhy() {
        bench.scale(1);
        dieYoung("1");
        dieYoung("2");
        assertThat(bench.group().isStopped()).isFalse();
        dieYoung("3");

        bench.pass(Duration.ofMinutes(10));

        assertThat(bench.takeSubmissions()).isEmpty();
        assertThat(bench.group().isStopped()).isTrue();
        assertThat(bench.group().problem())
                .contains("group=default asks for no more jobs, because 3 in a row ended young")
                .contains("job 3 (muster-worker) was over before a worker came: it failed (state FAILED, exit code 1)")
                .endsWith("java: command not found (3)");
    }

    @Test
    void oneThatDiesYoungIsToldWithTheEndOfItsOutput() {
        bench.scale(1);
        dieYoung("1");

        assertThat(bench.took(JobAction.Report.class))
                .extracting(JobAction.Report::text)
                .singleElement()
                .asString()
                .contains("exit code 1")
                .endsWith("java: command not found (1)");
        assertThat(bench.job("1").message()).endsWith("java: command not found (1)");
    }

    @Test
    void whatDoesNotComeInTimeIsLeftOutAndAnEndIsToldOnce() {
        bench.scale(1);
        bench.takeSubmissions();
        bench.pass(2);
        bench.answer(Bench.over("1", JobEnd.FAILED));
        assertThat(bench.took(JobAction.Report.class)).isEmpty();

        bench.pass(3);
        bench.table.logTail("1", "java: command not found\n", bench.now());

        assertThat(bench.tookOne(JobAction.Report.class).text()).endsWith("(state FAILED, exit code 1)");
        assertThat(bench.job("1").message()).endsWith("java: command not found");
        assertThat(bench.table.hasFailures()).isTrue();
    }

    @Test
    void theEndThatStopsAGroupIsToldOnceToo() {
        bench.scale(1);
        dieYoung("1");
        dieYoung("2");
        bench.took(JobAction.Report.class);
        dieYoung("3");
        bench.pass(10);

        assertThat(bench.tookOne(JobAction.Report.class).text())
                .startsWith("group=default asks for no more jobs")
                .endsWith("java: command not found (3)");
    }

    @Test
    void aJobThatWillNeverStartIsCancelledAndCountsAsOneThatCouldNotBeStarted() {
        bench.scale(1);
        bench.takeSubmissions();
        bench.pass(2);
        final JobStatus stuck = JobStatus.of("1", JobState.PENDING, "Eqw")
                .withReason("can't open output file")
                .withoutHope();
        bench.answer(stuck);
        assertThat(bench.tookOne(JobAction.Cancel.class).ids()).containsExactly("1");
        bench.cancelled(List.of("1"));
        bench.pass(1);
        bench.answer(stuck);
        assertThat(bench.takeSubmissions()).isEmpty();
        bench.pass(1);
        bench.answer();
        bench.pass(1);
        bench.answer();

        assertThat(bench.job("1").end()).isEqualTo(JobEnd.NOT_STARTED);
        assertThat(bench.job("1").message()).contains("it could not be started", "Eqw", "can't open output file");
        bench.pass(3);
        assertThat(bench.took(JobAction.Report.class)).hasSize(1);
        assertThat(bench.takeSubmissions()).containsExactly("2");
    }

    @Test
    void aJobThatWorkedInBetweenShowsThatTheGroupIsNotSick() {
        bench.scale(1);
        dieYoung("1");
        dieYoung("2");
        bench.pass(5);
        assertThat(bench.takeSubmissions()).containsExactly("3");
        bench.joinBoth("3");
        bench.pass(31);
        bench.allLeave("3", false);
        bench.pass(1);
        bench.answer(Bench.over("3", JobEnd.NODE_FAILURE));
        dieYoung("4");
        dieYoung("5");

        assertThat(bench.group().isStopped()).isFalse();
    }

    @Test
    void aJobThatFailsWithinSecondsOfItsStartDiesYoungToo() {
        bench.scale(1);
        for (int i = 1; i <= 3; i++) {
            bench.pass(10);
            final List<String> jobs = bench.takeSubmissions();
            bench.joinBoth(jobs.get(0));
            bench.pass(5);
            bench.allLeave(jobs.get(0), false);
            bench.pass(1);
            bench.answer(Bench.over(jobs.get(0), JobEnd.OUT_OF_MEMORY));
        }

        assertThat(bench.group().isStopped()).isTrue();
        assertThat(bench.group().problem()).contains("it used more memory than it may");
    }

    @Test
    void preemptedJobsAndDeadNodesAreNoSignOfSickness() {
        bench.scale(1);
        for (int i = 1; i <= 10; i++) {
            bench.pass(2);
            final String job = bench.takeSubmissions().get(0);
            bench.pass(2);
            bench.answer(Bench.over(job, i % 2 == 0 ? JobEnd.PREEMPTED : JobEnd.NODE_FAILURE));
        }

        assertThat(bench.group().isStopped()).isFalse();
    }

    @Test
    void replacementsOfJobsThatDieYoungWaitEverLonger() {
        bench.scale(1);
        dieYoung("1");
        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
        bench.pass(1);
        assertThat(bench.takeSubmissions()).containsExactly("2");
        bench.pass(1);
        bench.answer(Bench.over("2", JobEnd.FAILED));
        bench.pass(1);
        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
        bench.pass(1);
        assertThat(bench.took(JobAction.Submit.class)).hasSize(1);
    }

    @Test
    void aGroupThatStoppedDoesNotRepeatALostSubmissionEither() {
        bench.scale(3);
        bench.takeSubmissions();
        bench.scale(4);
        bench.tookOne(JobAction.Submit.class);
        bench.table.submissionFailed("t-2", Kind.SYSTEM_DOWN, "Socket timed out", bench.now());
        bench.pass(2);
        bench.answer(Bench.over("1", JobEnd.FAILED), Bench.over("2", JobEnd.FAILED), Bench.over("3", JobEnd.FAILED));
        assertThat(bench.group().isStopped()).isTrue();

        bench.table.found("t-2", List.of(), bench.now());
        bench.pass(60);

        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
        assertThat(bench.group().pending()).isZero();
    }

    @Test
    void scalingAgainForgetsTheDead() {
        bench.scale(1);
        dieYoung("1");
        dieYoung("2");
        dieYoung("3");
        bench.scale(1);

        assertThat(bench.takeSubmissions()).hasSize(1);
        assertThat(bench.group().isStopped()).isFalse();
    }

    @Test
    void aJobThatWasScaledDownHasNoFailure() {
        bench.running(1);
        bench.scale(0);
        bench.allLeave("1", true);
        bench.pass(6);
        bench.answer(Bench.over("1", JobEnd.CANCELLED));

        assertThat(bench.job("1").message()).isEmpty();
        assertThat(bench.job("1").reason()).isEqualTo("closed: scaled down");
        assertThat(bench.took(JobAction.Report.class)).isEmpty();
        assertThat(bench.took(JobAction.ReadLog.class)).isEmpty();
    }

    private void dieYoung(final String id) {
        bench.pass(6);
        bench.takeSubmissions();
        bench.pass(2);
        bench.answer(Bench.over(id, JobEnd.FAILED));
        assertThat(bench.tookOne(JobAction.ReadLog.class).job()).isEqualTo(id);
        bench.table.logTail(id, "java: command not found (" + id + ")\n", bench.now());
    }
}
