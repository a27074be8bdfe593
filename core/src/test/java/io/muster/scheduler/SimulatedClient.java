package io.muster.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A client that submits graphs of tasks at random, looks at results, cancels and releases. */
final class SimulatedClient {
    private static final String[] PLACES = {"a", "b", "h0", "h1"};

    final ClientState state;
    final List<SimulatedTask> tasks = new ArrayList<>();
    final Simulation.Stream in;
    private final Simulation simulation;
    private final SplittableRandom random;
    private final Simulation.Stream out;
    private final int scatterPercent;
    private boolean left;
    private int unanswered;

    SimulatedClient(final Simulation simulation, final int number, final SplittableRandom random) {
        this.simulation = simulation;
        this.random = random;
        state = new ClientState(number, this);
        scatterPercent = simulation.swarm.scatters() ? random.nextInt(40) : 0;
        in = simulation.stream();
        out = simulation.stream();
        say(() -> simulation.core.addClient(state));
        for (int function = 0; function < 3; function++) {
            final int id = function;
            say(() -> simulation.core.registerFunction(state, id, "body", "f" + id));
        }
    }

    boolean hasLeft() {
        return left;
    }

    void act() {
        if (left) {
            return;
        }
        if (random.nextInt(100) < scatterPercent) {
            scatter();
            return;
        }
        if (simulation.swarm.replicas() && random.nextInt(4) == 0) {
            spread();
        }
        final int chance = random.nextInt(100);
        if (chance < 45) {
            submitGraph(1 + random.nextInt(3));
        } else if (chance < 70) {
            submitGraph(2 + random.nextInt(12));
        } else if (chance < 85) {
            releaseSome();
        } else if (chance < 92 && simulation.swarm.cancels()) {
            cancelSome();
        } else if (chance < 94 && simulation.swarm.clientsLeave()) {
            leave();
        }
    }

    void releaseAll() {
        if (!left) {
            tasks.stream().filter(task -> task.held).forEach(this::release);
        }
    }

    void leave() {
        left = true;
        out.send(() -> simulation.command(() -> simulation.core.removeClient(state.number)));
    }

    void finished(final int taskId, final int worker) {
        final SimulatedTask task = tasks.get(taskId);
        task.finishedOn = worker;
        if (task.held && !task.gotten && (simulation.isHealing() || random.nextInt(3) == 0)) {
            simulation.after(simulation.fetchUs(), () -> get(task, worker));
        }
    }

    /** Fetches what it has not fetched yet. */
    void getAll() {
        for (final SimulatedTask task : tasks) {
            if (task.held && !task.gotten && task.finishedOn != TaskTable.NONE) {
                get(task, task.finishedOn);
            }
        }
    }

    void erred(final int taskId, final Object failure) {
        final SimulatedTask task = tasks.get(taskId);
        task.erred = true;
        task.failure = failure;
    }

    void cancelled(final int taskId, final boolean lost) {
        final SimulatedTask task = tasks.get(taskId);
        task.doomed |= lost && task.scattered;
        if (!task.mayBeCancelled()) {
            throw new AssertionError("task=" + task + " is cancelled though nobody asked for it");
        }
        task.held = false;
    }

    void scatterTo(final int taskId, final int worker) {
        simulation.after(simulation.fetchUs(), () -> {
            final SimulatedWorker holder = simulation.worker(worker);
            if (!left && holder != null && holder.answers()) {
                holder.keep(tasks.get(taskId));
            } else if (!left && holder != null && holder.isAlive()) {
                scatterTo(taskId, worker);
            }
        });
    }

    private void get(final SimulatedTask task, final int workerNumber) {
        if (left || !task.held || task.gotten) {
            return;
        }
        final SimulatedWorker worker = simulation.worker(workerNumber);
        final Long value = SimulatedWorker.valueOn(worker, task);
        if (value == null) {
            final boolean gone = worker != null && worker.answers();
            task.finishedOn = TaskTable.NONE;
            simulation.trace("missing", task, workerNumber + " gone=" + gone);
            say(() -> simulation.core.resultMissing(state, task.taskId, workerNumber, gone));
        } else if (value != task.value) {
            throw new AssertionError("task=" + task + " has value=" + value + ", must be " + task.value);
        } else {
            task.gotten = true;
        }
    }

    private void submitGraph(final int count) {
        final int from = tasks.size();
        for (int i = 0; i < count; i++) {
            final boolean last = i == count - 1;
            final List<SimulatedTask> inputs = inputs(from);
            final int failures = simulation.swarm.failures() && random.nextInt(10) == 0 ? 1 + random.nextInt(3) : 0;
            final SimulatedTask task =
                    new SimulatedTask(state.number, tasks.size(), inputs, false, failures, random.nextInt(3));
            task.held = last || random.nextInt(3) == 0;
            tasks.add(task);
            submit(task, !last);
        }
    }

    private void submit(final SimulatedTask task, final boolean moreFollow) {
        final int[] dependencies =
                task.inputs.stream().mapToInt(input -> input.taskId).toArray();
        final String @Nullable [] on = places();
        final int flags = (task.held ? ClientRequests.WANTED : 0)
                | (moreFollow ? ClientRequests.MORE_OF_GRAPH : 0)
                | (random.nextBoolean() ? ClientRequests.ALLOW_OTHER_WORKERS : 0);
        final Map<String, Double> resources = needs();
        final int function = random.nextInt(3);
        final int priority = random.nextInt(3) - 1;
        say(() -> simulation.core.submit(
                state,
                task.taskId,
                function,
                priority,
                task.retries,
                flags,
                dependencies,
                dependencies.length,
                task,
                null,
                on,
                resources));
    }

    private String @Nullable [] places() {
        return simulation.swarm.restrictions() && random.nextInt(6) == 0
                ? new String[] {PLACES[random.nextInt(PLACES.length)]}
                : null;
    }

    private Map<String, Double> needs() {
        if (!simulation.swarm.resources() || random.nextInt(3) > 0) {
            return Map.of();
        }
        return switch (random.nextInt(4)) {
            case 0 -> Map.of("gpu", 1.0);
            case 1 -> Map.of("gpu", 2.0);
            case 2 -> Map.of("memory", 0.1 * (1 + random.nextInt(9)));
            default -> Map.of("gpu", 1.0, "memory", 0.3);
        };
    }

    private List<SimulatedTask> inputs(final int graphFrom) {
        final List<SimulatedTask> inputs = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0 && !tasks.isEmpty(); i--) {
            final int back = random.nextInt(Math.min(tasks.size(), 12));
            final SimulatedTask input = tasks.get(tasks.size() - 1 - back);
            if (input.held || input.taskId >= graphFrom && !input.scattered) {
                inputs.add(input);
            }
        }
        return inputs;
    }

    private void scatter() {
        final SimulatedTask task = new SimulatedTask(state.number, tasks.size(), List.of(), true, 0, 0);
        task.held = true;
        tasks.add(task);
        final String @Nullable [] on = places();
        say(() -> simulation.core.scatter(state, task.taskId, 100, null, on));
    }

    private void releaseSome() {
        for (final SimulatedTask task : tasks) {
            if (task.held && random.nextInt(4) == 0) {
                release(task);
            }
        }
    }

    private void release(final SimulatedTask task) {
        task.held = false;
        say(() -> simulation.core.release(state, task.taskId));
    }

    private void cancelSome() {
        final int[] doomed = tasks.stream()
                .filter(task -> task.held && random.nextInt(6) == 0)
                .mapToInt(task -> task.taskId)
                .toArray();
        for (final int taskId : doomed) {
            tasks.get(taskId).doomed = true;
        }
        say(() -> simulation.core.cancel(state, doomed, doomed.length));
    }

    /** Asks for copies of some results, or for all of them to be moved. */
    private void spread() {
        final int[] some = tasks.stream()
                .filter(task -> task.held && random.nextInt(2) == 0)
                .mapToInt(task -> task.taskId)
                .toArray();
        if (random.nextInt(3) == 0) {
            unanswered++;
            say(() -> simulation.core.rebalance(state, 0, some, some.length));
        } else {
            final int copies = random.nextInt(4) == 0 ? Copies.EVERYWHERE : 1 + random.nextInt(3);
            say(() -> simulation.core.replicate(state, some, some.length, copies));
        }
    }

    void answered() {
        unanswered--;
    }

    boolean hasAllAnswers() {
        return left || unanswered == 0;
    }

    private void say(final Runnable command) {
        out.send(() -> simulation.command(command));
    }
}
