package io.muster.scheduler;

import io.muster.data.WorkerAddress;
import io.muster.testing.World;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in one thread and virtual time: the production core, router and worker state machine, and everything that can go wrong
 * between them and with them, drawn from one seed. First chaos, then all faults end and everything has to come to rest as it should.
 */
final class Simulation {
    static final long HEARTBEAT_US = 100;
    static final long LEASE_US = 600;

    /** How long a worker hears nothing before it gives its session up. */
    static final long FENCE_US = 500;

    static final long CHAOS_US = 6_000;
    private static final long REDUCE_US = 150;
    private static final int IDLE_LEASES = 40;
    private static final int MAX_EVENTS = 400_000;
    private static final int MAX_TICKS_TO_LEAVE = 100;
    private static final int TICKS_TO_COPY = 3;
    private static final String[] NAMES = {"a", "b", "c", "d"};
    private static final byte[] NO_FINGERPRINT = {};

    final Plan plan;
    final SchedulerCore core;
    final Router router = new Router(false);
    final SimulatedEffects effects = new SimulatedEffects(this, router);
    private final StateCheck check;
    final Oracle oracle;
    private final World.Trace trace;
    private final SplittableRandom delays;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final List<SimulatedSession> sessions = new ArrayList<>();
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final int maxWorkers;
    private long now;
    private long sequence;
    private long handled;
    private long hash = 17;
    private boolean scheduling;
    private boolean healing;

    Simulation(final long seed, final int maxWorkers, final BitSet without, final World.Trace trace) {
        this.trace = trace;
        this.maxWorkers = maxWorkers;
        plan = new Plan(seed, maxWorkers, CHAOS_US, without);
        delays = plan.random(1);
        core = new SchedulerCore(effects, new CoreSettings(plan.traits.allowedFailures(), LEASE_US * 1_000, true, 0));
        core.reduceReplicasEvery(plan.traits.reduces() ? REDUCE_US * 1_000 : 0);
        router.core(core);
        check = new StateCheck(core);
        oracle = new Oracle(this);
        for (int i = 0; i < plan.traits.workers(); i++) {
            startWorker(name(i));
        }
        for (int i = 0; i < plan.traits.clients(); i++) {
            clients.add(new SimulatedClient(this, clients.size() + 1, plan.random(100 + i)));
        }
        for (long time = HEARTBEAT_US; time < CHAOS_US; time += HEARTBEAT_US) {
            at(
                    time,
                    () -> command(() -> {
                        core.tick(nowNs());
                        oracle.checkPatience();
                    }));
        }
        for (final Plan.Step step : plan.steps()) {
            if (!step.fault().isLasting) {
                at(step.timeUs(), () -> take(step));
            }
        }
    }

    /** Runs to the end; throws an AssertionError where something goes wrong. */
    void run() {
        drainUntil(CHAOS_US);
        heal();
        drain();
        clients.forEach(SimulatedClient::getAll);
        drain();
        settleCopies();
        oracle.checkAtRest();
        oracle.checkCopies();
        idle();
        clients.forEach(SimulatedClient::releaseAll);
        drain();
        settle();
        oracle.checkReleased();
        check.checkEmpty();
        idle();
        clients.stream().filter(client -> !client.hasLeft()).forEach(SimulatedClient::leave);
        drain();
        oracle.checkForgotten();
    }

    long hash() {
        return hash;
    }

    long handled() {
        return handled;
    }

    long now() {
        return now;
    }

    long nowNs() {
        return now * 1_000;
    }

    boolean isHealing() {
        return healing;
    }

    List<SimulatedWorker> workers() {
        return workers;
    }

    List<SimulatedClient> clients() {
        return clients;
    }

    Stream stream() {
        return new Stream();
    }

    void after(final long delayUs, final Runnable action) {
        at(now + delayUs, action);
    }

    void at(final long timeUs, final Runnable action) {
        events.add(new Event(Math.max(now, timeUs), sequence++, action));
    }

    /** Applies a command to the core, checks its state, and has what it leads to handed out soon. */
    void command(final Runnable command) {
        command.run();
        check.check();
        mix(0, core.transitions(), now);
        if (!scheduling) {
            scheduling = true;
            after(delays.nextInt(4), () -> {
                scheduling = false;
                core.schedule();
                check.checkScheduled();
            });
        }
    }

    /** Adds something that happened to the digest. */
    void mix(final long what, final long who, final long about) {
        hash = Long.rotateLeft(hash * 31 + what * 0x9E3779B97F4A7C15L ^ who, 23) * 0xBF58476D1CE4E5B9L + about;
    }

    void trace(final String what, final Object who, final Object about) {
        if (trace != World.Trace.NONE) {
            trace.line(now, what, who, about);
        }
    }

    void runFailed(
            final WorkerState worker,
            final long runId,
            final long identity,
            final long durationNs,
            final boolean unknown,
            final Object failure) {
        effects.reported(worker, runId);
        final SimulatedTask task = task(identity);
        final ClientState client = core.clients().get(task.client);
        final int slot = client == null ? ClientState.UNKNOWN : client.slot(task.taskId);
        if (slot != ClientState.UNKNOWN
                && core.tasks().runId[slot] == runId
                && core.tasks().worker[slot] == worker.number) {
            task.isOutcomeUnknown = unknown;
            if (failure instanceof SimulatedTask.TimedOut) {
                task.timedOut++;
            } else {
                task.failed++;
            }
        }
        core.runFailed(worker, runId, identity, durationNs, unknown, failure);
    }

    /** A worker was stopped to be followed by another. */
    void restarted(final SimulatedWorker worker) {
        if (worker.isAlive()) {
            throw new AssertionError("worker=" + worker + " does not stop");
        }
        after(delays.nextInt(400), () -> submitJob(worker.name));
    }

    SimulatedTask task(final long identity) {
        return clients.get((int) (identity >>> 32) - 1).tasks.get((int) identity);
    }

    /** Whether the core has a session of this number. */
    boolean isKnown(final int number) {
        return number >= 0 && number < core.workers().size() && core.workers().get(number) != null;
    }

    /** The process behind a session's number, if the core knows it. */
    @Nullable
    SimulatedWorker process(final int number) {
        return isKnown(number) ? sessions.get(number).worker : null;
    }

    /** The process behind a session's number, if it answers. */
    @Nullable
    SimulatedWorker reachable(final int number) {
        final SimulatedWorker worker = process(number);
        return worker != null && worker.answers() ? worker : null;
    }

    long transferUs() {
        if (healing) {
            return 1 + delays.nextInt(5);
        }
        return plan.has(Fault.SLOW_TRANSFERS) && chance(8) ? delays.nextInt(2_000) : 1 + delays.nextInt(40);
    }

    /** What is told of a run's duration: with long tasks times are told as if they were a thousand times as long. */
    long reportedNs(final long durationUs) {
        return durationUs * (plan.traits.longTasks() && !plan.has(Fault.WALLTIMES) ? 1_000_000 : 1_000);
    }

    long durationUs() {
        return healing || !chance(4) ? 1 + delays.nextInt(30) : delays.nextInt(900);
    }

    boolean isDuplicated() {
        return plan.has(Fault.DUPLICATES) && !healing && chance(6);
    }

    /** True once in so many times. */
    boolean chance(final int oneIn) {
        return delays.nextInt(oneIn) == 0;
    }

    private long delayUs() {
        if (healing) {
            return 1 + delays.nextInt(5);
        }
        final int kind = delays.nextInt(100);
        if (!plan.has(Fault.LATE_MESSAGES)) {
            return 1 + kind / 5;
        }
        return kind < 80 ? 1 + delays.nextInt(20) : kind < 98 ? delays.nextInt(200) : delays.nextInt(900);
    }

    private String name(final int index) {
        return index < NAMES.length ? NAMES[index] : NAMES[index % NAMES.length] + index;
    }

    // ----------------------------------------------------------------------------------------------------------
    // faults

    private void take(final Plan.Step step) {
        final SplittableRandom random = plan.random(step.salt());
        if (step.fault() == Fault.CLIENT) {
            clients.get(random.nextInt(clients.size())).act(random);
            return;
        }
        if (step.fault() == Fault.NEWCOMER) {
            if (workers.stream().filter(SimulatedWorker::isAlive).count() < maxWorkers) {
                startWorker(name(random.nextInt(maxWorkers)));
            }
            return;
        }
        final List<SimulatedWorker> living =
                workers.stream().filter(SimulatedWorker::isAlive).toList();
        if (living.isEmpty()) {
            return;
        }
        final SimulatedWorker worker = living.get(random.nextInt(living.size()));
        trace("fault", worker, step);
        strike(step.fault(), worker, random);
    }

    private void strike(final Fault fault, final SimulatedWorker worker, final SplittableRandom random) {
        final SimulatedSession session = worker.session();
        final WorkerState state = worker.state();
        switch (fault) {
            case CRASH -> crash(worker, random);
            case HOST_LOST -> worker.die();
            case SESSION_LOST -> {
                if (session != null) {
                    lose(session, random);
                }
            }
            case CUT_TO_WORKER -> {
                if (session != null) {
                    session.in.stallUntil(now + random.nextInt(3 * (int) LEASE_US));
                }
            }
            case CUT_FROM_WORKER -> {
                if (session != null) {
                    session.out.stallUntil(now + random.nextInt(3 * (int) LEASE_US));
                }
            }
            case BACK_PRESSURE -> {
                if (session != null) {
                    session.out.stallUntil(now + random.nextInt((int) LEASE_US / 2));
                }
            }
            case PAUSE -> {
                worker.pause(random.nextInt(1_500));
                if (random.nextInt(3) == 0) {
                    lookFor(worker, random);
                }
            }
            case NO_MEMORY -> {
                worker.lackMemory(true);
                after(random.nextInt(2_500), () -> {
                    if (worker.isAlive() && !healing) {
                        worker.lackMemory(false);
                    }
                });
            }
            case SLOW -> worker.becomeSlow();
            case DRAIN -> {
                if (!worker.isLeaving()) {
                    worker.drain(random.nextInt(3) * 400);
                    standStillSoon(worker, random);
                }
            }
            case RETIRE -> {
                if (state != null) {
                    final long patienceNs = random.nextBoolean() ? WorkerState.NEVER : random.nextLong(1_000_000);
                    final boolean mayWait = random.nextBoolean();
                    command(() -> core.retire(nowNs(), state, patienceNs, mayWait, "asked"));
                    worker.retired();
                    standStillSoon(worker, random);
                }
            }
            case PREEMPT -> {
                if (!worker.isLeaving()) {
                    worker.drain(200);
                }
                after(200 + random.nextInt(200), () -> {
                    if (worker.isAlive() && !healing) {
                        crash(worker, random);
                    }
                });
            }
            case MISLAY -> {
                final long[] held = worker.runs.inventory();
                if (held.length > 0) {
                    oracle.mislaid();
                    final long mislaid = held[2 * random.nextInt(held.length / 2)];
                    worker.mislay(mislaid);
                    if (session != null && random.nextBoolean()) {
                        look(mislaid, session);
                    }
                }
            }
            case ESCAPE -> {
                final var stray = worker.strayReport();
                if (stray != null && session != null) {
                    session.report(stray);
                }
            }
            case LATE_MESSAGES, SLOW_TRANSFERS, DUPLICATES, LATE_ANSWERS, WALLTIMES, BUSY_QUEUE, NEWCOMER, CLIENT ->
                throw new IllegalStateException("fault=" + fault + " strikes no worker");
        }
    }

    /** A client asks a worker for something that it holds. */
    private void lookFor(final SimulatedWorker worker, final SplittableRandom random) {
        final long[] held = worker.runs.inventory();
        if (held.length > 0 && worker.session() != null) {
            look(held[2 * random.nextInt(held.length / 2)], worker.session());
        }
    }

    private void look(final long identity, final SimulatedSession holder) {
        clients.get((int) (identity >>> 32) - 1).look(identity, holder.number);
    }

    /** A worker that leaves may not answer for a while. */
    private void standStillSoon(final SimulatedWorker worker, final SplittableRandom random) {
        if (random.nextInt(3) == 0) {
            after(random.nextInt(100), () -> {
                if (worker.isAlive() && !healing) {
                    worker.pause(random.nextInt(500));
                }
            });
        }
    }

    private void lose(final SimulatedSession session, final SplittableRandom random) {
        session.out.cutAt(now + random.nextInt(60));
        session.in.cutAt(now);
        sessionEnds(session, "its session is lost");
        after(random.nextInt(200), () -> session.worker.deliver(() -> session.worker.sessionOver(session)));
    }

    /** A worker is about to answer for runs that it was asked back. */
    void answers(final SimulatedSession session) {
        if (plan.has(Fault.LATE_ANSWERS) && !healing) {
            if (chance(4)) {
                lose(session, delays);
            } else {
                session.out.stallUntil(now + delays.nextInt((int) LEASE_US));
            }
        }
    }

    private void crash(final SimulatedWorker worker, final SplittableRandom random) {
        final SimulatedSession session = worker.session();
        final long[] underWay = worker.die();
        final boolean expected = random.nextInt(4) == 0;
        final boolean reported = random.nextInt(4) > 0;
        final boolean comesBack = random.nextInt(3) > 0;
        final long restartUs = random.nextInt(400);
        final long heardUs = session == null ? 0 : session.out.end() - now + 1 + random.nextInt(150);
        after(Math.max(0, heardUs), () -> {
            WorkerState suspected = null;
            if (session != null && session.isUp()) {
                remove(session, "it crashed", expected);
                suspected = worker.hasNanny && !expected && reported ? session.state() : null;
            }
            final WorkerState blamed = suspected;
            after(restartUs, () -> {
                if (blamed != null) {
                    blame(blamed, underWay);
                }
                if (comesBack) {
                    submitJob(worker.name.substring(0, 1));
                }
            });
        });
    }

    /** The scheduler hears that a session is over, after the last of what the worker said in it. */
    void sessionEnds(final SimulatedSession session, final String reason) {
        after(Math.max(0, session.out.end() - now) + 1 + delays.nextInt(150), () -> remove(session, reason, false));
    }

    private void remove(final SimulatedSession session, final String reason, final boolean expected) {
        final WorkerState state = session.state();
        if (state == null || state.gone) {
            return;
        }
        command(() -> {
            if (!expected && !state.draining && !state.isDue(core.nowNs())) {
                oracle.suspect(state);
            }
            core.removeWorker(state, reason, expected);
        });
    }

    private void blame(final WorkerState dead, final long[] underWay) {
        for (final long runId : underWay) {
            final long identity = dead.lostRuns.get(runId);
            if (identity != RunMap.NONE) {
                task(identity).suspicions++;
            }
        }
        if (underWay.length > 0) {
            command(() -> core.blame(dead, underWay, "it crashed"));
        }
    }

    // ----------------------------------------------------------------------------------------------------------
    // the batch system

    /** Asks the batch system for a worker: it may refuse a few times, and take its time. */
    private void submitJob(final String name) {
        if (healing) {
            return;
        }
        if (!plan.has(Fault.BUSY_QUEUE)) {
            startWorker(name);
        } else if (chance(3)) {
            after(200 + delays.nextInt(400), () -> submitJob(name));
        } else {
            after(delays.nextInt(1_500), () -> {
                if (!healing) {
                    startWorker(name);
                }
            });
        }
    }

    private void startWorker(final String name) {
        final SplittableRandom random = plan.random(10_000 + workers.size());
        final SimulatedWorker worker =
                new SimulatedWorker(this, name, 1 + random.nextInt(3), plan.traits.nannies(), offered(random), random);
        workers.add(worker);
        if (plan.has(Fault.WALLTIMES) && !healing && random.nextBoolean()) {
            final long marginUs = 1 + random.nextInt(600);
            final long endUs = now + marginUs + random.nextInt(3_000);
            worker.lasts(endUs - marginUs, endUs);
            at(endUs, () -> endJob(worker));
        }
        worker.connect();
        worker.beat();
    }

    /** In the end there are workers that can do anything. */
    private Map<String, Double> offered(final SplittableRandom random) {
        if (healing) {
            return Map.of("gpu", 2.0, "memory", 1.0);
        }
        return plan.traits.resources()
                ? Map.of("gpu", (double) random.nextInt(3), "memory", random.nextInt(11) / 10.0)
                : Map.of();
    }

    private void endJob(final SimulatedWorker worker) {
        if (worker.isAlive() && !healing) {
            final SimulatedSession session = worker.session();
            worker.die();
            if (session != null) {
                after(Math.max(0, session.out.end() - now) + 1, () -> remove(session, "its job is over", false));
            }
        }
    }

    SimulatedSession newSession(final SimulatedWorker worker) {
        final SimulatedSession session = new SimulatedSession(this, worker, sessions.size());
        sessions.add(session);
        return session;
    }

    void join(final WorkerState state) {
        router.workerJoined(new WorkerAddress(state.number, state.name, state.threads, state.host, 1, NO_FINGERPRINT));
        core.addWorker(nowNs(), state);
    }

    // ----------------------------------------------------------------------------------------------------------
    // healing

    private void heal() {
        healing = true;
        for (final SimulatedWorker worker : workers) {
            if (worker.isAlive()) {
                worker.pause(0);
            }
        }
        settle();
        oracle.checkPausing();
        for (final SimulatedWorker worker : workers) {
            if (worker.isAlive() && worker.lacksMemory()) {
                worker.lackMemory(false);
            }
        }
        settle();
        now += LEASE_US + 1;
        tick();
        oracle.checkStores();
        final List<SimulatedWorker> former = List.copyOf(workers);
        startFresh();
        clients.forEach(SimulatedClient::releaseResources);
        for (final SimulatedWorker worker : former) {
            final WorkerState state = worker.state();
            if (state != null) {
                command(() -> core.retire(nowNs(), state, WorkerState.NEVER, true, "others are here"));
            }
        }
        for (int i = 0; i < MAX_TICKS_TO_LEAVE && former.stream().anyMatch(worker -> worker.state() != null); i++) {
            now += plan.traits.actors() ? LEASE_US : 1;
            tick();
        }
        startFresh();
    }

    private void startFresh() {
        for (final String name : NAMES) {
            startWorker(name);
        }
        settle();
    }

    /** Lets the scheduler copy what is asked for more than once, and drop what is there too often. */
    private void settleCopies() {
        for (int i = 0; i < TICKS_TO_COPY; i++) {
            now += REDUCE_US;
            tick();
        }
    }

    /** While nobody wants anything for as long as 40 leases, which stand for ten minutes, nothing is said or done, by one seed in eight. */
    private void idle() {
        final long effectsBefore = effects.count();
        final long transitionsBefore = core.transitions();
        for (int i = plan.isLazy() ? IDLE_LEASES : 0; i > 0; i--) {
            now += LEASE_US - HEARTBEAT_US;
            tick();
        }
        if (effects.count() != effectsBefore || core.transitions() != transitionsBefore) {
            throw new AssertionError("the cluster is idle and does something: effects="
                    + (effects.count() - effectsBefore) + " transitions=" + (core.transitions() - transitionsBefore));
        }
    }

    private void tick() {
        for (final SimulatedWorker worker : workers) {
            final WorkerState state = worker.state();
            if (worker.isAlive() && state != null) {
                core.heartbeat(nowNs(), state);
            }
        }
        command(() -> core.tick(nowNs()));
        settle();
    }

    /** Lets everything happen that happens without time going on for long. */
    private void settle() {
        drain();
        for (final SimulatedWorker worker : workers) {
            if (worker.isAlive()) {
                worker.keepHouse();
            }
        }
        drain();
    }

    private void drain() {
        drainUntil(Long.MAX_VALUE);
    }

    private void drainUntil(final long end) {
        while (!events.isEmpty() && events.peek().timeUs < end) {
            final Event event = events.remove();
            now = event.timeUs;
            handled++;
            event.action.run();
            if (handled > MAX_EVENTS) {
                throw new AssertionError("it does not come to rest: events=" + handled);
            }
        }
    }

    /** One direction of a session: ordered, delayed, and cut at its end. */
    final class Stream {
        private long last;
        private long cutAt = Long.MAX_VALUE;

        void send(final Runnable message) {
            last = Math.max(last, now + delayUs());
            final long deliveredAt = last;
            at(deliveredAt, () -> {
                if (deliveredAt <= cutAt) {
                    message.run();
                }
            });
        }

        /** Nothing that is sent from now on arrives before. */
        void stallUntil(final long timeUs) {
            last = Math.max(last, timeUs);
        }

        void cutAt(final long timeUs) {
            cutAt = Math.min(cutAt, timeUs);
        }

        long end() {
            return Math.min(last, cutAt);
        }
    }

    private record Event(long timeUs, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(final Event other) {
            final int byTime = Long.compare(timeUs, other.timeUs);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
