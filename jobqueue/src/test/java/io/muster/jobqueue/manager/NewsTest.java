package io.muster.jobqueue.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NewsTest {
    private final News news = new News();
    private final List<String> answers = new ArrayList<>();

    @Test
    void whoHasSeenLessThanThereIsGetsTheRestAtOnce() {
        news.add("one");
        news.add("two");

        news.tell(1L, answers::add, at(0));

        assertThat(answers).containsExactly("{\"news\":[\"two\"],\"seen\":2}");
    }

    @Test
    void whoHasSeenAllIsToldTheNext() {
        news.tell(0L, answers::add, at(0));
        assertThat(answers).isEmpty();

        news.add("one");
        news.add("two");

        assertThat(answers).containsExactly("{\"news\":[\"one\"],\"seen\":1}");
    }

    @Test
    void nobodyWaitsForLong() {
        news.tell(0L, answers::add, at(0));
        news.advance(at(9));
        assertThat(answers).isEmpty();

        news.advance(at(10));
        news.advance(at(20));

        assertThat(answers).containsExactly("{\"news\":[],\"seen\":0}");
    }

    private static Moment at(final int seconds) {
        return new Moment(Duration.ofSeconds(seconds).toNanos(), Bench.START.plusSeconds(seconds));
    }
}
