package io.muster.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in one thread and virtual time: the real core, workers and clients that are simulated, and everything that can go wrong
 * between them, drawn from one seed. First chaos, then all faults end and everything has to come to rest as it should.
 */
final class Simulation {
    static final long HEARTBEAT_US = 100;
    private static final long LEASE_US = 600;
    private static final long REDUCE_US = 150;
    private static final long CHAOS_US = 6_000;
    private static final int MAX_EVENTS = 400_000;
    private static final int MAX_TICKS_TO_LEAVE = 100;
    private static final String[] NAMES = {"a", "b", "c", "d"};
    private static final boolean TRACES = Boolean.getBoolean("muster.sim.trace");

    final SplittableRandom faults;
    final SchedulerCore core;
    final Swarm swarm;
    private final SplittableRandom delays;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final int allowedFailures;
    private long now;
    private long sequence;
    private long digest;
    private boolean scheduling;
    private boolean healing;

    /** Which faults a seed has: leaving some out brings others out. */
    record Swarm(
            boolean crashes,
            boolean nannies,
            boolean drains,
            boolean pauses,
            boolean slowFetches,
            boolean duplicates,
            boolean mislays,
            boolean cancels,
            boolean restrictions,
            boolean failures,
            boolean scatters,
            boolean clientsLeave,
            boolean retires,
            boolean ends,
            boolean resources,
            boolean replicas,
            boolean reduces) {
        static Swarm of(final SplittableRandom random) {
            return new Swarm(
                    random.nextInt(4) > 0,
                    random.nextBoolean(),
                    random.nextInt(3) == 0,
                    random.nextInt(3) == 0,
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextInt(3) == 0,
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextInt(3) == 0,
                    random.nextBoolean(),
                    random.nextInt(3) == 0,
                    random.nextInt(3) == 0,
                    random.nextBoolean(),
                    random.nextInt(3) > 0);
        }
    }

    Simulation(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        faults = random.split();
        delays = random.split();
        swarm = Swarm.of(random.split());
        allowedFailures = random.nextInt(4);
        final Messages messages = new Messages();
        core = new SchedulerCore(messages, allowedFailures, LEASE_US * 1_000);
        core.reduceReplicasEvery(swarm.reduces ? REDUCE_US * 1_000 : 0);
        final int count = 1 + random.nextInt(NAMES.length);
        for (int i = 0; i < count; i++) {
            startWorker(NAMES[i]);
        }
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            startClient(random.split());
        }
        planActions(random.split());
        planFaults();
    }

    /** Runs to the end; throws an AssertionError where the core goes wrong. Returns a digest of what happened. */
    long run() {
        drainUntil(CHAOS_US);
        heal();
        drain();
        clients.forEach(SimulatedClient::getAll);
        drain();
        settleCopies();
        checkAtRest();
        checkCopies();
        clients.forEach(SimulatedClient::releaseAll);
        drain();
        checkReleased();
        clients.stream().filter(client -> !client.hasLeft()).forEach(SimulatedClient::leave);
        drain();
        checkForgotten();
        return digest;
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

    Stream stream() {
        return new Stream();
    }

    void after(final long delayUs, final Runnable action) {
        at(now + delayUs, action);
    }

    void at(final long timeUs, final Runnable action) {
        events.add(new Event(Math.max(now, timeUs), sequence++, action));
    }

    /** Applies a command to the core, and has what it leads to handed out soon. */
    void command(final Runnable command) {
        command.run();
        CoreInvariants.check(core);
        digest = digest * 31 + core.transitions() + now;
        if (!scheduling) {
            scheduling = true;
            after(delays.nextInt(4), () -> {
                scheduling = false;
                core.schedule();
                CoreInvariants.checkScheduled(core);
            });
        }
    }

    /** Prints a line where {@code -Dmuster.sim.trace=true} asks for it. */
    void trace(final String what, final Object who, final Object about) {
        if (TRACES) {
            System.out.println(now + " " + what + " " + who + " " + about);
        }
    }

    void runFailed(final WorkerState worker, final SimulatedWorker.Run run, final long durationUs) {
        final SimulatedTask task = run.task;
        final ClientState client = core.clients().get(task.client);
        final int slot = client == null ? ClientState.UNKNOWN : client.slot(task.taskId);
        if (slot != ClientState.UNKNOWN && core.tasks().runId[slot] == run.runId) {
            task.failed++;
        }
        core.runFailed(worker, run.runId, task.identity(), durationUs * 1_000, task);
    }

    @Nullable
    SimulatedWorker worker(final int number) {
        return number < 0 || number >= workers.size() ? null : workers.get(number);
    }

    long fetchUs() {
        if (healing) {
            return 1 + delays.nextInt(5);
        }
        return swarm.slowFetches && delays.nextInt(8) == 0 ? delays.nextInt(2_000) : 1 + delays.nextInt(40);
    }

    long durationUs() {
        return healing || delays.nextInt(4) > 0 ? 1 + delays.nextInt(30) : delays.nextInt(900);
    }

    boolean isDuplicated() {
        return swarm.duplicates && !healing && faults.nextInt(6) == 0;
    }

    private long delayUs() {
        if (healing) {
            return 1 + delays.nextInt(5);
        }
        final int chance = delays.nextInt(100);
        return chance < 80 ? 1 + delays.nextInt(20) : chance < 98 ? delays.nextInt(200) : delays.nextInt(900);
    }

    private void startClient(final SplittableRandom random) {
        clients.add(new SimulatedClient(this, clients.size() + 1, random));
    }

    private void planActions(final SplittableRandom random) {
        for (int i = 4 + random.nextInt(16); i > 0; i--) {
            final SimulatedClient client = clients.get(random.nextInt(clients.size()));
            at(random.nextLong(CHAOS_US), client::act);
        }
    }

    private void planFaults() {
        for (long time = HEARTBEAT_US; time < CHAOS_US; time += HEARTBEAT_US) {
            at(time, () -> command(() -> core.tick(nowNs())));
        }
        for (int i = faults.nextInt(10); i > 0; i--) {
            at(faults.nextLong(CHAOS_US), this::strike);
        }
    }

    private void strike() {
        final SimulatedWorker worker = workers.get(faults.nextInt(workers.size()));
        final int kind = faults.nextInt(10);
        if (kind == 0) {
            if (workers.stream().filter(SimulatedWorker::isAlive).count() < NAMES.length) {
                startWorker(NAMES[faults.nextInt(NAMES.length)]);
            }
        } else if (!worker.isAlive()) {
            return;
        } else if (kind < 5 && swarm.crashes) {
            crash(worker);
        } else if (kind == 5 && swarm.crashes) {
            worker.die();
        } else if (kind < 7 && swarm.drains && !worker.isLeaving()) {
            worker.drain(faults.nextInt(3) * 400);
        } else if (kind < 8 && swarm.retires && core.workers().contains(worker.state)) {
            final long patienceNs = faults.nextBoolean() ? WorkerState.NEVER : faults.nextLong(1_000_000);
            command(() -> core.retire(nowNs(), worker.state, patienceNs, faults.nextBoolean(), "asked"));
            worker.retired();
        } else if (kind < 9 && swarm.pauses) {
            worker.pause(faults.nextInt(1_500));
        } else if (swarm.mislays && !worker.results.isEmpty()) {
            final List<Long> held = new ArrayList<>(worker.results.keySet());
            worker.mislay(held.get(faults.nextInt(held.size())));
        }
    }

    private void crash(final SimulatedWorker worker) {
        final long[] underWay = worker.die();
        final boolean expected = faults.nextInt(4) == 0;
        final boolean reported = faults.nextInt(4) > 0;
        at(worker.lastHeardAt() + 1 + faults.nextInt(150), () -> {
            final boolean known = core.workers().contains(worker.state);
            if (known) {
                remove(worker.state, "it crashed", expected);
            }
            final boolean blames = known && worker.state.hasNanny && !expected && reported;
            after(faults.nextInt(400), () -> restart(worker, blames ? underWay : new long[0]));
        });
    }

    private void remove(final WorkerState worker, final String reason, final boolean expected) {
        command(() -> {
            if (!expected && !worker.draining && !worker.isDue(core.nowNs())) {
                suspect(worker);
            }
            core.removeWorker(worker, reason, expected);
        });
    }

    private void suspect(final WorkerState dead) {
        int left = dead.hasNanny ? 0 : dead.threads;
        for (int slot = dead.runs.first(); slot != TaskTable.NONE && left > 0; slot = core.tasks().nextInList[slot]) {
            ((SimulatedTask) core.tasks().payload[slot]).suspicions++;
            left--;
        }
    }

    private void restart(final SimulatedWorker dead, final long[] blamed) {
        for (final long runId : blamed) {
            final long identity = dead.state.lostRuns.get(runId);
            if (identity != dead.state.lostRuns.missingValue()) {
                task(identity).suspicions++;
            }
        }
        if (blamed.length > 0) {
            command(() -> core.blame(dead.state, blamed, "it crashed"));
        }
        if (faults.nextInt(3) > 0) {
            startWorker(dead.state.name.substring(0, 1));
        }
    }

    private SimulatedTask task(final long identity) {
        return clients.get((int) (identity >>> 32) - 1).tasks.get((int) identity);
    }

    private void startWorker(final String name) {
        final int number = workers.size();
        final boolean taken = workers.stream()
                .filter(worker -> worker.isAlive() || core.workers().contains(worker.state))
                .anyMatch(worker -> worker.state.name.equals(name));
        final WorkerState state = new WorkerState(
                number,
                taken ? name + "~" + number : name,
                "h" + name.charAt(0) % 2,
                1 + faults.nextInt(3),
                0,
                swarm.nannies,
                name);
        state.offer(Resources.of(offered()));
        final SimulatedWorker worker = new SimulatedWorker(this, state);
        workers.add(worker);
        if (swarm.ends && !healing && faults.nextBoolean()) {
            final long marginUs = 1 + faults.nextInt(600);
            final long endUs = now + marginUs + faults.nextInt(3_000);
            state.leaveAtNs = (endUs - marginUs) * 1_000;
            state.endAtNs = endUs * 1_000;
            at(endUs, () -> endJob(worker));
        }
        worker.register(() -> command(() -> core.addWorker(nowNs(), state)));
    }

    /** In the end there are workers that can do anything. */
    private Map<String, Double> offered() {
        if (healing) {
            return Map.of("gpu", 2.0, "memory", 1.0);
        }
        return swarm.resources
                ? Map.of("gpu", (double) faults.nextInt(3), "memory", faults.nextInt(11) / 10.0)
                : Map.of();
    }

    private void endJob(final SimulatedWorker worker) {
        if (worker.isAlive() && !healing) {
            worker.die();
            at(worker.lastHeardAt() + 1, () -> {
                if (core.workers().contains(worker.state)) {
                    remove(worker.state, "its job is over", false);
                }
            });
        }
    }

    private void heal() {
        healing = true;
        for (final SimulatedWorker worker : workers) {
            if (worker.isAlive()) {
                worker.pause(0);
            }
        }
        drain();
        now += LEASE_US + 1;
        tick();
        final List<SimulatedWorker> former = List.copyOf(workers);
        for (final String name : NAMES) {
            startWorker(name);
        }
        drain();
        for (final SimulatedWorker worker : former) {
            if (worker.isAlive() && !worker.state.gone) {
                command(() -> core.retire(nowNs(), worker.state, WorkerState.NEVER, true, "others are here"));
            }
        }
        for (int i = 0; i < MAX_TICKS_TO_LEAVE && workers.stream().anyMatch(worker -> isIn(worker, former)); i++) {
            now++;
            tick();
        }
        for (final String name : NAMES) {
            startWorker(name);
        }
        drain();
    }

    private static boolean isIn(final SimulatedWorker worker, final List<SimulatedWorker> former) {
        return former.contains(worker) && worker.isAlive() && !worker.state.gone;
    }

    private void tick() {
        for (final SimulatedWorker worker : workers) {
            if (worker.isAlive() && !worker.state.gone) {
                core.heartbeat(nowNs(), worker.state);
            }
        }
        command(() -> core.tick(nowNs()));
        drain();
    }

    /** Lets the scheduler copy what is asked for more than once, and drop what is there too often. */
    private void settleCopies() {
        for (int i = 0; i < 3; i++) {
            now += REDUCE_US;
            tick();
        }
    }

    /** Every result is there as often as was asked for. */
    private void checkCopies() {
        require(clients.stream().allMatch(SimulatedClient::hasAllAnswers), null, "a client waits for an answer");
        final int living = core.livingWorkers();
        for (int slot = 0; slot < core.tasks().limit(); slot++) {
            if (core.tasks().phase(slot) == TaskPhase.MEMORY && core.tasks().waiters[slot] == 0) {
                final int copies = 1 + core.tasks().furtherHolders(slot).length;
                final int asked = Math.min(core.copies().asked(slot), living);
                final boolean isAsAsked = swarm.reduces ? copies == asked : copies >= asked;
                require(isAsAsked, task(core.identity(slot)), "has copies=" + copies + ", asked for are " + asked);
            }
        }
    }

    /** No copy that the scheduler drops was the last one. */
    private void checkIsElsewhere(final WorkerState freed, final long task) {
        final ClientState client = core.clients().get((int) (task >>> 32));
        final int slot = client == null ? ClientState.UNKNOWN : client.slot((int) task);
        if (slot == ClientState.UNKNOWN
                || core.tasks().phase(slot) != TaskPhase.MEMORY
                || core.tasks().isHeldBy(slot, freed.number)
                || !workers.get(freed.number).results.containsKey(task)
                || freed.stopping
                || swarm.mislays) {
            return;
        }
        if (core.tasks().holder[slot] == TaskTable.NONE) {
            require(swarm.pauses || !workers.get(freed.number).answers(), task(task), "is dropped though it is there");
            return;
        }
        for (int edge = core.tasks().dependents[slot];
                edge != EdgePool.NONE;
                edge = core.edges().nextDependent(edge)) {
            final int dependent = core.edges().dependent(edge);
            if (core.tasks().phase(dependent) == TaskPhase.PROCESSING && !swarm.pauses) {
                require(
                        core.tasks().isHeldBy(slot, core.tasks().worker[dependent]),
                        task(task),
                        "is dropped while a task fetches it, or where one uses it");
            }
        }
        for (final SimulatedWorker other : workers) {
            if (other != workers.get(freed.number)
                    && core.tasks().isHeldBy(slot, other.state.number)
                    && other.isAlive()
                    && !other.results.containsKey(task)) {
                throw new AssertionError(
                        "task=" + task(task) + " is dropped on " + freed.name + " and not on " + other);
            }
        }
    }

    private void drain() {
        drainUntil(Long.MAX_VALUE);
    }

    private void drainUntil(final long end) {
        while (!events.isEmpty() && events.peek().timeUs < end) {
            final Event event = events.remove();
            now = event.timeUs;
            event.action.run();
            if (event.number > MAX_EVENTS) {
                throw new AssertionError("it does not come to rest: events=" + event.number);
            }
        }
    }

    private void checkAtRest() {
        for (final SimulatedClient client : clients) {
            if (!client.hasLeft()) {
                client.tasks.stream().filter(task -> task.held).forEach(this::checkResolved);
            }
        }
        checkStores();
        for (final WorkerState worker : core.workers()) {
            if (worker != null && worker.draining) {
                throw new AssertionError("worker=" + worker.name + " does not come to leave");
            }
        }
    }

    private void checkResolved(final SimulatedTask task) {
        if (task.gotten) {
            if (task.mustFail()) {
                throw new AssertionError("task=" + task + " has a result though it must fail");
            }
            return;
        }
        if (!task.erred) {
            throw new AssertionError("task=" + task + " is neither finished nor erred: " + describe(task));
        }
        final SimulatedTask root;
        if (task.failure instanceof SimulatedTask failed) {
            root = failed;
            require(failed.failsByItself(), task, "failed though it has retries left");
        } else if (task.failure instanceof RecordingEffects.Failure found) {
            final String[] numbers = found.key().split("-");
            root = clients.get(Integer.parseInt(numbers[1]) - 1).tasks.get(Integer.parseInt(numbers[2]));
            if (found.kind() == Effects.FailureKind.KILLED_WORKER) {
                require(root.suspicions > allowedFailures, task, "is blamed for more deaths than it can have caused");
            } else {
                require(root.scattered, task, "is said to be lost though it can be computed again");
                require(
                        found.message().contains("was held by") || root.doomed,
                        task,
                        "failed though what it is made from was dropped, not lost");
            }
        } else {
            throw new AssertionError("task=" + task + " erred with failure=" + task.failure);
        }
        require(task.isMadeFrom(root), task, "erred because of task " + root + ", which it is not made from");
    }

    private String describe(final SimulatedTask task) {
        final ClientState client = core.clients().get(task.client);
        final int slot = client == null ? ClientState.UNKNOWN : client.slot(task.taskId);
        return slot == ClientState.UNKNOWN
                ? "it is forgotten"
                : "phase=" + core.tasks().phase(slot) + " worker=" + core.tasks().worker[slot] + " inputs="
                        + task.inputs;
    }

    /** What the scheduler believes about results is so. */
    private void checkStores() {
        final Map<String, Integer> believed = new HashMap<>();
        for (int slot = 0; slot < core.tasks().limit(); slot++) {
            if (core.tasks().phase(slot) == TaskPhase.MEMORY) {
                believed.merge(core.identity(slot) + " on " + core.tasks().holder[slot], 1, Integer::sum);
                for (final int further : core.tasks().furtherHolders(slot)) {
                    believed.merge(core.identity(slot) + " on " + further, 1, Integer::sum);
                }
            }
        }
        for (final SimulatedWorker worker : workers) {
            if (worker.isAlive() && !worker.state.gone) {
                for (final long task : worker.results.keySet()) {
                    if (believed.remove(task + " on " + worker.state.number) == null) {
                        throw new AssertionError("worker=" + worker + " holds task=" + task(task) + " for nothing");
                    }
                }
            }
        }
        if (!believed.isEmpty() && !swarm.mislays) {
            throw new AssertionError("not where the scheduler believes: " + believed.keySet());
        }
    }

    private void checkReleased() {
        CoreInvariants.checkEmpty(core);
        for (final SimulatedWorker worker : workers) {
            if (worker.isAlive() && !worker.state.gone && !worker.results.isEmpty()) {
                throw new AssertionError("worker=" + worker + " still holds results=" + worker.results.keySet());
            }
        }
    }

    private void checkForgotten() {
        for (final SimulatedWorker worker : workers) {
            if (worker.isAlive() && !worker.state.gone && worker.hasFunctions()) {
                throw new AssertionError("worker=" + worker + " still has functions of clients that left");
            }
        }
        require(core.clients().isEmpty(), null, "clients are left");
    }

    private static void require(final boolean holds, final @Nullable SimulatedTask task, final String what) {
        if (!holds) {
            throw new AssertionError("task=" + task + " " + what);
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

        void cutAt(final long timeUs) {
            cutAt = timeUs;
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

    /** Takes the core's effects to the simulated peers. */
    private final class Messages implements Effects {
        @Override
        public void registerFunction(final WorkerState worker, final FunctionState function) {
            final SimulatedWorker peer = peer(worker);
            peer.tell(() -> peer.learn(function.id));
        }

        @Override
        public void forgetFunction(final WorkerState worker, final FunctionState function) {
            final SimulatedWorker peer = peer(worker);
            peer.tell(() -> peer.forget(function.id));
        }

        @Override
        public void assign(final WorkerState worker, final int slot) {
            final TaskTable tasks = core.tasks();
            if (worker.draining) {
                throw new AssertionError("worker=" + worker.name + " is leaving and gets a task");
            }
            checkFits(core.kind(slot), worker);
            final List<Long> inputs = new ArrayList<>();
            final Map<Long, int[]> holders = new HashMap<>();
            for (int edge = tasks.inputs[slot];
                    edge != EdgePool.NONE;
                    edge = core.edges().nextInput(edge)) {
                final int input = core.edges().input(edge);
                final int[] further = tasks.furtherHolders(input);
                final int[] named = new int[1 + Math.min(2, further.length)];
                named[0] = tasks.holder[input];
                System.arraycopy(further, 0, named, 1, named.length - 1);
                inputs.add(core.identity(input));
                holders.put(core.identity(input), named);
            }
            final SimulatedWorker.Run run = new SimulatedWorker.Run(
                    tasks.runId[slot],
                    (SimulatedTask) tasks.payload[slot],
                    core.function(slot).id,
                    inputs.stream().mapToLong(Long::longValue).toArray(),
                    holders);
            trace("assign", worker.name, run.task + " run " + run.runId);
            final SimulatedWorker peer = peer(worker);
            peer.tell(() -> peer.assign(run));
        }

        @Override
        public void free(final WorkerState worker, final long task) {
            trace("free", worker.name, task(task));
            checkIsElsewhere(worker, task);
            final SimulatedWorker peer = peer(worker);
            peer.tell(() -> peer.free(task));
        }

        @Override
        public void abandon(final WorkerState worker, final long runId) {
            trace("abandon", worker.name, "run " + runId);
            final SimulatedWorker peer = peer(worker);
            peer.tell(() -> peer.abandon(runId));
        }

        private void checkFits(final TaskKind kind, final WorkerState worker) {
            if (!kind.names(worker) && !kind.orOthers) {
                throw new AssertionError(
                        "worker=" + worker.name + " gets a task for " + Arrays.toString(kind.restriction));
            }
            final long durationUs = kind.function.knownUs();
            if (!worker.couldDo(core.nowNs(), durationUs)
                    && core.workers().stream().anyMatch(other -> other != null && outlasts(durationUs, kind, other))) {
                throw new AssertionError("worker=" + worker.name + " gets a task that it can't finish: durationUs="
                        + durationUs + " remainingNs=" + worker.remainingNs(core.nowNs()));
            }
        }

        /** Whether a worker would have had the time for a task of a kind when it was new. */
        private static boolean outlasts(final long durationUs, final TaskKind kind, final WorkerState worker) {
            return kind.names(worker) && worker.offers(kind.needs) && worker.couldDo(worker.joinedAtNs, durationUs);
        }

        @Override
        public void replicate(final WorkerState destination, final int slot) {
            final TaskTable tasks = core.tasks();
            final long task = core.identity(slot);
            final int[] further = tasks.furtherHolders(slot);
            final int[] holders = Arrays.copyOf(new int[] {tasks.holder[slot]}, 1 + further.length);
            System.arraycopy(further, 0, holders, 1, further.length);
            trace("replicate", destination.name, task(task));
            if (destination.draining) {
                throw new AssertionError("worker=" + destination.name + " is leaving and gets a copy");
            }
            final SimulatedWorker peer = peer(destination);
            peer.tell(() -> peer.replicate(task, holders));
        }

        @Override
        public void stop(final WorkerState worker, final String reason) {
            trace("stop", worker.name, reason);
            if (worker.stopAtNs == WorkerState.NEVER || core.nowNs() < worker.stopAtNs) {
                checkNothingIsLost(worker);
            }
            final SimulatedWorker peer = peer(worker);
            peer.tell(peer::stop);
        }

        private void checkNothingIsLost(final WorkerState worker) {
            final boolean anyStays = core.workers().stream().anyMatch(other -> other != null && !other.draining);
            for (int slot = 0; slot < core.tasks().limit(); slot++) {
                final int held = slot;
                if (core.tasks().phase(slot) == TaskPhase.MEMORY
                        && core.tasks().isHeldBy(slot, worker.number)
                        && (anyStays || worker.mayWait && core.tasks().isNeeded(slot))
                        && core.workers().stream()
                                .noneMatch(other -> other != null
                                        && !other.draining
                                        && core.tasks().isHeldBy(held, other.number))) {
                    throw new AssertionError(
                            "worker=" + worker.name + " is stopped and takes slot=" + slot + " with it");
                }
            }
            if (worker.assigned > 0) {
                throw new AssertionError("worker=" + worker.name + " is stopped while it works");
            }
        }

        @Override
        public void workerGone(final WorkerState worker, final String reason) {
            trace("gone", worker.name, reason);
            final SimulatedWorker peer = peer(worker);
            if (peer.isAlive()) {
                after(delayUs(), () -> {
                    if (peer.isAlive()) {
                        peer.die();
                        after(delayUs(), () -> startWorker(worker.name.substring(0, 1)));
                    }
                });
            }
        }

        @Override
        public void finished(
                final ClientState client,
                final int taskId,
                final int worker,
                final long sizeBytes,
                final boolean inline,
                final @Nullable Object value) {
            trace("finished", client.number + ":" + taskId, worker);
            final SimulatedClient peer = peer(client);
            peer.in.send(() -> peer.finished(taskId, worker));
        }

        @Override
        public void erred(final ClientState client, final int taskId, final Object failure) {
            trace("erred", client.number + ":" + taskId, failure);
            final SimulatedClient peer = peer(client);
            peer.in.send(() -> peer.erred(taskId, failure));
        }

        @Override
        public void cancelled(final ClientState client, final int taskId, final boolean lost, final String reason) {
            trace("cancelled", client.number + ":" + taskId, reason);
            final SimulatedClient peer = peer(client);
            peer.in.send(() -> peer.cancelled(taskId, lost));
        }

        @Override
        public void scatterTo(final ClientState client, final int taskId, final int worker) {
            trace("scatter", client.number + ":" + taskId, worker);
            final SimulatedClient peer = peer(client);
            peer.in.send(() -> peer.scatterTo(taskId, worker));
        }

        @Override
        public void answer(final ClientState client, final long requestId, final String json) {
            trace("answer", client.number, json);
            final SimulatedClient peer = peer(client);
            peer.in.send(peer::answered);
        }

        @Override
        public Object failure(
                final FailureKind kind,
                final String key,
                final String worker,
                final int attempt,
                final String message) {
            return new RecordingEffects.Failure(kind, key, worker, attempt, message);
        }

        private SimulatedWorker peer(final WorkerState worker) {
            return workers.get(worker.number);
        }

        private static SimulatedClient peer(final ClientState client) {
            return (SimulatedClient) client.peer;
        }
    }
}
