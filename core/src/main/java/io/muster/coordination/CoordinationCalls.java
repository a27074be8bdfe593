package io.muster.coordination;

import io.muster.MusterException;
import io.muster.SchedulerLostException;
import io.muster.WaitTimeoutException;
import io.muster.protocol.CoordinationOperation;
import io.muster.protocol.CoordinationStatus;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The requests of one client, or of one worker's tasks, and their answers. Safe for use by many threads. */
public final class CoordinationCalls {
    /*
     * Every request that is to be answered is answered once: by what was asked for, or by UNAVAILABLE after a WITHDRAW
     * that found it waiting. So whose time is up, or who is interrupted, withdraws and then learns for certain what
     * became of the request; what crossed the withdrawal is the caller's. Only where the scheduler does not say it in
     * time is the request left behind, and what its answer brings is given back when it comes. An answer to a request
     * that is not known is a duplicate, and means nothing.
     *
     * A session's end fails what is pending. A thread looks whether its scope is over after its request is in
     * `pending`, and the end looks into `pending` after the scope is over, so one of the two sees the other.
     */
    private static final byte[] NOTHING = {};
    private static final long ANSWER_NS = 30_000_000_000L;
    private static final long INTERRUPTED_NS = 1_000_000_000L;
    private static final long HELP_NS = 200_000_000L;

    private final CoordinationLink link;
    private final long answerNs;
    private final long interruptedNs;
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    private final Map<Long, Consumer<CoordinationAnswer>> subscribers = new ConcurrentHashMap<>();
    private final AtomicLong lastRequest = new AtomicLong();

    /**
     * Makes calls that go one way.
     *
     * @param link how requests come to the scheduler; what it answers is for {@link #answer}
     */
    public CoordinationCalls(final CoordinationLink link) {
        this(link, ANSWER_NS, INTERRUPTED_NS);
    }

    /** As the other, but the scheduler has less time to answer, and to answer one who was interrupted. */
    CoordinationCalls(final CoordinationLink link, final long answerNs, final long interruptedNs) {
        this.link = link;
        this.answerNs = answerNs;
        this.interruptedNs = interruptedNs;
    }

    /**
     * Sends what is not answered; nothing once the scope is over.
     *
     * @param scope who says it
     * @param operation what is said
     * @param name of the lock, the queue…
     * @param token see the operation
     */
    public void tell(
            final CoordinationScope scope, final CoordinationOperation operation, final String name, final long token) {
        if (scope.ended() == null) {
            send(scope, lastRequest.incrementAndGet(), operation, name, token, 0, false, NOTHING);
        }
    }

    /**
     * Asks, and waits for the answer.
     *
     * @param scope who asks
     * @param operation what is asked
     * @param name of the lock, the queue…
     * @param token see the operation
     * @param amount see the operation
     * @param value see the operation
     * @param timeoutNs how long to wait for what is asked for, in nanoseconds; 0 for not at all, {@link Long#MAX_VALUE} for ever
     * @return the answer, DONE or UNAVAILABLE
     * @throws MusterException if the scheduler refuses, if the scope is over, or if the thread is interrupted, whose flag is then set;
     *     unless it says otherwise nothing has changed at the scheduler
     * @throws WaitTimeoutException if the scheduler does not answer
     */
    public CoordinationAnswer ask(
            final CoordinationScope scope,
            final CoordinationOperation operation,
            final String name,
            final long token,
            final long amount,
            final byte[] value,
            final long timeoutNs) {
        return ask(lastRequest.incrementAndGet(), scope, operation, name, token, amount, value, timeoutNs);
    }

    /**
     * Subscribes to a topic.
     *
     * @param scope who subscribes
     * @param name the topic's
     * @param listener gets the values, then RUN_OVER when there will be none any more; called by the session's thread
     * @return names the subscription
     */
    public long subscribe(
            final CoordinationScope scope, final String name, final Consumer<CoordinationAnswer> listener) {
        final long requestId = lastRequest.incrementAndGet();
        subscribers.put(requestId, listener);
        try {
            ask(requestId, scope, CoordinationOperation.TOPIC_SUBSCRIBE, name, 0, 0, NOTHING, 0);
        } catch (final RuntimeException e) {
            unsubscribe(scope, requestId);
            throw e;
        }
        return requestId;
    }

    /**
     * Ends a subscription.
     *
     * @param scope who subscribed
     * @param subscription names it
     */
    public void unsubscribe(final CoordinationScope scope, final long subscription) {
        if (subscribers.remove(subscription) != null && scope.ended() == null) {
            send(scope, subscription, CoordinationOperation.WITHDRAW, "", 0, 0, false, NOTHING);
        }
    }

    /**
     * Says that values of a subscription are dealt with, so that further ones may come.
     *
     * @param scope who subscribed
     * @param subscription names it
     * @param upTo the token of the last of them
     */
    public void consumed(final CoordinationScope scope, final long subscription, final long upTo) {
        if (scope.ended() == null) {
            send(scope, subscription, CoordinationOperation.TOPIC_CONSUMED, "", upTo, 0, false, NOTHING);
        }
    }

    /**
     * Takes an answer; does not block.
     *
     * @param answer the answer
     */
    public void answer(final CoordinationAnswer answer) {
        final CoordinationStatus status = answer.status();
        final Pending request = pending.get(answer.requestId());
        if (status != CoordinationStatus.MESSAGE && status != CoordinationStatus.DROPPED && request != null) {
            pending.remove(answer.requestId());
            if (!request.complete(answer)) {
                request.giveBack(answer);
            }
            return;
        }
        final Consumer<CoordinationAnswer> subscriber = subscribers.get(answer.requestId());
        if (subscriber != null) {
            if (status == CoordinationStatus.RUN_OVER) {
                subscribers.remove(answer.requestId());
            }
            subscriber.accept(answer);
        }
    }

    /**
     * Fails all that waits; called when the scopes are over.
     *
     * @param reason why
     */
    public void fail(final MusterException reason) {
        for (final Map.Entry<Long, Pending> entry : pending.entrySet()) {
            if (pending.remove(entry.getKey(), entry.getValue())) {
                entry.getValue().fail(reason);
            }
        }
        for (final Map.Entry<Long, Consumer<CoordinationAnswer>> entry : subscribers.entrySet()) {
            if (subscribers.remove(entry.getKey(), entry.getValue())) {
                entry.getValue().accept(CoordinationAnswer.of(entry.getKey(), CoordinationStatus.RUN_OVER, 0, 0));
            }
        }
        link.endHelp();
    }

    private CoordinationAnswer ask(
            final long requestId,
            final CoordinationScope scope,
            final CoordinationOperation operation,
            final String name,
            final long token,
            final long amount,
            final byte[] value,
            final long timeoutNs) {
        final Pending request = new Pending(scope, operation, name);
        pending.put(requestId, request);
        boolean interrupted = false;
        try {
            requireCurrent(scope);
            send(scope, requestId, operation, name, token, amount, timeoutNs > 0, value);
            interrupted = !awaitQuietly(request, timeoutNs > 0 ? timeoutNs : answerNs);
            if (timeoutNs > 0 && !request.isOver()) {
                send(scope, requestId, CoordinationOperation.WITHDRAW, "", 0, 0, false, NOTHING);
            }
            if (!interrupted && !request.isOver()) {
                interrupted = !awaitQuietly(request, answerNs);
            }
            if (interrupted && !request.isOver()) {
                awaitQuietly(request, interruptedNs);
            }
            return request.outcome(interrupted);
        } finally {
            if (!request.isLeftBehind()) {
                pending.remove(requestId);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void requireCurrent(final CoordinationScope scope) {
        final MusterException ended = scope.ended();
        if (ended != null) {
            throw over(ended);
        }
    }

    private static MusterException over(final MusterException reason) {
        return reason instanceof SchedulerLostException ? reason : new MusterException(reason.getMessage(), reason);
    }

    private void send(
            final CoordinationScope scope,
            final long requestId,
            final CoordinationOperation operation,
            final String name,
            final long token,
            final long amount,
            final boolean mayWait,
            final byte[] value) {
        final CoordinationRequest request = new CoordinationRequest(
                requestId, operation, name, scope.runId(), scope.task(), token, amount, mayWait, value);
        final String violation = request.violation();
        if (violation != null) {
            throw new MusterException(violation);
        }
        link.coordinate(request);
    }

    /** Returns false if it was interrupted. */
    private boolean awaitQuietly(final Pending request, final long timeoutNs) {
        final long startNs = System.nanoTime();
        try {
            while (!request.isOver()) {
                if (Thread.interrupted()) {
                    return false;
                }
                final long leftNs = Math.min(HELP_NS, timeoutNs - (System.nanoTime() - startNs));
                if (leftNs <= 0) {
                    return true;
                }
                if (!link.helpUntil(request::isOver, System.nanoTime() + leftNs)) {
                    request.sleep(leftNs);
                }
            }
            return true;
        } catch (final InterruptedException e) {
            return false;
        }
    }

    /** A request whose answer has not come. */
    private final class Pending {
        private final CoordinationScope scope;
        private final CoordinationOperation operation;
        private final String name;
        private volatile @Nullable CoordinationAnswer answer;
        private volatile @Nullable MusterException failure;
        private boolean leftBehind;

        Pending(final CoordinationScope scope, final CoordinationOperation operation, final String name) {
            this.scope = scope;
            this.operation = operation;
            this.name = name;
        }

        boolean isOver() {
            return answer != null || failure != null;
        }

        synchronized boolean isLeftBehind() {
            return leftBehind;
        }

        synchronized void sleep(final long timeoutNs) throws InterruptedException {
            if (!isOver()) {
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(1_000_000, timeoutNs));
            }
        }

        /** False if nobody waits for it any more. */
        synchronized boolean complete(final CoordinationAnswer with) {
            answer = with;
            notifyAll();
            return !leftBehind;
        }

        synchronized void fail(final MusterException reason) {
            failure = reason;
            notifyAll();
        }

        synchronized CoordinationAnswer outcome(final boolean interrupted) {
            final CoordinationAnswer came = answer;
            final MusterException failed = failure;
            if (came == null) {
                if (failed != null) {
                    throw over(failed);
                }
                leftBehind = true;
                final String what = operation + " of name=" + name;
                if (interrupted) {
                    throw new MusterException("interrupted while waiting for " + what
                            + ", and the scheduler does not say what became of it");
                }
                throw new WaitTimeoutException("the scheduler did not answer to " + what + " within "
                        + answerNs / 1_000_000 + " ms; whether it was done is not known");
            }
            return switch (came.status()) {
                case DONE -> came;
                case UNAVAILABLE -> {
                    if (interrupted) {
                        throw new MusterException("interrupted while waiting for " + operation + " of name=" + name);
                    }
                    yield came;
                }
                case REFUSED -> throw new MusterException(came.text());
                case RUN_OVER ->
                    throw new MusterException(operation + " of name=" + name
                            + " can't be: the task was cancelled, or is computed elsewhere by now");
                case MESSAGE, DROPPED, NULL_VAL, SBE_UNKNOWN ->
                    throw new IllegalStateException("status=" + came.status() + " answers no request");
            };
        }

        /** Nobody waits for what came: on a thread of its own, as the session's must not wait for its stream to drain. */
        void giveBack(final CoordinationAnswer late) {
            if (late.status() != CoordinationStatus.DONE) {
                return;
            }
            final Runnable giving;
            if (operation == CoordinationOperation.ACQUIRE) {
                giving = () -> tell(scope, CoordinationOperation.RELEASE, name, late.token());
            } else if (operation == CoordinationOperation.QUEUE_TAKE) {
                giving = () -> send(
                        scope,
                        lastRequest.incrementAndGet(),
                        CoordinationOperation.QUEUE_PUT_BACK,
                        name,
                        late.token(),
                        late.amount(),
                        false,
                        late.value());
            } else {
                return;
            }
            final Thread thread = new Thread(giving, "muster-give-back");
            thread.setDaemon(true);
            thread.start();
        }
    }
}
