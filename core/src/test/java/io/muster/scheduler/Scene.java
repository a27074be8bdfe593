package io.muster.scheduler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A scheduler core that a test gives commands to, one by one; the invariants are checked after each. */
final class Scene {
    static final long LEASE_NS = 1_000;

    final RecordingEffects effects = new RecordingEffects();
    final SchedulerCore core;
    final ClientState client;
    private int workers;
    private int clients;
    private boolean checking = true;

    Scene() {
        this(3);
    }

    Scene(final int allowedFailures) {
        this(new CoreSettings(allowedFailures, LEASE_NS, true, 0));
    }

    Scene(final CoreSettings settings) {
        core = new SchedulerCore(effects, settings);
        effects.core(core);
        client = joinClient();
    }

    /** For graphs so large that looking at all of it after each command would take long. */
    Scene unchecked() {
        checking = false;
        return this;
    }

    ClientState joinClient() {
        final ClientState joined = new ClientState(++clients, "client " + clients);
        core.addClient(joined);
        core.registerFunction(joined, 0, "body", "f");
        return joined;
    }

    WorkerState worker(final String name, final int threads) {
        return worker(name, "host", threads, false);
    }

    WorkerState worker(final String name, final String host, final int threads, final boolean nanny) {
        return add(new WorkerState(workers++, name, host, threads, 0, nanny, name));
    }

    /** A worker whose job is over at a time, and which begins to leave at another. */
    WorkerState worker(final String name, final int threads, final long leaveAtNs, final long endAtNs) {
        final WorkerState worker = new WorkerState(workers++, name, "host", threads, 0, false, name);
        worker.leaveAtNs = leaveAtNs;
        worker.endAtNs = endAtNs;
        return add(worker);
    }

    /** A worker that offers resources. */
    WorkerState worker(final String name, final int threads, final Map<String, Double> resources) {
        final WorkerState worker = new WorkerState(workers++, name, "host", threads, 0, false, name);
        worker.offer(Resources.of(resources));
        return add(worker);
    }

    /** A worker that offers resources, and whose nanny tells what it died of. */
    WorkerState workerWithNanny(final String name, final int threads, final Map<String, Double> resources) {
        final WorkerState worker = new WorkerState(workers++, name, "host", threads, 0, true, name);
        worker.offer(Resources.of(resources));
        return add(worker);
    }

    /** A worker with a memory limit. */
    WorkerState workerWithMemory(final String name, final long limitBytes) {
        return add(new WorkerState(workers++, name, "host", 1, limitBytes, false, name));
    }

    private WorkerState add(final WorkerState worker) {
        core.addWorker(core.nowNs(), worker);
        check();
        schedule();
        return worker;
    }

    void pause(final WorkerState worker, final boolean paused) {
        core.pause(core.nowNs(), worker, paused);
        check();
        schedule();
    }

    /** A worker answers for a task that it was asked to give back. */
    void answer(final WorkerState worker, final int task, final boolean isGivenUp) {
        answerForRun(worker, runId(slot(task)), isGivenUp);
    }

    void answerForRun(final WorkerState worker, final long runId, final boolean isGivenUp) {
        core.runTakenBack(worker, runId, isGivenUp);
        check();
        schedule();
    }

    void retire(final WorkerState worker, final long patienceNs) {
        retire(worker, patienceNs, true);
    }

    void retire(final WorkerState worker, final long patienceNs, final boolean mayWait) {
        core.retire(core.nowNs(), worker, patienceNs, mayWait, "asked");
        check();
        schedule();
    }

    /** Time goes on; workers give signs of life. */
    void tick(final long nowNs) {
        for (final WorkerState worker : core.workers()) {
            if (worker != null) {
                core.heartbeat(nowNs, worker);
            }
        }
        core.tick(nowNs);
        check();
        schedule();
    }

    /** A wanted task, and what can run is handed out. */
    int run(final int... inputs) {
        final int task = task().after(inputs).submit();
        schedule();
        return task;
    }

    Submission task() {
        return new Submission(client);
    }

    Submission task(final ClientState of) {
        return new Submission(of);
    }

    /** A call of an actor of the scene's client; wanted. */
    int call(final int actor) {
        return call(client, actor, ClientRequests.WANTED);
    }

    int call(final ClientState of, final int actor, final int flags) {
        final int task = of.nextTaskId();
        core.callActor(of, task, 0, (long) client.number << 32 | actor, flags, "payload");
        check();
        return task;
    }

    /** The calls assigned to a worker, in that order. */
    List<Integer> calls(final WorkerState worker) {
        final List<Integer> found = new ArrayList<>();
        for (int slot = worker.calls.first(); slot != TaskTable.NONE; slot = core.tasks().nextInList[slot]) {
            found.add(core.tasks().taskId[slot]);
        }
        return found;
    }

    int scatter(final String... on) {
        final int task = client.nextTaskId();
        core.scatter(client, task, 8, null, List.of(on));
        check();
        return task;
    }

    void schedule() {
        core.schedule();
        if (checking) {
            new StateCheck(core).checkScheduled();
        }
    }

    void check() {
        if (checking) {
            new StateCheck(core).check();
        }
    }

    /** The current run of a task ends with a small result after a millisecond. */
    void done(final int... ended) {
        for (final int task : ended) {
            done(task, 8, 1_000);
        }
    }

    void done(final int task, final long sizeBytes, final long durationUs) {
        final int slot = slot(task);
        core.runDone(runner(task), runId(slot), core.identity(slot), sizeBytes, durationUs * 1_000, false, null);
        check();
        schedule();
    }

    /** The current run of a task ends, and its value goes along to the client. */
    void doneInline(final int task) {
        final int slot = slot(task);
        core.runDone(runner(task), runId(slot), core.identity(slot), 8, 1_000, true, "value");
        check();
        schedule();
    }

    void failed(final int task, final Object failure) {
        final int slot = slot(task);
        core.runFailed(runner(task), runId(slot), core.identity(slot), 1_000_000, false, failure);
        check();
        schedule();
    }

    /** The current run of a task fails, and nobody knows what it did. */
    void failedUnknown(final int task, final Object failure) {
        final int slot = slot(task);
        core.runFailed(runner(task), runId(slot), core.identity(slot), 1_000_000, true, failure);
        check();
        schedule();
    }

    /** The current run of a task gives its thread up, or has one again. */
    void occupies(final int task, final boolean aThread) {
        final int slot = slot(task);
        core.longRunning(runner(task), runId(slot), core.identity(slot), !aThread);
        check();
        schedule();
    }

    /** The current run of a task asks whether it may begin. */
    void asks(final int task) {
        final int slot = slot(task);
        core.commitRequested(runner(task), runId(slot), core.identity(slot));
        check();
        schedule();
    }

    void retry(final int... failed) {
        core.retry(client, failed, failed.length);
        check();
        schedule();
    }

    void missing(final int task, final int input, final WorkerState holder, final boolean gone) {
        final int slot = slot(task);
        core.inputMissing(
                runner(task),
                runId(slot),
                core.identity(slot),
                core.identity(slot(input)),
                new int[] {holder.number},
                new boolean[] {gone});
        check();
        schedule();
    }

    void stored(final WorkerState worker, final int task) {
        stored(worker, task, 8);
    }

    void stored(final WorkerState worker, final int task, final long sizeBytes) {
        core.replicaStored(worker, (long) client.number << 32 | task, sizeBytes);
        check();
        schedule();
    }

    void notCopied(final WorkerState worker, final int task, final WorkerState holder, final boolean gone) {
        core.replicaFailed(worker, core.identity(slot(task)), new int[] {holder.number}, new boolean[] {gone});
        check();
        schedule();
    }

    void replicate(final int copies, final int... ofTasks) {
        core.replicate(client, ofTasks, ofTasks.length, copies);
        check();
        schedule();
    }

    void rebalance(final long requestId, final int... ofTasks) {
        core.rebalance(client, requestId, ofTasks, ofTasks.length);
        check();
        schedule();
    }

    void lose(final WorkerState worker) {
        remove(worker, false);
    }

    void remove(final WorkerState worker, final boolean expected) {
        core.removeWorker(worker, "it was killed", expected);
        check();
        schedule();
    }

    void cancel(final int... doomed) {
        core.cancel(client, doomed, doomed.length, false);
        check();
        schedule();
    }

    void release(final int... unwanted) {
        for (final int task : unwanted) {
            core.release(client, task);
            check();
        }
        schedule();
    }

    /** Gives the tasks' function this average duration. */
    void takes(final int functionId, final ClientState of, final long durationUs) {
        final Submission probe = task(of).function(functionId);
        final int task = probe.submit();
        core.function(of.slot(task)).observe(durationUs * 1_000);
        core.cancel(of, new int[] {task}, 1, false);
        effects.take();
    }

    TaskPhase phase(final int task) {
        final int slot = client.slot(task);
        return slot == ClientState.UNKNOWN ? TaskPhase.FORGOTTEN : core.tasks().phase(slot);
    }

    int slot(final int task) {
        return client.slot(task);
    }

    long runId(final int slot) {
        return core.tasks().runId[slot];
    }

    /** The worker that a task is on or waits for. */
    WorkerState runner(final int task) {
        final WorkerState worker = core.workers().get(core.tasks().worker[slot(task)]);
        if (worker == null) {
            throw new AssertionError("task=" + task + " is on no worker");
        }
        return worker;
    }

    /** The tasks assigned to a worker, in that order. */
    List<Integer> on(final WorkerState worker) {
        final List<Integer> found = new ArrayList<>();
        for (int slot = worker.runs.first(); slot != TaskTable.NONE; slot = core.tasks().nextInList[slot]) {
            found.add(core.tasks().taskId[slot]);
        }
        return found;
    }

    long live() {
        long live = 0;
        for (final TaskPhase phase : TaskPhase.values()) {
            live += core.tasks().count(phase);
        }
        return live;
    }

    /** A task about to be submitted: wanted, of function 0, without anything else. */
    final class Submission {
        private final ClientState of;
        private int functionId;
        private int priority;
        private int retries;
        private int flags = ClientRequests.WANTED;
        private int[] inputs = {};
        private long parent = TaskTerms.NO_PARENT;
        private long expectedUs;
        private @Nullable String key;
        private List<String> on = List.of();
        private Map<String, Double> resources = Map.of();

        private Submission(final ClientState of) {
            this.of = of;
        }

        Submission after(final int... tasks) {
            inputs = tasks;
            return this;
        }

        Submission function(final int id) {
            functionId = id;
            return this;
        }

        Submission priority(final int higherIsEarlier) {
            priority = higherIsEarlier;
            return this;
        }

        Submission retries(final int times) {
            retries = times;
            return this;
        }

        Submission key(final String name) {
            key = name;
            return this;
        }

        Submission on(final String... workersOrHosts) {
            on = List.of(workersOrHosts);
            return this;
        }

        Submission needs(final String resource, final double amount) {
            resources = new HashMap<>(resources);
            resources.put(resource, amount);
            return this;
        }

        Submission once() {
            flags |= ClientRequests.ONCE;
            return this;
        }

        Submission actor() {
            flags |= ClientRequests.ACTOR;
            return this;
        }

        Submission by(final int task) {
            return by(core.identity(slot(task)));
        }

        Submission by(final long identity) {
            parent = identity;
            return this;
        }

        Submission expected(final long microseconds) {
            expectedUs = microseconds;
            return this;
        }

        Submission orElsewhere() {
            flags |= ClientRequests.ALLOW_OTHER_WORKERS;
            return this;
        }

        Submission inner() {
            flags &= ~ClientRequests.WANTED;
            return this;
        }

        Submission moreFollow() {
            flags |= ClientRequests.MORE_OF_GRAPH;
            return this;
        }

        int submit() {
            final int taskId = of.nextTaskId();
            submitAs(taskId);
            return taskId;
        }

        void submitAs(final int taskId) {
            final TaskTerms terms = new TaskTerms(priority, retries, on, resources, parent, expectedUs);
            core.submit(of, taskId, functionId, flags, inputs, inputs.length, "payload", key, terms);
            check();
        }
    }
}
