package io.muster.jobqueue.sge;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.jobqueue.JobState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StateWordTest {
    @ParameterizedTest
    @ValueSource(strings = {"qw", "hqw", "hRwq", "Rq", "Eqw", "Ehqw", "EhRqw", "dqw", "dEqw", "hoqw", "Tqw"})
    void jobsInTheQueueArePendingWhateverElseIsSaidOfThem(final String word) {
        assertThat(StateWord.state(word)).isEqualTo(JobState.PENDING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"t", "Rt", "ht", "dt", "dRt", "ts", "tS", "tT", "Rts", "RtS", "RtT"})
    void jobsOnTheirWayToANodeAreStarting(final String word) {
        assertThat(StateWord.state(word)).isEqualTo(JobState.STARTING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"r", "hr", "Rr", "dr", "dRr", "s", "S", "T", "P", "N", "Rs", "RS", "RT", "ds", "dS", "dT"})
    void jobsOnANodeAreRunningSuspendedOnesToo(final String word) {
        assertThat(StateWord.state(word)).isEqualTo(JobState.RUNNING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "z", "x", "Y7"})
    void otherWordsSayNothing(final String word) {
        assertThat(StateWord.state(word)).isEqualTo(JobState.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource({"'', 0, true", "'', 1, false", "'1,2', 2, true", "'1,2', 3, false", "2-8:3, 5, true", "2-8:3, 6, false"
    })
    void tasksAreFoundInTheirRanges(final String ranges, final long task, final boolean isThere) {
        assertThat(new TaskRanges(ranges).contains(task)).isEqualTo(isThere);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1-1000000000000:1", "1-1000000000000", "7, 999999999999", "x,999999999999,1-"})
    void aRangeMayBeAsLongAsItLikes(final String ranges) {
        assertThat(new TaskRanges(ranges).contains(999_999_999_999L)).isTrue();
    }
}
