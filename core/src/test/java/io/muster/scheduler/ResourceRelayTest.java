package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.classes.ResourceAnswer;
import io.muster.classes.ResourceAnswer.Status;
import io.muster.classes.ResourceQuestion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What passes between workers that lack a class and the client that has it. */
class ResourceRelayTest {
    private static final String PATH = "shop/Price.class";

    private final Asked client = new Asked();
    private final List<ResourceAnswer> first = new ArrayList<>();
    private final List<ResourceAnswer> second = new ArrayList<>();
    private boolean isThere = true;
    private final ResourceRelay relay = new ResourceRelay(number -> isThere && number == 7 ? client : null);

    private void answer(final byte... content) {
        relay.answered(
                7,
                new ResourceAnswer(
                        client.questions.get(client.questions.size() - 1).requestId(), Status.HERE, content));
    }

    @Test
    void aClientIsAskedOnceForWhatSeveralWorkersNeed() {
        relay.asked(first::add, new ResourceQuestion(11, 7, PATH));
        relay.asked(second::add, new ResourceQuestion(22, 7, PATH));
        assertThat(client.questions).hasSize(1);
        answer((byte) 5);
        relay.asked(first::add, new ResourceQuestion(12, 7, PATH));
        assertThat(client.questions).hasSize(1);
        assertThat(first).extracting(ResourceAnswer::requestId).containsExactly(11L, 12L);
        assertThat(second).extracting(ResourceAnswer::requestId).containsExactly(22L);
        assertThat(first.get(1).content()).containsExactly(5);
    }

    @Test
    void whoAsksAClientThatLeavesIsToldAndSoIsWhoAsksAfterwards() {
        relay.asked(first::add, new ResourceQuestion(11, 7, PATH));
        isThere = false;
        relay.clientLeft(7);
        relay.asked(second::add, new ResourceQuestion(22, 7, PATH));
        answer((byte) 5);
        assertThat(first).extracting(ResourceAnswer::status).containsExactly(Status.GONE);
        assertThat(second).extracting(ResourceAnswer::status).containsExactly(Status.GONE);
    }

    @Test
    void whatIsTooMuchToKeepIsAskedForAgain() {
        relay.asked(first::add, new ResourceQuestion(11, 7, PATH));
        answer(new byte[ResourceRelay.KEPT_BYTES]);
        relay.asked(first::add, new ResourceQuestion(12, 7, PATH));
        assertThat(client.questions).hasSize(2);
        answer(new byte[ResourceRelay.KEPT_BYTES]);
        assertThat(first).extracting(ResourceAnswer::requestId).containsExactly(11L, 12L);
    }

    @Test
    void anAnswerThatNobodyAskedForIsDropped() {
        relay.answered(7, new ResourceAnswer(1, Status.HERE, new byte[0]));
        relay.asked(first::add, new ResourceQuestion(11, 7, PATH));
        relay.answered(7, new ResourceAnswer(99, Status.HERE, new byte[0]));
        assertThat(first).isEmpty();
    }

    /** A client that only notes what it is asked. */
    private static final class Asked implements ControlEvents {
        private final List<ResourceQuestion> questions = new ArrayList<>();

        @Override
        public void resourceAsked(final ResourceQuestion question) {
            questions.add(question);
        }

        @Override
        public void infoReply(final long requestId, final String json) {}

        @Override
        public void disconnected(final String reason) {}
    }
}
