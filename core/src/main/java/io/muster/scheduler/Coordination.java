package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.CoordinationStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Locks, queues and their like: what sessions and runs hold, wait for, and keep here for each other. A single-threaded state machine
 * without clock, as {@link SchedulerCore} is, whose part it is.
 */
final class Coordination {
    /*
     * What holds at the end of every command:
     *
     *   - a claim (held, waiting, subscribed) stands in its party, by run, exactly as long as it stands in what it is a
     *     claim to; a party that left has none, nor has a run that ended;
     *   - whoever waits could not be served: no permit is free, the event is not set, the queue is empty (takers) or
     *     full (putters), the variable has no value. So who comes later never overtakes, and no waiter is forgotten;
     *   - a request that is to be answered is answered once, but for those of a party that left;
     *   - tokens grow from grant to grant, and are never used again;
     *   - what has no content and no claims to it is not there: an unused name costs nothing.
     *
     * Nothing is iterated in the order of hashes: maps by name are only looked up, what is walked is linked.
     */
    private final CoordinationBudget budget = new CoordinationBudget();
    private final Semaphores semaphores = new Semaphores(budget);
    private final Events events = new Events(budget);
    private final Queues queues = new Queues(budget);
    private final Variables variables = new Variables(budget);
    private final Counters counters = new Counters(budget);
    private final Topics topics = new Topics(budget);

    /** Has fencing tokens grow from here. */
    void tokensFrom(final long token) {
        semaphores.tokensFrom(token);
    }

    CoordinationBudget budget() {
        return budget;
    }

    Semaphores semaphores() {
        return semaphores;
    }

    Queues queues() {
        return queues;
    }

    /** A party asks, or gives something back. */
    void request(final Party party, final CoordinationRequest request) {
        if (request.requestId() < 0) {
            throw new InvalidRequestException("requestId=" + request.requestId() + " must be >= 0");
        }
        if (request.isAnswered()) {
            ask(party, request);
            return;
        }
        switch (request.operation()) {
            case RELEASE -> semaphores.release(party, request.token());
            case QUEUE_PUT_BACK -> queues.putBack(request);
            case TOPIC_CONSUMED -> topics.consumed(party, request);
            case WITHDRAW -> withdraw(party, request.requestId());
            default -> throw new IllegalStateException("operation=" + request.operation() + " is answered");
        }
    }

    /** Publishes a value of the scheduler's own to those who subscribed to a topic. */
    void announce(final String topic, final byte[] value) {
        topics.announce(topic, value);
    }

    /** Answers a request of a run that is not current any more. Values that it gives back are taken all the same. */
    void requestOfEndedRun(final Party party, final CoordinationRequest request) {
        if (request.isAnswered()) {
            party.tell(CoordinationAnswer.of(request.requestId(), CoordinationStatus.RUN_OVER, 0, 0));
        } else {
            request(party, request);
        }
    }

    /** A run is over, in whatever way: what it held goes to others, and it is told where it waited. */
    void runEnded(final Party party, final long runId) {
        drop(party.claims(runId), true);
    }

    /** A session is over: what it held goes to others. */
    void leave(final Party party) {
        drop(party.claims(), false);
    }

    private static void drop(final List<Claim> claims, final boolean tell) {
        claims.stream().filter(Claim::isWaiting).forEach(claim -> drop(claim, tell));
        claims.stream().filter(claim -> !claim.isWaiting()).forEach(claim -> drop(claim, tell));
    }

    private static void drop(final Claim claim, final boolean tell) {
        claim.drop();
        if (tell && claim.requestId != Claim.NO_REQUEST) {
            claim.party.tell(CoordinationAnswer.of(claim.requestId, CoordinationStatus.RUN_OVER, 0, 0));
        }
    }

    private void ask(final Party party, final CoordinationRequest request) {
        if (party.asked(request.requestId()) != null) {
            throw new InvalidRequestException("requestId=" + request.requestId() + " must be new: it still waits");
        }
        final String violation = violation(party, request);
        if (violation != null) {
            party.tell(CoordinationAnswer.refusal(request.requestId(), violation));
            return;
        }
        final CoordinationAnswer answer = switch (request.operation()) {
            case ACQUIRE -> semaphores.acquire(party, request);
            case EVENT_SET -> events.set(request);
            case EVENT_CLEAR -> events.clear(request);
            case EVENT_AWAIT -> events.await(party, request);
            case QUEUE_PUT -> queues.put(party, request);
            case QUEUE_TAKE -> queues.take(party, request);
            case QUEUE_SIZE -> queues.size(request);
            case QUEUE_CLEAR -> queues.clear(request);
            case VARIABLE_SET -> variables.set(request);
            case VARIABLE_GET -> variables.get(party, request);
            case VARIABLE_DELETE -> variables.delete(request);
            case COUNTER_ADD -> counters.add(request);
            case COUNTER_COMPARE_AND_SET -> counters.compareAndSet(request);
            case TOPIC_PUBLISH -> topics.publish(request);
            case TOPIC_SUBSCRIBE -> topics.subscribe(party, request);
            case DATASET_PUBLISH, DATASET_SIZE, DATASET_REMOVE, DATASET_NAMES ->
                CoordinationAnswer.refusal(
                        request.requestId(), "datasets are of clients, not of tasks: operation=" + request.operation());
            case RELEASE, QUEUE_PUT_BACK, TOPIC_CONSUMED, WITHDRAW, NULL_VAL, SBE_UNKNOWN ->
                throw new IllegalStateException("operation=" + request.operation() + " is not answered");
        };
        if (answer != null) {
            party.tell(answer);
        }
    }

    private static @Nullable String violation(final Party party, final CoordinationRequest request) {
        if (party.asked() >= CoordinationBudget.MAX_ASKED) {
            return "waiting=" + party.asked() + " requests and subscriptions of one client or worker must be < "
                    + CoordinationBudget.MAX_ASKED;
        }
        return request.violation();
    }

    private static void withdraw(final Party party, final long requestId) {
        final Claim claim = party.asked(requestId);
        if (claim != null) {
            claim.drop();
            if (claim.isWaiting()) {
                party.tell(CoordinationAnswer.of(requestId, CoordinationStatus.UNAVAILABLE, 0, 0));
            }
        }
    }
}
