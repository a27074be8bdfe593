package io.muster.jobqueue.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StateWordsTest {
    @ParameterizedTest
    @CsvSource({
        "PENDING, PENDING",
        "RUNNING, RUNNING",
        "SUSPENDED, RUNNING",
        "COMPLETED, ENDED",
        "CANCELLED, ENDED",
        "FAILED, ENDED",
        "TIMEOUT, ENDED",
        "NODE_FAIL, ENDED",
        "PREEMPTED, ENDED",
        "BOOT_FAIL, ENDED",
        "DEADLINE, ENDED",
        "OUT_OF_MEMORY, ENDED",
        "COMPLETING, RUNNING",
        "CONFIGURING, STARTING",
        "POWER_UP_NODE, STARTING",
        "EXPEDITING, PENDING",
        "LAUNCH_FAILED, ENDED",
        "RECONFIG_FAIL, ENDED",
        "REQUEUED, PENDING",
        "REQUEUE_FED, PENDING",
        "REQUEUE_HOLD, PENDING",
        "SPECIAL_EXIT, PENDING",
        "RESV_DEL_HOLD, PENDING",
        "RESIZING, RUNNING",
        "SIGNALING, RUNNING",
        "STAGE_OUT, RUNNING",
        "STOPPED, RUNNING",
        "REVOKED, UNKNOWN",
        "CANCELLED by 1000, ENDED",
        "'RUNNING,COMPLETING', RUNNING",
        "SOMETHING_NEW, UNKNOWN",
        "'', UNKNOWN"
    })
    void everyWordHasItsState(final String word, final JobState state) {
        assertThat(StateWords.state(word, true)).isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({
        "COMPLETED, true, COMPLETED",
        "FAILED, true, FAILED",
        "CANCELLED by 1000, false, CANCELLED",
        "TIMEOUT, true, WALLTIME",
        "DEADLINE, true, WALLTIME",
        "DEADLINE, false, NOT_STARTED",
        "OUT_OF_MEMORY, true, OUT_OF_MEMORY",
        "NODE_FAIL, true, NODE_FAILURE",
        "BOOT_FAIL, true, NODE_FAILURE",
        "PREEMPTED, true, PREEMPTED",
        "LAUNCH_FAILED, true, NOT_STARTED",
        "RECONFIG_FAIL, true, NOT_STARTED"
    })
    void everyEndHasItsReason(final String word, final boolean hasStarted, final JobEnd end) {
        assertThat(StateWords.end(word, hasStarted)).isEqualTo(end);
    }

    @ParameterizedTest
    @CsvSource({"LAUNCH_FAILED", "RECONFIG_FAIL"})
    void aJobThatDidNotStartAndHasNoEndIsBackInTheQueue(final String word) {
        assertThat(StateWords.state(word, false)).isEqualTo(JobState.PENDING);
    }

    @ParameterizedTest
    @CsvSource({"SOMETHING_NEW", "REVOKED"})
    void anUnknownWordIsShownAsItIs(final String word) {
        final JobLine line = Objects.requireNonNull(JobLine.of("7|" + word + "|0|0|1|2|3|n1|t|why | so|"));

        assertThat(line.status("7").state()).isEqualTo(JobState.UNKNOWN);
        assertThat(line.status("7").word()).isEqualTo(word);
        assertThat(line.status("7").end()).isNull();
        assertThat(line.status("7").reason()).isEqualTo("why | so");
    }
}
