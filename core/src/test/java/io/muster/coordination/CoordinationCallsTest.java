package io.muster.coordination;

import static io.muster.protocol.CoordinationOperation.ACQUIRE;
import static io.muster.protocol.CoordinationOperation.COUNTER_ADD;
import static io.muster.protocol.CoordinationOperation.EVENT_AWAIT;
import static io.muster.protocol.CoordinationOperation.QUEUE_PUT_BACK;
import static io.muster.protocol.CoordinationOperation.QUEUE_TAKE;
import static io.muster.protocol.CoordinationOperation.RELEASE;
import static io.muster.protocol.CoordinationOperation.WITHDRAW;
import static io.muster.protocol.CoordinationStatus.DONE;
import static io.muster.protocol.CoordinationStatus.MESSAGE;
import static io.muster.protocol.CoordinationStatus.RUN_OVER;
import static io.muster.protocol.CoordinationStatus.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MusterException;
import io.muster.SchedulerLostException;
import io.muster.WaitTimeoutException;
import io.muster.protocol.CoordinationOperation;
import io.muster.serialize.Serializer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CoordinationCallsTest {
    private static final byte[] NOTHING = {};
    private static final long BRIEFLY_NS = 20_000_000;
    private static final byte[] VALUE = {1, 2};

    private final Sent sent = new Sent();
    private final CoordinationCalls calls = new CoordinationCalls(sent, 10_000_000_000L, BRIEFLY_NS);
    private volatile @Nullable MusterException end;
    private final CoordinationScope scope = new CoordinationScope(calls, Serializer.standard(), 7, 8, () -> end);

    @Test
    void anAnswerIsForWhoeverAsked() {
        sent.react = request -> calls.answer(CoordinationAnswer.of(request.requestId(), DONE, 0, request.amount()));
        assertThat(ask(calls, COUNTER_ADD, 5, 0).amount()).isEqualTo(5);
        assertThat(sent.take().runId()).isEqualTo(7);
    }

    @Test
    void whoseTimeIsUpWithdrawsAndLearnsThatThereIsNothing() {
        sent.react = request -> {
            if (request.operation() == WITHDRAW) {
                calls.answer(CoordinationAnswer.of(request.requestId(), UNAVAILABLE, 0, 0));
            }
        };
        assertThat(ask(calls, ACQUIRE, 1, BRIEFLY_NS).status()).isEqualTo(UNAVAILABLE);
        assertThat(sent.take().mayWait()).isTrue();
        assertThat(sent.take().operation()).isEqualTo(WITHDRAW);
    }

    @Test
    void whatCrossesTheWithdrawalIsTheCallersAndADuplicateOfItsAnswerMeansNothing() {
        sent.react = request -> {
            if (request.operation() == WITHDRAW) {
                calls.answer(CoordinationAnswer.of(request.requestId(), DONE, 99, 0));
                calls.answer(CoordinationAnswer.of(request.requestId(), DONE, 99, 0));
            }
        };
        final CoordinationAnswer answer = ask(calls, ACQUIRE, 1, BRIEFLY_NS);
        calls.answer(answer);
        assertThat(answer.token()).isEqualTo(99);
        assertThat(sent.take().operation()).isEqualTo(ACQUIRE);
        assertThat(sent.take().operation()).isEqualTo(WITHDRAW);
        assertThat(sent.requests).isEmpty();
    }

    @Test
    void aLockThatComesTooLateForOneWhoWasInterruptedIsReleased() {
        final CoordinationRequest request = interrupted(ACQUIRE);
        calls.answer(CoordinationAnswer.of(request.requestId(), DONE, 99, 0));
        calls.answer(CoordinationAnswer.of(request.requestId(), DONE, 99, 0));
        final CoordinationRequest released = sent.take();
        assertThat(released.operation()).isEqualTo(RELEASE);
        assertThat(released.token()).isEqualTo(99);
        assertThat(sent.requests).isEmpty();
    }

    @Test
    void aValueThatComesTooLateForOneWhoWasInterruptedIsPutBack() {
        final CoordinationRequest request = interrupted(QUEUE_TAKE);
        calls.answer(new CoordinationAnswer(request.requestId(), DONE, 12, 3, VALUE));
        final CoordinationRequest back = sent.take();
        assertThat(back.operation()).isEqualTo(QUEUE_PUT_BACK);
        assertThat(back.name()).isEqualTo("n");
        assertThat(back.token()).isEqualTo(12);
        assertThat(back.amount()).isEqualTo(3);
        assertThat(back.value()).isEqualTo(VALUE);
    }

    @Test
    void anInterruptedThreadKeepsItsFlagAndIsToldThatItWasWithdrawn() {
        sent.react = request -> {
            if (request.operation() == WITHDRAW) {
                calls.answer(CoordinationAnswer.of(request.requestId(), UNAVAILABLE, 0, 0));
            }
        };
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> ask(calls, EVENT_AWAIT, 0, Long.MAX_VALUE))
                .isInstanceOf(MusterException.class)
                .hasMessage("interrupted while waiting for EVENT_AWAIT of name=n");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aSchedulerThatDoesNotAnswerIsNotWaitedForForEver() {
        final CoordinationCalls impatient = new CoordinationCalls(sent, BRIEFLY_NS, BRIEFLY_NS);
        assertThatThrownBy(() -> ask(impatient, COUNTER_ADD, 1, 0))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining("COUNTER_ADD of name=n within 20 ms")
                .hasMessageContaining("not known");
    }

    @Test
    void theEndOfTheSessionFailsWhatWaitsAndWhatComesAfter() {
        final CompletableFuture<CoordinationAnswer> waiting =
                CompletableFuture.supplyAsync(() -> ask(calls, EVENT_AWAIT, 0, Long.MAX_VALUE));
        sent.take();
        final SchedulerLostException lost = new SchedulerLostException("it is gone");
        end = lost;
        calls.fail(lost);

        assertThatThrownBy(waiting::join)
                .isInstanceOf(CompletionException.class)
                .hasCause(lost);
        assertThatThrownBy(() -> ask(calls, EVENT_AWAIT, 0, 0)).isSameAs(lost);
        calls.tell(scope, RELEASE, "n", 1);
        assertThat(sent.requests).isEmpty();
    }

    @Test
    void aRunThatIsOverIsToldSo() {
        sent.react = request -> calls.answer(CoordinationAnswer.of(request.requestId(), RUN_OVER, 0, 0));
        assertThatThrownBy(() -> ask(calls, ACQUIRE, 1, Long.MAX_VALUE)).hasMessageContaining("the task was cancelled");
        sent.react = request -> calls.answer(CoordinationAnswer.refusal(request.requestId(), "because"));
        assertThatThrownBy(() -> ask(calls, ACQUIRE, 1, 0)).hasMessage("because");
    }

    @Test
    void whatIsPublishedGoesToItsSubscriberUntilThatUnsubscribes() {
        sent.react = request -> {
            if (request.isAnswered()) {
                calls.answer(CoordinationAnswer.of(request.requestId(), DONE, 0, 0));
            }
        };
        final List<Long> seen = new ArrayList<>();
        final long subscription = calls.subscribe(scope, "n", answer -> seen.add(answer.token()));
        calls.answer(CoordinationAnswer.of(subscription, MESSAGE, 1, 0));
        calls.consumed(scope, subscription, 1);
        calls.unsubscribe(scope, subscription);
        calls.unsubscribe(scope, subscription);
        calls.answer(CoordinationAnswer.of(subscription, MESSAGE, 2, 0));

        assertThat(seen).containsExactly(1L);
        assertThat(sent.requests)
                .extracting(CoordinationRequest::operation)
                .containsExactly(CoordinationOperation.TOPIC_SUBSCRIBE, CoordinationOperation.TOPIC_CONSUMED, WITHDRAW);
    }

    private CoordinationAnswer ask(
            final CoordinationCalls by,
            final CoordinationOperation operation,
            final long amount,
            final long timeoutNs) {
        return by.ask(scope, operation, "n", 0, amount, NOTHING, timeoutNs);
    }

    /** A request that was interrupted, and of which the scheduler said nothing so far. */
    private CoordinationRequest interrupted(final CoordinationOperation operation) {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> ask(calls, operation, 1, Long.MAX_VALUE))
                .hasMessageContaining("the scheduler does not say what became of it");
        assertThat(Thread.interrupted()).isTrue();
        final CoordinationRequest request = sent.take();
        assertThat(sent.take().operation()).isEqualTo(WITHDRAW);
        return request;
    }

    /** Keeps what is sent, and reacts to it if told how. */
    private static final class Sent implements CoordinationLink {
        final BlockingQueue<CoordinationRequest> requests = new LinkedBlockingQueue<>();
        volatile Consumer<CoordinationRequest> react = request -> {};

        @Override
        public void coordinate(final CoordinationRequest request) {
            requests.add(request);
            react.accept(request);
        }

        @Override
        public boolean helpUntil(final BooleanSupplier done, final long deadlineNs) {
            return false;
        }

        @Override
        public void endHelp() {}

        CoordinationRequest take() {
            try {
                final CoordinationRequest next = requests.poll(10, TimeUnit.SECONDS);
                if (next == null) {
                    throw new AssertionError("nothing was sent");
                }
                return next;
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
