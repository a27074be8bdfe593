package io.muster.jobqueue.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.AdaptiveRule;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.SubmissionException.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JobTableSubmissionTest {
    @Test
    void aRequestThatMustBeFixedStopsAFixedGroupAndIsKeptForTheCaller() {
        final Bench bench = new Bench();
        bench.scale(2);

        bench.table.submissionFailed("t-1", Kind.FIX_REQUEST, "sbatch: invalid account", bench.now());
        bench.pass(600);

        assertThat(bench.took(JobAction.Submit.class)).hasSize(1);
        assertThat(bench.group().isStopped()).isTrue();
        assertThat(bench.group().problem()).isEqualTo("sbatch: invalid account");
        assertThat(bench.tookOne(JobAction.Report.class).text()).isEqualTo("fix your request: sbatch: invalid account");
        assertThat(bench.table.jobs(bench.now())).isEmpty();
    }

    @Test
    void scalingAgainTriesAgain() {
        final Bench bench = new Bench();
        bench.scale(2);
        bench.table.submissionFailed("t-1", Kind.FIX_REQUEST, "no", bench.now());
        bench.forgetActions();

        bench.scale(2);

        assertThat(bench.tookOne(JobAction.Submit.class).token()).isEqualTo("t-2");
        assertThat(bench.group().problem()).isEmpty();
    }

    @Test
    void aRequestThatMustBeFixedBacksAnAdaptiveGroupOff() {
        final Bench bench = new Bench();
        bench.table.adapt("default", AdaptiveRule.DEFAULT.minimum(1), bench.now());
        bench.table.submissionFailed("t-1", Kind.FIX_REQUEST, "no", bench.now());
        assertThat(bench.took(JobAction.Submit.class)).hasSize(1);

        bench.pass(2);
        assertThat(bench.took(JobAction.Submit.class)).hasSize(1);
        bench.table.submissionFailed("t-2", Kind.FIX_REQUEST, "no", bench.now());
        bench.pass(1);
        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
        bench.pass(1);

        assertThat(bench.took(JobAction.Submit.class)).hasSize(1);
        assertThat(bench.group().isStopped()).isFalse();
    }

    @Test
    void anArrayThatIsAboveTheLimitIsHalvedUntilItFits() {
        final Bench bench = new Bench();
        bench.scale(8);

        bench.table.submissionFailed("t-1", Kind.LIMIT_REACHED, "QOSMaxSubmitJobPerUserLimit", bench.now());
        bench.pass(1);
        bench.table.submissionFailed("t-2", Kind.LIMIT_REACHED, "QOSMaxSubmitJobPerUserLimit", bench.now());
        bench.pass(2);

        assertThat(bench.took(JobAction.Submit.class))
                .extracting(JobAction.Submit::count)
                .containsExactly(8, 4, 2);
        assertThat(bench.group().problem()).contains("QOSMaxSubmitJobPerUserLimit");
    }

    @Test
    void aSubmissionWithoutAnAnswerIsLookedUpAndNotRepeatedIfItIsThere() {
        final Bench bench = new Bench();
        bench.scale(2);
        bench.table.submissionFailed("t-1", Kind.SYSTEM_DOWN, "Socket timed out", bench.now());
        bench.pass(1);
        assertThat(bench.tookOne(JobAction.Find.class).token()).isEqualTo("t-1");

        bench.table.found("t-1", List.of(Bench.pending("7_0"), Bench.pending("7_1")), bench.now());
        bench.pass(10);

        assertThat(bench.took(JobAction.Submit.class)).hasSize(1);
        assertThat(bench.table.jobs(bench.now())).extracting(JobView::id).containsExactly("7_0", "7_1");
        assertThat(bench.job("7_0").reason()).isEqualTo("Priority");
    }

    @Test
    void aSubmissionThatIsNotThereIsRepeatedUnderTheSameToken() {
        final Bench bench = new Bench();
        bench.scale(2);
        bench.table.submissionFailed("t-1", Kind.SYSTEM_DOWN, "Socket timed out", bench.now());
        bench.pass(1);
        bench.table.found("t-1", List.of(), bench.now());

        assertThat(bench.took(JobAction.Submit.class))
                .containsExactly(new JobAction.Submit("default", "t-1", 2), new JobAction.Submit("default", "t-1", 2));
    }

    @Test
    void nothingIsRepeatedWhileNobodyKnowsWhetherItIsThere() {
        final Bench bench = new Bench();
        bench.scale(1);
        bench.table.submissionFailed("t-1", Kind.SYSTEM_DOWN, "Socket timed out", bench.now());
        for (int i = 0; i < 10; i++) {
            bench.pass(61);
            bench.tookOne(JobAction.Find.class);
            bench.table.findFailed("t-1", "Socket timed out", bench.now());
        }

        assertThat(bench.took(JobAction.Submit.class)).hasSize(1);
        assertThat(bench.table.jobs(bench.now()).get(0).reason()).isEqualTo("Socket timed out");
    }

    @Test
    void aFirstAttemptThatTurnsUpLateIsFoundAndGivenBack() {
        final Bench bench = new Bench();
        bench.scale(1);
        bench.table.submissionFailed("t-1", Kind.SYSTEM_DOWN, "Socket timed out", bench.now());
        bench.pass(1);
        bench.table.found("t-1", List.of(), bench.now());
        bench.table.submitted("t-1", List.of("8"), bench.now());
        bench.took(JobAction.Find.class);

        bench.pass(61);
        bench.tookOne(JobAction.Find.class);
        bench.table.found("t-1", List.of(Bench.pending("8"), Bench.pending("7")), bench.now());

        assertThat(bench.tookOne(JobAction.Cancel.class).ids()).containsExactly("7");
    }

    @Test
    void aWorkerThatComesBeforeTheAnswerIsKnownByItsToken() {
        final Bench bench = new Bench();
        bench.scale(1);

        bench.join("5", "t-1");
        assertThat(bench.job("5").state()).isEqualTo(JobState.RUNNING);
        bench.table.submitted("t-1", List.of("5"), bench.now());

        assertThat(bench.table.jobs(bench.now())).hasSize(1);
        assertThat(bench.took(JobAction.Submit.class)).hasSize(1);
    }

    @Test
    void aWorkerOfALostSubmissionProvesThatItWasTaken() {
        final Bench bench = new Bench(TableSettings.DEFAULT.limits(JobLimits.NONE.submittedPerMinute(1)), Bench.GROUP);
        bench.scale(1);
        bench.table.submissionFailed("t-1", Kind.SYSTEM_DOWN, "Socket timed out", bench.now());
        bench.pass(1);
        bench.table.found("t-1", List.of(), bench.now());

        bench.join("5", "t-1");
        bench.pass(120);
        bench.table.found("t-1", List.of(Bench.started("5")), bench.now());
        bench.pass(120);

        assertThat(bench.took(JobAction.Submit.class)).hasSize(1);
        assertThat(bench.job("5").state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void aWorkerOfNoJobOfTheTableChangesNothing() {
        final Bench bench = new Bench();
        bench.running(1);

        bench.join("4711", "someone-else-1");

        assertThat(bench.table.jobs(bench.now())).hasSize(1);
        bench.assertNothingTaken();
    }
}
