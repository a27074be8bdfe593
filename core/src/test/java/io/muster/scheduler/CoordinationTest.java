package io.muster.scheduler;

import static io.muster.protocol.CoordinationOperation.ACQUIRE;
import static io.muster.protocol.CoordinationOperation.COUNTER_ADD;
import static io.muster.protocol.CoordinationOperation.COUNTER_COMPARE_AND_SET;
import static io.muster.protocol.CoordinationOperation.EVENT_AWAIT;
import static io.muster.protocol.CoordinationOperation.EVENT_CLEAR;
import static io.muster.protocol.CoordinationOperation.EVENT_SET;
import static io.muster.protocol.CoordinationOperation.QUEUE_CLEAR;
import static io.muster.protocol.CoordinationOperation.QUEUE_PUT;
import static io.muster.protocol.CoordinationOperation.QUEUE_PUT_BACK;
import static io.muster.protocol.CoordinationOperation.QUEUE_SIZE;
import static io.muster.protocol.CoordinationOperation.QUEUE_TAKE;
import static io.muster.protocol.CoordinationOperation.TOPIC_PUBLISH;
import static io.muster.protocol.CoordinationOperation.TOPIC_SUBSCRIBE;
import static io.muster.protocol.CoordinationOperation.VARIABLE_DELETE;
import static io.muster.protocol.CoordinationOperation.VARIABLE_GET;
import static io.muster.protocol.CoordinationOperation.VARIABLE_SET;
import static io.muster.protocol.CoordinationStatus.DONE;
import static io.muster.protocol.CoordinationStatus.DROPPED;
import static io.muster.protocol.CoordinationStatus.MESSAGE;
import static io.muster.protocol.CoordinationStatus.REFUSED;
import static io.muster.protocol.CoordinationStatus.RUN_OVER;
import static io.muster.protocol.CoordinationStatus.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CoordinationTest {
    private final Parties parties = new Parties();
    private final Parties.Member a = parties.join();
    private final Parties.Member b = parties.join();
    private final Parties.Member c = parties.join();

    @AfterEach
    void nothingIsLeftOnceAllHaveLeftAndAllIsTaken() {
        List.of(a, b, c).forEach(Parties.Member::leave);
        a.now(EVENT_CLEAR, "e", 0, Parties.NOTHING);
        a.now(QUEUE_CLEAR, "q", 0, Parties.NOTHING);
        a.now(VARIABLE_DELETE, "v", 0, Parties.NOTHING);
        a.now(COUNTER_ADD, "n", -a.now(COUNTER_ADD, "n", 0, Parties.NOTHING).amount(), Parties.NOTHING);
        assertThat(parties.coordination.budget().names()).isZero();
        assertThat(parties.coordination.budget().bytes()).isZero();
        assertThat(a.party.claims()).isEmpty();
    }

    @Test
    void aLockGoesToThoseWhoWaitInTheOrderInWhichTheyCameUnderGrowingTokens() {
        final long first = a.answer(a.lock("l")).token();
        final long second = b.lock("l");
        final long third = c.lock("l");
        assertThat(b.answers).isEmpty();

        a.release(first);

        final long secondToken = b.answer(second).token();
        assertThat(secondToken).isGreaterThan(first);
        assertThat(c.answers).isEmpty();
        b.release(secondToken);
        assertThat(c.answer(third).token()).isGreaterThan(secondToken);
    }

    @Test
    void tokensGoOnFromWhereTheyAreToldTo() {
        parties.coordination.tokensFrom(1_000);
        assertThat(a.answer(a.lock("l")).token()).isEqualTo(1_001);
    }

    @Test
    void whoDoesNotWantToWaitIsToldAtOnce() {
        a.lock("l");
        assertThat(b.now(ACQUIRE, "l", 1, Parties.NOTHING).status()).isEqualTo(UNAVAILABLE);
        assertThat(b.now(ACQUIRE, "other", 1, Parties.NOTHING).status()).isEqualTo(DONE);
    }

    @Test
    void onlyItsHolderReleasesALockAndOnlyOnce() {
        final long token = a.answer(a.lock("l")).token();
        final long waiting = b.lock("l");
        b.release(token);
        assertThat(b.answers).isEmpty();

        a.release(token);
        a.release(token);

        assertThat(b.answer(waiting).status()).isEqualTo(DONE);
        assertThat(parties.coordination.semaphores().held("l")).isOne();
    }

    @Test
    void aSessionThatLeavesGivesUpWhatItHoldsAndWhatItWaitsFor() {
        a.lock("l");
        final long ownWaiting = a.lock("l");
        final long next = b.lock("l");

        a.leave();

        assertThat(b.answer(next).status()).isEqualTo(DONE);
        assertThat(a.answers(ownWaiting)).isEmpty();
        assertThat(a.party.claims()).isEmpty();
    }

    @Test
    void aRunThatEndsGivesUpWhatItHoldsAndIsToldWhereItWaits() {
        a.ask(ACQUIRE, "l", 7, 0, 1, true, Parties.NOTHING);
        a.ask(ACQUIRE, "other", 8, 0, 1, true, Parties.NOTHING);
        final long waiting = a.ask(EVENT_AWAIT, "e", 7, 0, 0, true, Parties.NOTHING);
        final long next = b.lock("l");

        parties.coordination.runEnded(a.party, 7);

        assertThat(b.answer(next).status()).isEqualTo(DONE);
        assertThat(a.answer(waiting).status()).isEqualTo(RUN_OVER);
        assertThat(parties.coordination.semaphores().held("other")).isOne();
    }

    @Test
    void aRunThatIsOverGetsNothingButMayGiveBack() {
        final byte[] value = Parties.bytes("x");
        parties.coordination.requestOfEndedRun(
                a.party, new CoordinationRequest(901, ACQUIRE, "l", 7, 0, 0, 1, true, Parties.NOTHING));
        parties.coordination.requestOfEndedRun(
                a.party, new CoordinationRequest(902, QUEUE_PUT_BACK, "q", 7, 0, 5, 2, false, value));

        assertThat(a.answer(901).status()).isEqualTo(RUN_OVER);
        assertThat(parties.coordination.semaphores().held("l")).isZero();
        assertThat(b.now(QUEUE_TAKE, "q", 2, Parties.NOTHING).value()).isEqualTo(value);
    }

    @Test
    void whatIsWithdrawnIsAnsweredOnceAndKeepsNoPlaceInLine() {
        final long token = a.answer(a.lock("l")).token();
        final long withdrawn = b.lock("l");
        final long next = c.lock("l");

        b.withdraw(withdrawn);
        assertThat(b.answer(withdrawn).status()).isEqualTo(UNAVAILABLE);
        a.release(token);

        assertThat(c.answer(next).status()).isEqualTo(DONE);
        c.withdraw(next);
        assertThat(c.answer(next).status()).isEqualTo(DONE);
        assertThat(b.answers).hasSize(1);
    }

    @Test
    void aSemaphoreHasAsManyHoldersAsPermitsAndOneNumberOfThem() {
        assertThat(a.now(ACQUIRE, "s", 2, Parties.NOTHING).status()).isEqualTo(DONE);
        assertThat(b.now(ACQUIRE, "s", 2, Parties.NOTHING).status()).isEqualTo(DONE);
        assertThat(c.now(ACQUIRE, "s", 2, Parties.NOTHING).status()).isEqualTo(UNAVAILABLE);
        final CoordinationAnswer refused = c.now(ACQUIRE, "s", 3, Parties.NOTHING);
        assertThat(refused.status()).isEqualTo(REFUSED);
        assertThat(refused.text()).contains("permits=3 must be 2").contains("semaphore=s");
        assertThat(c.now(ACQUIRE, "s", 0, Parties.NOTHING).text()).contains("permits=0 must be >= 1");
    }

    @Test
    void anEventStaysSetUntilItIsCleared() {
        final long waiting = a.await(EVENT_AWAIT, "e", 0, Parties.NOTHING);
        b.now(EVENT_SET, "e", 0, Parties.NOTHING);
        assertThat(a.answer(waiting).status()).isEqualTo(DONE);
        assertThat(c.now(EVENT_AWAIT, "e", 0, Parties.NOTHING).status()).isEqualTo(DONE);
        b.leave();
        assertThat(c.now(EVENT_AWAIT, "e", 0, Parties.NOTHING).status()).isEqualTo(DONE);
        c.now(EVENT_CLEAR, "e", 0, Parties.NOTHING);
        assertThat(c.now(EVENT_AWAIT, "e", 0, Parties.NOTHING).status()).isEqualTo(UNAVAILABLE);
    }

    @Test
    void aQueueIsBoundedAndFirstInFirstOut() {
        assertThat(put(a, "1").status()).isEqualTo(DONE);
        assertThat(put(a, "2").status()).isEqualTo(DONE);
        assertThat(put(a, "3").status()).isEqualTo(UNAVAILABLE);
        final long waiting = b.await(QUEUE_PUT, "q", 2, Parties.bytes("4"));
        assertThat(c.now(QUEUE_SIZE, "q", 0, Parties.NOTHING).amount()).isEqualTo(2);

        assertThat(take(c)).isEqualTo("1");

        assertThat(b.answer(waiting).status()).isEqualTo(DONE);
        assertThat(take(c)).isEqualTo("2");
        assertThat(take(c)).isEqualTo("4");
        assertThat(c.now(QUEUE_TAKE, "q", 2, Parties.NOTHING).status()).isEqualTo(UNAVAILABLE);
    }

    @Test
    void takersOfAQueueAreServedInTheOrderInWhichTheyCame() {
        final long first = a.await(QUEUE_TAKE, "q", 2, Parties.NOTHING);
        final long second = b.await(QUEUE_TAKE, "q", 2, Parties.NOTHING);
        put(c, "1");
        put(c, "2");
        assertThat(a.answer(first).text()).isEqualTo("1");
        assertThat(b.answer(second).text()).isEqualTo("2");
        assertThat(put(c, "3").status()).isEqualTo(DONE);
    }

    @Test
    void aValueThatIsPutBackComesFirstAgain() {
        put(a, "1");
        put(a, "2");
        final CoordinationAnswer taken = b.now(QUEUE_TAKE, "q", 2, Parties.NOTHING);
        final CoordinationAnswer next = b.now(QUEUE_TAKE, "q", 2, Parties.NOTHING);
        put(a, "3");

        b.ask(QUEUE_PUT_BACK, "q", 0, taken.token(), taken.amount(), false, taken.value());
        b.ask(QUEUE_PUT_BACK, "q", 0, next.token(), next.amount(), false, next.value());

        assertThat(List.of(take(c), take(c), take(c))).containsExactly("1", "2", "3");
    }

    @Test
    void aValueWhoseSenderLeavesWhileItWaitsForRoomNeverGetsIn() {
        put(a, "1");
        put(a, "2");
        b.await(QUEUE_PUT, "q", 2, Parties.bytes("3"));
        b.leave();
        assertThat(List.of(take(c), take(c))).containsExactly("1", "2");
        assertThat(parties.coordination.queues().size("q")).isZero();
    }

    @Test
    void clearingAQueueLetsThoseInWhoWait() {
        put(a, "1");
        put(a, "2");
        final long waiting = b.await(QUEUE_PUT, "q", 2, Parties.bytes("3"));
        assertThat(c.now(QUEUE_CLEAR, "q", 0, Parties.NOTHING).amount()).isEqualTo(2);
        assertThat(b.answer(waiting).status()).isEqualTo(DONE);
        assertThat(take(c)).isEqualTo("3");
    }

    @Test
    void aQueueHasOneCapacityWhileItIsInUse() {
        put(a, "1");
        final CoordinationAnswer refused = b.now(QUEUE_TAKE, "q", 3, Parties.NOTHING);
        assertThat(refused.status()).isEqualTo(REFUSED);
        assertThat(refused.text()).contains("capacity=3 must be 2").contains("queue=q");
    }

    @Test
    void aVariableIsReadOnceItIsSet() {
        final long waiting = a.await(VARIABLE_GET, "v", 0, Parties.NOTHING);
        b.now(VARIABLE_SET, "v", 0, Parties.bytes("x"));
        b.now(VARIABLE_SET, "v", 0, Parties.bytes("y"));
        assertThat(a.answer(waiting).text()).isEqualTo("x");
        assertThat(c.now(VARIABLE_GET, "v", 0, Parties.NOTHING).text()).isEqualTo("y");
        assertThat(c.now(VARIABLE_DELETE, "v", 0, Parties.NOTHING).amount()).isOne();
        assertThat(c.now(VARIABLE_DELETE, "v", 0, Parties.NOTHING).amount()).isZero();
        assertThat(c.now(VARIABLE_GET, "v", 0, Parties.NOTHING).status()).isEqualTo(UNAVAILABLE);
    }

    @Test
    void aCounterAddsAndIsSetOnlyFromWhatIsExpected() {
        assertThat(a.now(COUNTER_ADD, "n", 5, Parties.NOTHING).amount()).isEqualTo(5);
        assertThat(b.now(COUNTER_ADD, "n", -2, Parties.NOTHING).amount()).isEqualTo(3);
        assertThat(b.answer(b.ask(COUNTER_COMPARE_AND_SET, "n", 0, 3, 9, false, Parties.NOTHING))
                        .token())
                .isOne();
        assertThat(b.answer(b.ask(COUNTER_COMPARE_AND_SET, "n", 0, 3, 10, false, Parties.NOTHING)))
                .satisfies(answer -> assertThat(answer.token()).isZero())
                .satisfies(answer -> assertThat(answer.amount()).isEqualTo(9));
        assertThat(a.now(COUNTER_ADD, "n", Long.MAX_VALUE, Parties.NOTHING).text())
                .contains("must be a number of 64 bits");
        assertThat(a.now(COUNTER_ADD, "n", 0, Parties.NOTHING).amount()).isEqualTo(9);
    }

    @Test
    void subscribersGetWhatIsPublishedAfterTheyCameAndUntilTheyGo() {
        publish("0");
        final long one = subscribe(a);
        final long other = subscribe(b);
        assertThat(publish("1")).isEqualTo(2);
        a.withdraw(one);
        assertThat(publish("2")).isOne();
        b.leave();
        assertThat(publish("3")).isZero();
        assertThat(texts(a, one)).containsExactly("1");
        assertThat(texts(b, other)).containsExactly("1", "2");
    }

    @Test
    void aSlowSubscriberLosesValuesAndIsToldHowMany() {
        final long slow = subscribe(a);
        final long quick = subscribe(b);
        for (int i = 0; i < Topics.WINDOW + 10; i++) {
            publish(String.valueOf(i));
            final List<CoordinationAnswer> got = b.answers(quick);
            b.consumed(quick, got.get(got.size() - 1).token());
        }
        assertThat(texts(b, quick)).hasSize(Topics.WINDOW + 10);
        assertThat(texts(a, slow)).hasSize(Topics.WINDOW);

        final CoordinationAnswer last = a.answers.get(a.answers.size() - 1);
        a.consumed(slow, last.token());
        publish("after");

        final List<CoordinationAnswer> all = a.answers(slow);
        assertThat(all.get(all.size() - 2).status()).isEqualTo(DROPPED);
        assertThat(all.get(all.size() - 2).amount()).isEqualTo(10);
        assertThat(all.get(all.size() - 1).text()).isEqualTo("after");
        assertThat(all.get(all.size() - 1).amount()).isZero();
    }

    @Test
    void largeValuesFillASubscribersWindowByTheirBytes() {
        final long slow = subscribe(a);
        final byte[] large = new byte[CoordinationRequest.MAX_VALUE_BYTES];
        for (int i = 0; i < 12; i++) {
            c.now(TOPIC_PUBLISH, "t", 0, large);
        }
        assertThat(texts(a, slow)).hasSize((int) (Topics.WINDOW_BYTES / large.length));
    }

    @Test
    void limitsAreToldWithTheirNumbers() {
        final byte[] tooLarge = new byte[CoordinationRequest.MAX_VALUE_BYTES + 1];
        assertThat(a.now(QUEUE_PUT, "q", 2, tooLarge).text()).contains("valueBytes=1048577 must be <= 1048576");
        assertThat(a.now(ACQUIRE, "x".repeat(257), 1, Parties.NOTHING).text())
                .contains("name.length=257 must be <= 256");
        assertThat(a.now(ACQUIRE, "two\nlines", 1, Parties.NOTHING).text()).contains("must be one line");
        final byte[] large = new byte[CoordinationRequest.MAX_VALUE_BYTES];
        CoordinationAnswer last = a.now(QUEUE_PUT, "q", 1_000, large);
        while (last.status() == DONE) {
            last = a.now(QUEUE_PUT, "q", 1_000, large);
        }
        assertThat(last.text()).contains("must be <= 268435456").contains("name=q");
        assertThat(parties.coordination.queues().size("q")).isEqualTo(256);
        for (int i = 0; i < CoordinationBudget.MAX_ASKED; i++) {
            b.await(EVENT_AWAIT, "e", 0, Parties.NOTHING);
        }
        assertThat(b.now(EVENT_AWAIT, "e", 0, Parties.NOTHING).text()).contains("must be < 10000");
    }

    @Test
    void namesInUseAreLimited() {
        for (int i = 0; i < CoordinationBudget.MAX_NAMES; i++) {
            a.ask(ACQUIRE, "l" + i, 0, 0, 1, false, Parties.NOTHING);
        }
        assertThat(b.now(ACQUIRE, "one more", 1, Parties.NOTHING).text()).contains("names=100000");
        assertThat(b.now(EVENT_SET, "one more", 0, Parties.NOTHING).status()).isEqualTo(REFUSED);
        assertThat(b.now(ACQUIRE, "l0", 1, Parties.NOTHING).status()).isEqualTo(UNAVAILABLE);
    }

    @Test
    void aNumberOfARequestThatWaitsCannotBeUsedAgain() {
        a.lock("l");
        final long waiting = a.lock("l");
        assertThatThrownBy(() -> parties.coordination.request(
                        a.party, new CoordinationRequest(waiting, EVENT_SET, "e", 0, 0, 0, 0, false, Parties.NOTHING)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("must be new");
        assertThatThrownBy(() -> parties.coordination.request(
                        a.party, new CoordinationRequest(-1, EVENT_SET, "e", 0, 0, 0, 0, false, Parties.NOTHING)))
                .isInstanceOf(InvalidRequestException.class);
    }

    private static CoordinationAnswer put(final Parties.Member by, final String value) {
        return by.now(QUEUE_PUT, "q", 2, Parties.bytes(value));
    }

    private static String take(final Parties.Member by) {
        return by.now(QUEUE_TAKE, "q", 2, Parties.NOTHING).text();
    }

    private static long subscribe(final Parties.Member by) {
        return by.ask(TOPIC_SUBSCRIBE, "t", 0, 0, 0, false, Parties.NOTHING);
    }

    private long publish(final String value) {
        return c.now(TOPIC_PUBLISH, "t", 0, Parties.bytes(value)).amount();
    }

    private static List<String> texts(final Parties.Member of, final long subscription) {
        return of.answers(subscription).stream()
                .filter(answer -> answer.status() == MESSAGE)
                .map(CoordinationAnswer::text)
                .toList();
    }
}
