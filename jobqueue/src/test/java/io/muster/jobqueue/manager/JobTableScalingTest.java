package io.muster.jobqueue.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.config.ConfigurationException;
import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.scheduler.ManagedWorker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JobTableScalingTest {
    @Test
    void equalJobsAreSubmittedAsOneArray() {
        final Bench bench = new Bench();

        bench.scale(10);

        assertThat(bench.took(JobAction.Submit.class)).containsExactly(new JobAction.Submit("default", "t-1", 10));
    }

    @Test
    void whereThereAreNoArraysJobsAreSubmittedOneByOne() {
        final Bench bench = new Bench(TableSettings.DEFAULT.limits(JobLimits.NONE.maximumArraySize(1)), Bench.GROUP);

        bench.scale(3);

        assertThat(bench.took(JobAction.Submit.class)).containsExactly(new JobAction.Submit("default", "t-1", 1));
        bench.table.submitted("t-1", List.of("1"), bench.now());
        assertThat(bench.tookOne(JobAction.Submit.class).token()).isEqualTo("t-2");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void aConstantTargetChangesNothingHoweverManyProcessesAJobHas(final int processes) {
        final JobGroup group = new JobGroup("default", "muster-worker", processes, 1, Map.of(), null, JobLimits.NONE);
        final Bench bench = new Bench(TableSettings.DEFAULT, group);
        bench.scale(3);
        final List<String> jobs = bench.takeSubmissions();
        jobs.forEach(job -> IntStream.range(0, processes).forEach(i -> bench.join(job)));
        bench.forgetActions();

        bench.pass(300);
        bench.scale(3);
        bench.pass(300);

        bench.assertNothingTaken();
    }

    @Test
    void scalingDownTakesPendingJobsFirstTheYoungestOfThemFirst() {
        final Bench bench = new Bench();
        bench.running(2);
        bench.scale(5);
        bench.takeSubmissions();

        bench.scale(3);

        assertThat(bench.tookOne(JobAction.Cancel.class).ids()).containsExactlyInAnyOrder("4", "5");
        assertThat(bench.took(JobAction.Retire.class)).isEmpty();
    }

    @Test
    void scalingDownAsksWhoIsIdleAndDrainsThoseJobsTheYoungestFirst() {
        final Bench bench = new Bench();
        bench.running(4);

        bench.scale(2);
        assertThat(bench.took(JobAction.Retire.class)).isEmpty();
        bench.tookOne(JobAction.AskLoad.class);
        bench.load(9, 9, List.of("2", "4"));

        final JobAction.Retire retire = bench.tookOne(JobAction.Retire.class);
        assertThat(retire.workers()).containsExactlyInAnyOrder(1, 2, 5, 6);
        assertThat(retire.patience()).isEqualTo(Duration.ofMinutes(10));
        assertThat(bench.took(JobAction.Cancel.class)).isEmpty();
    }

    @Test
    void aDrainedJobIsCancelledOnceItsLastWorkerHasLeft() {
        final Bench bench = new Bench();
        bench.running(1);
        bench.scale(0);
        bench.forgetActions();

        bench.pass(60);
        assertThat(bench.took(JobAction.Cancel.class)).isEmpty();
        bench.allLeave("1", true);
        bench.pass(6);

        assertThat(bench.tookOne(JobAction.Cancel.class).ids()).containsExactly("1");
    }

    @Test
    void aJobWhoseWorkersDoNotLeaveIsCancelledWhenPatienceIsOver() {
        final Bench bench = new Bench(TableSettings.DEFAULT.drainPatience(Duration.ofSeconds(20)), Bench.GROUP);
        bench.running(1);

        bench.scale(0);
        bench.pass(19);
        assertThat(bench.took(JobAction.Cancel.class)).isEmpty();
        bench.pass(1);

        assertThat(bench.tookOne(JobAction.Cancel.class).ids()).containsExactly("1");
    }

    @Test
    void aDrainIsNeverUndone() {
        final Bench bench = new Bench();
        bench.running(2);
        bench.scale(0);
        bench.forgetActions();

        bench.scale(2);

        assertThat(bench.tookOne(JobAction.Submit.class).count()).isEqualTo(2);
        assertThat(bench.group().closing()).isEqualTo(2);
    }

    @Test
    void aWorkerThatComesAfterItsJobWasToldToGoIsRetired() {
        final Bench bench = new Bench();
        bench.scale(1);
        bench.takeSubmissions();
        bench.scale(0);
        bench.forgetActions();

        final ManagedWorker worker = bench.join("1");

        assertThat(bench.tookOne(JobAction.Retire.class).workers()).containsExactly(worker.number());
    }

    @Test
    void scalingToNothingCancelsAgainUntilTheBatchSystemSaysThatTheJobIsGone() {
        final Bench bench = new Bench();
        bench.scale(1);
        bench.takeSubmissions();
        bench.scale(0);
        bench.tookOne(JobAction.Cancel.class);
        bench.cancelled(List.of("1"));

        bench.pass(31);
        bench.tookOne(JobAction.Query.class);
        bench.answer(Bench.started("1"));
        assertThat(bench.tookOne(JobAction.Cancel.class).ids()).containsExactly("1");
        bench.cancelled(List.of("1"));
        bench.pass(31);
        bench.answer(Bench.over("1", JobEnd.CANCELLED));

        assertThat(bench.states()).containsExactly(JobState.ENDED);
        assertThat(bench.table.isEmpty()).isTrue();
        assertThat(bench.job("1").message()).isEmpty();
    }

    @Test
    void aJobThatDiesIsReplaced() {
        final Bench bench = new Bench();
        bench.running(2);

        bench.allLeave("1", false);
        bench.pass(1);
        bench.tookOne(JobAction.Query.class);
        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
        bench.answer(Bench.over("1", JobEnd.NODE_FAILURE));

        assertThat(bench.tookOne(JobAction.Submit.class).count()).isEqualTo(1);
        assertThat(bench.job("1").end()).isEqualTo(JobEnd.NODE_FAILURE);
        assertThat(bench.job("1").message()).contains("its node failed").contains("connection lost");
    }

    @Test
    void jobsThatSomebodyCancelsAreReplacedAndNotHeldForSick() {
        final Bench bench = new Bench();
        bench.scale(5);
        final List<String> jobs = bench.takeSubmissions();
        bench.pass(31);

        bench.table.queryAnswered(
                jobs.stream().map(job -> Bench.over(job, JobEnd.CANCELLED)).toList(), bench.now());

        assertThat(bench.tookOne(JobAction.Submit.class).count()).isEqualTo(5);
        assertThat(bench.group().isStopped()).isFalse();
    }

    @Test
    void aRequeuedJobIsTheSameJobAndIsNotReplaced() {
        final Bench bench = new Bench();
        bench.running(1);

        bench.allLeave("1", false);
        bench.pass(1);
        bench.answer(Bench.pending("1").withRestarts(1));
        bench.pass(100);

        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
        assertThat(bench.job("1").state()).isEqualTo(JobState.UNKNOWN);
        assertThat(bench.job("1").restarts()).isEqualTo(1);
        assertThat(bench.job("1").message()).isEmpty();
        bench.joinBoth("1");
        assertThat(bench.job("1").state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void aJobThatBeginsToLeaveIsReplacedBeforeItIsGone() {
        final Bench bench = new Bench();
        bench.running(1);

        bench.table.workerLeaving(1, bench.now());
        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
        bench.table.workerLeaving(2, bench.now());

        assertThat(bench.tookOne(JobAction.Submit.class).count()).isEqualTo(1);
    }

    @Test
    void aJobThatBeginsToLeaveIsReplacedOnlyInTheEndIfThatIsWanted() {
        final Bench bench = new Bench(TableSettings.DEFAULT.replaceLeaving(false), Bench.GROUP);
        bench.running(1);

        bench.table.workerLeaving(1, bench.now());
        bench.table.workerLeaving(2, bench.now());
        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
        bench.allLeave("1", true);
        bench.pass(1);
        bench.answer(Bench.over("1", JobEnd.WALLTIME));

        assertThat(bench.tookOne(JobAction.Submit.class).count()).isEqualTo(1);
    }

    @Test
    void aJobThatBeganToLeaveAndWasRequeuedFillsItsPlaceAgain() {
        final Bench bench = new Bench();
        bench.running(1);
        bench.table.workerLeaving(1, bench.now());
        bench.table.workerLeaving(2, bench.now());
        assertThat(bench.takeSubmissions()).containsExactly("2");

        bench.allLeave("1", true);
        bench.pass(1);
        bench.answer(Bench.pending("1").withRestarts(1));

        assertThat(bench.tookOne(JobAction.Cancel.class).ids()).containsExactly("2");
    }

    @Test
    void nearTheEndOfAWalltimeItIsAskedWhoLeaves() {
        final Bench bench = new Bench();
        bench.running(1);

        bench.pass(Duration.ofMinutes(45));
        assertThat(bench.took(JobAction.AskLoad.class)).isEmpty();
        bench.pass(Duration.ofMinutes(4));

        bench.tookOne(JobAction.AskLoad.class);
    }

    @Test
    void limitsHoldForTheClusterAndForEachGroup() {
        final JobGroup small = new JobGroup("small", "s", 1, 1, Map.of(), null, JobLimits.NONE.maximumJobs(3));
        final Bench bench =
                new Bench(TableSettings.DEFAULT.limits(JobLimits.NONE.maximumPending(5)), Bench.GROUP, small);

        bench.table.scale("small", 10, bench.now());
        bench.scale(10);
        bench.takeSubmissions();

        assertThat(bench.table.groups()).extracting(GroupView::pending).containsExactly(2, 3);
        bench.joinBoth("1");
        bench.pass(1);
        assertThat(bench.tookOne(JobAction.Submit.class)).isEqualTo(new JobAction.Submit("default", "t-3", 1));
    }

    @Test
    void noMoreAreSubmittedInAnyMinuteThanTheSiteAllows() {
        final Bench bench = new Bench(TableSettings.DEFAULT.limits(JobLimits.NONE.submittedPerMinute(4)), Bench.GROUP);

        bench.scale(10);
        assertThat(bench.takeSubmissions()).hasSize(4);
        bench.pass(59);
        assertThat(bench.takeSubmissions()).isEmpty();
        bench.pass(2);

        assertThat(bench.takeSubmissions()).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_000_000_000})
    void anAbsurdNumberOfJobsIsRefusedAndNothingChanges(final int jobs) {
        final Bench bench = new Bench();

        assertThatThrownBy(() -> bench.scale(jobs))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("jobs=" + jobs
                        + " must be in 0..100000; it counts jobs, not workers or cores: say how many jobs you want");
        bench.assertNothingTaken();
    }

    @Test
    void anUnknownGroupIsRefusedByTheNameOfTheNearestOne() {
        assertThatThrownBy(() -> new Bench().table.scale("defautl", 1, new Bench().now()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("group=defautl does not exist, the nearest is default");
    }

    @Test
    void onlyTheLastThousandEndedJobsStayInTheList() {
        final Bench bench = new Bench();
        bench.scale(1_200);
        final List<String> jobs = bench.takeSubmissions();
        bench.scale(0);
        bench.cancelled(jobs);
        bench.pass(31);
        bench.table.queryAnswered(
                jobs.stream().map(job -> Bench.over(job, JobEnd.CANCELLED)).toList(), bench.now());

        assertThat(bench.table.jobs(bench.now())).hasSize(1_000);
        assertThat(bench.table.jobs(bench.now()).get(0).id()).isEqualTo("201");
    }
}
