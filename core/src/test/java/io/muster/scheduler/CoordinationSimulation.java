package io.muster.scheduler;

import static io.muster.protocol.CoordinationOperation.ACQUIRE;
import static io.muster.protocol.CoordinationOperation.QUEUE_PUT;
import static io.muster.protocol.CoordinationOperation.QUEUE_TAKE;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.CoordinationOperation;
import io.muster.protocol.CoordinationStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Sessions and runs that come, ask, lose patience and go, from one seed, against a model that is told nothing but what they are
 * answered.
 */
final class CoordinationSimulation {
    private static final int STEPS = 400;
    private static final int SESSIONS = 4;
    private static final int RUNS = 3;
    private static final String[] SEMAPHORES = {"lock", "other lock", "pair"};
    private static final String[] QUEUES = {"q", "r"};
    private static final int CAPACITY = 2;

    private final SplittableRandom random;
    private final Coordination coordination = new Coordination();
    private final Session[] sessions = new Session[SESSIONS];
    private final Map<String, Semaphore> semaphores = new HashMap<>();
    private final Map<String, Queue> queues = new HashMap<>();
    private final Map<Long, Asked> asked = new LinkedHashMap<>();
    private final List<Told> told = new ArrayList<>();
    private long lastRequest;
    private long lastToken;
    private long lastValue;
    private long hash;

    CoordinationSimulation(final long seed) {
        random = new SplittableRandom(seed);
        for (final String name : SEMAPHORES) {
            semaphores.put(name, new Semaphore(name.equals("pair") ? 2 : 1));
        }
        for (final String name : QUEUES) {
            queues.put(name, new Queue());
        }
        for (int i = 0; i < SESSIONS; i++) {
            sessions[i] = new Session();
        }
    }

    /** Runs to the end; gives a number that tells one run from another. */
    long run() {
        for (int step = 0; step < STEPS; step++) {
            step(random.nextInt(SESSIONS));
            check();
        }
        for (int i = 0; i < SESSIONS; i++) {
            leave(i);
            check();
        }
        queues.forEach((name, queue) -> {
            while (!queue.values.isEmpty()) {
                ask(sessions[0], QUEUE_TAKE, name, 0, CAPACITY, false, Parties.NOTHING);
                check();
            }
        });
        assertThat(coordination.budget().names()).as("names at the end").isZero();
        assertThat(coordination.budget().bytes()).as("bytes at the end").isZero();
        return hash;
    }

    private void step(final int number) {
        final Session session = sessions[number];
        final long runId = random.nextInt(RUNS);
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> {
                final String name = SEMAPHORES[random.nextInt(SEMAPHORES.length)];
                ask(
                        session,
                        ACQUIRE,
                        name,
                        runId,
                        semaphores.get(name).permits,
                        random.nextInt(3) > 0,
                        Parties.NOTHING);
            }
            case 3, 4 -> {
                final String name = QUEUES[random.nextInt(QUEUES.length)];
                final byte[] value = Parties.bytes(String.valueOf(++lastValue));
                ask(session, QUEUE_PUT, name, runId, CAPACITY, random.nextInt(3) > 0, value);
            }
            case 5, 6 -> {
                final String name = QUEUES[random.nextInt(QUEUES.length)];
                ask(session, QUEUE_TAKE, name, runId, CAPACITY, random.nextInt(3) > 0, Parties.NOTHING);
            }
            case 7, 8 -> release(session);
            case 9 -> withdraw(session);
            case 10 -> endRun(session, runId);
            default -> {
                if (random.nextInt(4) == 0) {
                    leave(number);
                }
            }
        }
    }

    private void ask(
            final Session session,
            final CoordinationOperation operation,
            final String name,
            final long runId,
            final long amount,
            final boolean mayWait,
            final byte[] value) {
        final Asked request =
                new Asked(session, operation, name, runId, mayWait, new String(value, StandardCharsets.UTF_8));
        asked.put(++lastRequest, request);
        coordination.request(
                session.party,
                new CoordinationRequest(lastRequest, operation, name, runId, 0, 0, amount, mayWait, value));
        takeIn();
    }

    private void release(final Session session) {
        final List<Hold> held = new ArrayList<>();
        semaphores
                .values()
                .forEach(semaphore -> semaphore.holds.stream()
                        .filter(hold -> hold.session == session)
                        .forEach(held::add));
        if (!held.isEmpty()) {
            held.sort(Comparator.comparingLong(Hold::token));
            final Hold hold = held.get(random.nextInt(held.size()));
            semaphores.values().forEach(semaphore -> semaphore.holds.remove(hold));
            final int times = 1 + random.nextInt(2);
            for (int i = 0; i < times; i++) {
                tell(session, CoordinationOperation.RELEASE, ++lastRequest, hold.token);
            }
        }
    }

    private void withdraw(final Session session) {
        final List<Long> waiting = asked.entrySet().stream()
                .filter(entry -> entry.getValue().session == session)
                .map(Map.Entry::getKey)
                .toList();
        final long requestId = waiting.isEmpty() || random.nextInt(4) == 0
                ? 1 + random.nextLong(lastRequest + 1)
                : waiting.get(random.nextInt(waiting.size()));
        final boolean waits = asked.containsKey(requestId) && asked.get(requestId).session == session;
        tell(session, CoordinationOperation.WITHDRAW, requestId, 0);
        require(!waits || !asked.containsKey(requestId), "a request", "still waits after it was withdrawn");
    }

    private void endRun(final Session session, final long runId) {
        semaphores
                .values()
                .forEach(semaphore -> semaphore.holds.removeIf(h -> h.session == session && h.runId == runId));
        coordination.runEnded(session.party, runId);
        takeIn();
        for (final Asked request : asked.values()) {
            require(
                    request.session != session || request.runId != runId,
                    request.name,
                    "is waited for by a run that ended");
        }
    }

    private void leave(final int number) {
        final Session session = sessions[number];
        semaphores.values().forEach(semaphore -> semaphore.holds.removeIf(hold -> hold.session == session));
        asked.values().removeIf(request -> request.session == session);
        session.isGone = true;
        coordination.leave(session.party);
        takeIn();
        sessions[number] = new Session();
    }

    private void tell(final Session session, final CoordinationOperation operation, final long id, final long token) {
        coordination.request(
                session.party, new CoordinationRequest(id, operation, "", 0, 0, token, 0, false, Parties.NOTHING));
        takeIn();
    }

    /** Compares what was answered with what should be. */
    private void takeIn() {
        for (final Told next : told) {
            require(!next.session.isGone, "a session that left", "is told " + next.answer);
            final Asked request = asked.remove(next.answer.requestId());
            require(request != null && request.session == next.session, "a session", "did not ask for " + next.answer);
            hash = hash * 31
                    + next.answer.requestId() * 7
                    + next.answer.status().ordinal();
            if (next.answer.status() == CoordinationStatus.DONE) {
                grant(request, next.answer);
            } else {
                final CoordinationStatus status = next.answer.status();
                require(
                        status == CoordinationStatus.UNAVAILABLE || status == CoordinationStatus.RUN_OVER,
                        request.name,
                        "is not refused, but " + status);
            }
        }
        told.clear();
    }

    private void grant(final Asked request, final CoordinationAnswer answer) {
        final boolean isOvertaken = asked.values().stream()
                .anyMatch(other -> other.operation == request.operation
                        && other.name.equals(request.name)
                        && other.order < request.order);
        require(!isOvertaken, request.name, "was given past one who waited longer");
        switch (request.operation) {
            case ACQUIRE -> {
                require(answer.token() > lastToken, request.name, "was given under a token not larger than the last");
                lastToken = answer.token();
                semaphores.get(request.name).holds.add(new Hold(request.session, request.runId, answer.token()));
            }
            case QUEUE_PUT -> queues.get(request.name).values.addLast(request.value);
            case QUEUE_TAKE -> queues.get(request.name).taken.add(answer.text());
            default -> throw new AssertionError(request.operation);
        }
    }

    private void check() {
        semaphores.forEach((name, semaphore) -> {
            final int held = semaphore.holds.size();
            final long waiting = count(ACQUIRE, name);
            require(held <= semaphore.permits, name, "has more holders than permits");
            require(coordination.semaphores().held(name) == held, name, "has other holders than were told");
            require(coordination.semaphores().waiting(name) == waiting, name, "has others waiting than asked");
            require(held == semaphore.permits || waiting == 0, name, "has a free permit, and one who waits for it");
        });
        queues.forEach((name, queue) -> {
            for (final String taken : queue.taken) {
                require(taken.equals(queue.values.pollFirst()), name, "gave a value that was not its first: " + taken);
                require(queue.everTaken.add(taken), name, "gave a value twice: " + taken);
            }
            queue.taken.clear();
            final int size = queue.values.size();
            require(coordination.queues().size(name) == size, name, "has other values than were put");
            require(size <= CAPACITY, name, "has more values than it may");
            require(size == CAPACITY || count(QUEUE_PUT, name) == 0, name, "has room, and one who waits for it");
            require(size == 0 || count(QUEUE_TAKE, name) == 0, name, "has a value, and one who waits for it");
        });
        for (final Asked request : asked.values()) {
            require(request.mayWait, request.name, "makes one wait who did not want to");
        }
    }

    private static void require(final boolean isSo, final String name, final String violation) {
        if (!isSo) {
            throw new AssertionError(name + " " + violation);
        }
    }

    private long count(final CoordinationOperation operation, final String name) {
        return asked.values().stream()
                .filter(request -> request.operation == operation && request.name.equals(name))
                .count();
    }

    /** One session. */
    private final class Session {
        final Party party = new Party(answer -> told.add(new Told(this, answer)));
        boolean isGone;
    }

    /** A request that was not answered yet. */
    private final class Asked {
        final Session session;
        final CoordinationOperation operation;
        final String name;
        final long runId;
        final boolean mayWait;
        final String value;
        final long order = lastRequest + 1;

        Asked(
                final Session session,
                final CoordinationOperation operation,
                final String name,
                final long runId,
                final boolean mayWait,
                final String value) {
            this.session = session;
            this.operation = operation;
            this.name = name;
            this.runId = runId;
            this.mayWait = mayWait;
            this.value = value;
        }

        @Override
        public String toString() {
            return operation + " of " + name + " order=" + order;
        }
    }

    /** An answer. */
    private record Told(Session session, CoordinationAnswer answer) {}

    /** A permit that somebody was given. */
    private record Hold(Session session, long runId, long token) {}

    /** What the model knows of a semaphore. */
    private static final class Semaphore {
        final int permits;
        final Set<Hold> holds = new HashSet<>();

        Semaphore(final int permits) {
            this.permits = permits;
        }
    }

    /** What the model knows of a queue; what one step puts and takes is compared at its end. */
    private static final class Queue {
        final Deque<String> values = new ArrayDeque<>();
        final List<String> taken = new ArrayList<>();
        final Set<String> everTaken = new HashSet<>();
    }
}
