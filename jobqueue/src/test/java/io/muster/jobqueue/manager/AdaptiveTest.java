package io.muster.jobqueue.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.muster.AdaptiveRule;
import io.muster.config.ConfigurationException;
import io.muster.jobqueue.JobEnd;
import io.muster.scheduler.Load;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AdaptiveTest {
    private static final AdaptiveRule RULE = AdaptiveRule.DEFAULT.maximum(20);

    private final Bench bench = new Bench();

    @Test
    void noWorkMeansNoJobs() {
        adapt(RULE);
        bench.passUnderLoad(60, 0, 0, List.of());

        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
    }

    @Test
    void asManyJobsAreAskedForAsDoTheWorkInTheTargetDuration() {
        adapt(RULE);

        bench.load(1_000, 200);

        assertThat(bench.tookOne(JobAction.Submit.class).count()).isEqualTo(5);
    }

    @Test
    void neverMoreJobsAreAskedForThanTasksCanFill() {
        adapt(RULE);

        bench.load(17, 1_000_000);

        assertThat(bench.tookOne(JobAction.Submit.class).count()).isEqualTo(3);
    }

    @Test
    void oneShortTaskGetsAJob() {
        adapt(RULE);

        bench.load(1, 0.001);

        assertThat(bench.tookOne(JobAction.Submit.class).count()).isEqualTo(1);
    }

    @Test
    void theMaximumHoldsAndTheMinimumNeedsNoWork() {
        adapt(RULE.minimum(2));
        assertThat(bench.takeSubmissions()).hasSize(2);

        bench.load(1_000_000, 1_000_000);

        assertThat(bench.tookOne(JobAction.Submit.class).count()).isEqualTo(18);
    }

    @Test
    void pendingJobsCount() {
        adapt(RULE);
        bench.load(1_000, 200);
        bench.takeSubmissions();

        bench.passUnderLoad(300, 1_000, 200, List.of());

        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
    }

    @Test
    void noJobIsAskedForIfTheWorkIsDoneBeforeItComes() {
        adapt(RULE);
        bench.load(8, 100);
        bench.takeSubmissions();
        bench.pass(Duration.ofMinutes(5));
        bench.joinBoth("1");

        bench.passUnderLoad(60, 4_000, 2_000, List.of("1"));
        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
        bench.passUnderLoad(3, 4_000, 2_500, List.of("1"));

        assertThat(bench.tookOne(JobAction.Submit.class).count()).isEqualTo(3);
    }

    @Test
    void pendingJobsThatAreNoLongerNeededAreCancelledAfterThreeLooks() {
        adapt(RULE);
        bench.load(1_000, 200);
        bench.takeSubmissions();

        bench.passUnderLoad(2, 0, 0, List.of());
        assertThat(bench.took(JobAction.Cancel.class)).isEmpty();
        bench.passUnderLoad(2, 0, 0, List.of());

        assertThat(bench.tookOne(JobAction.Cancel.class).ids()).hasSize(5);
    }

    @Test
    void aJobIsClosedOnlyAfterAllItsWorkersWereIdleForTheWholeGrace() {
        adapt(RULE);
        bench.load(1_000, 80);
        bench.takeSubmissions().forEach(bench::joinBoth);
        bench.passUnderLoad(20, 8, 8, List.of("1"));
        bench.passUnderLoad(20, 8, 8, List.of("1", "2"));
        bench.passUnderLoad(29, 8, 8, List.of("1"));
        assertThat(bench.took(JobAction.Retire.class)).isEmpty();

        bench.passUnderLoad(3, 8, 8, List.of("1"));

        assertThat(bench.tookOne(JobAction.Retire.class).workers()).containsExactly(3, 4);
    }

    @Test
    void aJobThatTookLongToComeIsKeptIdleAsLong() {
        adapt(RULE);
        bench.load(8, 100);
        bench.takeSubmissions();
        bench.pass(Duration.ofMinutes(5));
        bench.joinBoth("1");

        bench.passUnderLoad(299, 0, 0, List.of());
        assertThat(bench.took(JobAction.Retire.class)).isEmpty();
        bench.passUnderLoad(5, 0, 0, List.of());

        assertThat(bench.took(JobAction.Retire.class)).hasSize(1);
    }

    @Test
    void jobsCanBeKeptUntilTheirWalltime() {
        adapt(RULE.keepUntilWalltime(true));
        bench.load(8, 1);
        bench.takeSubmissions().forEach(bench::joinBoth);

        bench.passUnderLoad(600, 0, 0, List.of());

        assertThat(bench.took(JobAction.Retire.class)).isEmpty();
    }

    @Test
    void aConstantLoadReachesAFixedPoint() {
        adapt(RULE);
        bench.load(1_000, 200);
        bench.takeSubmissions().forEach(bench::joinBoth);
        bench.forgetActions();

        bench.passUnderLoad(600, 1_000, 200, List.of("1", "2", "3", "4", "5"));

        bench.assertNothingTaken();
    }

    @Test
    void aDeadJobIsReplacedIfThereIsWorkForItAndNotIfThereIsNone() {
        adapt(RULE);
        bench.load(1_000, 80);
        bench.takeSubmissions().forEach(bench::joinBoth);
        bench.allLeave("1", false);
        bench.passUnderLoad(1, 1_000, 80, List.of("2"));
        bench.answer(Bench.over("1", JobEnd.WALLTIME));
        assertThat(bench.takeSubmissions()).containsExactly("3");
        bench.joinBoth("3");
        bench.passUnderLoad(32, 8, 8, List.of("2", "3"));
        bench.allLeave("3", false);
        bench.passUnderLoad(1, 8, 8, List.of("2"));
        bench.answer(Bench.over("3", JobEnd.WALLTIME));
        bench.passUnderLoad(60, 8, 8, List.of("2"));

        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
    }

    @Test
    void moreJobsThanTheMaximumAreClosedEvenIfAllAreBusy() {
        bench.running(4);
        bench.table.adapt("default", RULE.maximum(3), bench.now());

        bench.passUnderLoad(2, 1_000, 1_000, List.of("1", "2", "3", "4"));

        assertThat(bench.tookOne(JobAction.Retire.class).workers()).containsExactly(7, 8);
    }

    @Test
    void amongIdleJobsTheOneWithTheMostResultsGoesLast() {
        adapt(RULE);
        bench.load(1_000, 80);
        bench.takeSubmissions().forEach(bench::joinBoth);
        for (int i = 0; i < 40; i++) {
            bench.pass(1);
            bench.table.load(
                    new Load(
                            List.of(new Load.Need(Map.of(), 1, 1)),
                            0,
                            List.of(
                                    new Load.Busy(1, 0, 0, false, false),
                                    new Load.Busy(2, 0, 10, false, false),
                                    new Load.Busy(3, 0, 900, false, false),
                                    new Load.Busy(4, 0, 0, false, false))),
                    bench.now());
        }

        assertThat(bench.tookOne(JobAction.Retire.class).workers()).containsExactly(1, 2);
    }

    @Test
    void aJobStaysAsLongAsAResultIsNeededThatIsNowhereElse() {
        adapt(RULE);
        bench.load(1_000, 80);
        bench.takeSubmissions().forEach(bench::joinBoth);
        for (int i = 0; i < 60; i++) {
            bench.pass(1);
            bench.table.load(
                    new Load(
                            List.of(),
                            0,
                            List.of(
                                    new Load.Busy(1, 0, 10, false, true),
                                    new Load.Busy(2, 0, 0, false, false),
                                    new Load.Busy(3, 0, 900, false, true),
                                    new Load.Busy(4, 0, 0, false, false))),
                    bench.now());
        }
        assertThat(bench.tookOne(JobAction.Retire.class).workers()).containsExactly(1, 2);
        bench.allLeave("1", true);

        for (int i = 0; i < 60; i++) {
            bench.pass(1);
            bench.load(0, 0);
        }

        assertThat(bench.tookOne(JobAction.Retire.class).workers()).containsExactly(3, 4);
        assertThat(bench.took(JobAction.Submit.class)).isEmpty();
    }

    @Test
    void tasksThatNeedAResourceAskTheGroupThatOffersIt() {
        final JobGroup gpu = new JobGroup("gpu", "g", 1, 8, Map.of("gpu", 4.0), null, JobLimits.NONE);
        final JobGroup big = new JobGroup("big", "b", 1, 8, Map.of("gpu", 4.0, "licence", 1.0), null, JobLimits.NONE);
        final Bench mixed = new Bench(TableSettings.DEFAULT, big, gpu, Bench.GROUP);
        List.of("big", "gpu", "default").forEach(group -> mixed.table.adapt(group, RULE, mixed.now()));

        mixed.table.load(
                new Load(
                        List.of(
                                new Load.Need(Map.of("gpu", 1.0), 8, 1_000_000_000L),
                                new Load.Need(Map.of(), 24, 1_000_000_000L),
                                new Load.Need(Map.of("abacus", 1.0), 24, 1_000_000_000L)),
                        0,
                        List.of()),
                mixed.now());

        assertThat(mixed.took(JobAction.Submit.class))
                .extracting(JobAction.Submit::group, JobAction.Submit::count)
                .containsExactlyInAnyOrder(tuple("gpu", 2), tuple("default", 3));
    }

    @Test
    void whatJobsOfFixedGroupsDoIsNotAskedForAgain() {
        final JobGroup fixed = new JobGroup("fixed", "f", 2, 4, Map.of(), null, JobLimits.NONE);
        final Bench both = new Bench(TableSettings.DEFAULT, Bench.GROUP, fixed);
        both.table.scale("fixed", 2, both.now());
        both.takeSubmissions().forEach(both::joinBoth);
        both.table.adapt("default", RULE, both.now());

        both.load(16, 1_000);
        assertThat(both.took(JobAction.Submit.class)).isEmpty();
        both.pass(1);
        both.load(24, 1_000);

        assertThat(both.tookOne(JobAction.Submit.class)).isEqualTo(new JobAction.Submit("default", "t-2", 1));
    }

    @Test
    void contradictingRulesAreRefused() {
        refuse(RULE.minimum(21), "minimum=21 must be <= maximum=20; lower the one or raise the other");
        refuse(RULE.minimum(-1), "minimum=-1 must be in 0..100000");
        refuse(RULE.maximum(1_000_000_000), "maximum=1000000000 must be in 1..100000");
        refuse(RULE.targetDuration(Duration.ZERO), "targetDuration=0 must be in 1ms..8760h, such as 30s");
        refuse(RULE.interval(Duration.ofDays(400)), "interval=9600h must be in 1ms..8760h");
        refuse(RULE.idleGrace(Duration.ofSeconds(-1)), "idleGrace=PT-1S must be in 0..8760h");
        refuse(RULE.waitCount(0), "waitCount=0 must be >= 1");
        bench.assertNothingTaken();
    }

    private void refuse(final AdaptiveRule rule, final String message) {
        assertThatThrownBy(() -> bench.table.adapt("default", rule, bench.now()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(message);
    }

    private void adapt(final AdaptiveRule rule) {
        bench.table.adapt("default", rule, bench.now());
        bench.took(JobAction.AskLoad.class);
    }
}
