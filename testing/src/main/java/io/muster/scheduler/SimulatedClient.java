package io.muster.scheduler;

import io.muster.data.ResultStore;
import io.muster.data.WorkerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A client that submits graphs of tasks, scatters, looks at results, wants them copied or moved, cancels, releases, submits a key again, and leaves. */
final class SimulatedClient implements ClientEvents {
    /** One in so many tasks tells how long it is expected to take. */
    private static final int TELLS = 3;

    private static final String[] PLACES = {"a", "b", "h0", "h1"};
    private static final int FUNCTIONS = 3;

    /** After twice as many questions without an answer as the scheduler allows, something is wrong. */
    private static final int MOST_UNANSWERED = 20;

    final ClientState state;
    final List<SimulatedTask> tasks = new ArrayList<>();
    private final Simulation simulation;
    private final Simulation.Stream in;
    private final Simulation.Stream out;
    private final int scatterPercent;
    private boolean left;
    private long asked;
    private long answered;

    SimulatedClient(final Simulation simulation, final int number, final SplittableRandom random) {
        this.simulation = simulation;
        state = new ClientState(number, this);
        scatterPercent = simulation.plan.traits.scatters() ? random.nextInt(40) : 0;
        in = simulation.stream();
        out = simulation.stream();
        say(() -> {
            simulation.core.addClient(state);
            simulation.router.clientJoined(this);
        });
        for (int function = 0; function < FUNCTIONS; function++) {
            final int id = function;
            say(() -> simulation.core.registerFunction(state, id, "body", "f" + id));
        }
    }

    boolean hasLeft() {
        return left;
    }

    /** Does something at random. */
    void act(final SplittableRandom random) {
        if (left) {
            return;
        }
        if (random.nextInt(100) < scatterPercent) {
            scatter(random);
            return;
        }
        if (simulation.plan.traits.actors() && random.nextInt(3) == 0) {
            useActors(random);
            return;
        }
        if (simulation.plan.traits.replicas() && random.nextInt(4) == 0) {
            spread(random);
        }
        final int chance = random.nextInt(100);
        if (chance < 45) {
            submitGraph(1 + random.nextInt(3), random);
        } else if (chance < 70) {
            submitGraph(2 + random.nextInt(12), random);
        } else if (chance < 85) {
            releaseSome(random);
        } else if (chance < 92 && simulation.plan.traits.cancels()) {
            cancelSome(random);
        } else if (chance < 94 && simulation.plan.traits.clientsLeave()) {
            leave();
        } else if (chance < 95 && simulation.plan.traits.restarts()) {
            restart();
        } else if (simulation.plan.traits.retries()) {
            retrySome();
        }
    }

    boolean hasAllAnswers() {
        return left || asked == answered;
    }

    void releaseAll() {
        if (!left) {
            tasks.stream().filter(task -> task.held).forEach(this::release);
        }
    }

    /** Closes the actors without which others could run. */
    void releaseResources() {
        if (!left) {
            tasks.stream().filter(task -> task.held && task.keepsResources).forEach(this::release);
        }
    }

    void leave() {
        left = true;
        out.send(() -> simulation.command(() -> {
            simulation.router.clientLeft(this);
            simulation.core.removeClient(state.number);
        }));
    }

    /** Fetches what it has not fetched yet. */
    void getAll() {
        for (final SimulatedTask task : tasks) {
            if (task.held && !task.gotten && task.finishedOn != TaskTable.NONE) {
                get(task, task.finishedOn);
            }
        }
    }

    @Override
    public void finished(
            final int taskId,
            final int worker,
            final long sizeBytes,
            final boolean inline,
            final @Nullable Object value) {
        final boolean gets = simulation.isHealing() || simulation.chance(3);
        in.send(() -> {
            final SimulatedTask task = tasks.get(taskId);
            finished(task, worker, inline, value, gets || task.insistedOn);
        });
    }

    private void finished(
            final SimulatedTask task,
            final int worker,
            final boolean inline,
            final @Nullable Object value,
            final boolean gets) {
        if (task.erred && task.retried == 0) {
            throw new AssertionError("task=" + task + " has failed and then finished");
        }
        task.erred = false;
        task.unanswered = worker == task.finishedOn ? task.unanswered : 0;
        task.finishedOn = worker;
        task.inline = inline;
        if (inline) {
            checkValue(task, value);
            task.gotten = true;
        } else if (task.held && !task.gotten && gets) {
            simulation.after(simulation.transferUs(), () -> get(task, worker));
        }
    }

    @Override
    public void erred(final int taskId, final Object failure) {
        in.send(() -> {
            final SimulatedTask task = tasks.get(taskId);
            if (task.erred && task.retried == 0) {
                throw new AssertionError("task=" + task + " has failed twice");
            }
            task.erred = true;
            task.failure = failure;
        });
    }

    @Override
    public void cancelled(final int taskId, final boolean lost, final String reason) {
        in.send(() -> {
            final SimulatedTask task = tasks.get(taskId);
            task.doomed |= lost && task.scattered;
            if (!task.mayBeCancelled()) {
                throw new AssertionError("task=" + task + " is cancelled though nobody asked for it");
            }
            task.held = false;
        });
    }

    @Override
    public void scatterTo(final int taskId, final int worker) {
        in.send(() -> simulation.after(simulation.transferUs(), () -> store(tasks.get(taskId), worker)));
    }

    private void store(final SimulatedTask task, final int worker) {
        final SimulatedWorker holder = simulation.process(worker);
        if (left || holder == null) {
            return;
        }
        if (holder.answers()) {
            holder.keep(task);
        } else if (holder.isAlive()) {
            simulation.after(simulation.transferUs(), () -> store(task, worker));
        }
    }

    @Override
    public void workerUp(final WorkerAddress worker) {}

    @Override
    public void workerDown(final int worker, final String reason) {}

    @Override
    public void infoReply(final long requestId, final String json) {
        in.send(() -> {
            if (requestId != ++answered) {
                throw new AssertionError("client=" + state.number + " has the answer to request=" + requestId
                        + " when that to request=" + answered + " is due");
            }
        });
    }

    @Override
    public void warning(final String text) {}

    @Override
    public void disconnected(final String reason) {}

    private void get(final SimulatedTask task, final int workerNumber) {
        if (left || !task.held || task.gotten) {
            return;
        }
        final SimulatedWorker worker = simulation.reachable(workerNumber);
        final Object value = worker == null ? ResultStore.ABSENT : worker.runs.get(task.identity());
        if (value == ResultStore.ABSENT) {
            final boolean gone = worker != null;
            task.unanswered += gone ? 0 : 1;
            if (task.unanswered > MOST_UNANSWERED) {
                throw new AssertionError("task=" + task + " is believed to be on worker=" + workerNumber
                        + ", which did not answer for so many times: " + task.unanswered);
            }
            simulation.trace("missing", task, workerNumber + " gone=" + gone);
            say(() -> simulation.core.resultMissing(state, task.taskId, workerNumber, gone));
        } else {
            checkValue(task, value);
            task.gotten = true;
            task.insistedOn = false;
            task.unanswered = 0;
        }
    }

    /** Asks a worker for a result once more, and again until it has it. */
    void look(final long identity, final int worker) {
        final SimulatedTask task = tasks.get((int) identity);
        if (task.held && !task.inline && task.finishedOn == worker) {
            task.gotten = false;
            task.insistedOn = true;
            simulation.after(simulation.transferUs(), () -> get(task, worker));
        }
    }

    private static void checkValue(final SimulatedTask task, final @Nullable Object value) {
        if (!(value instanceof Long number) || number != task.value) {
            throw new AssertionError("task=" + task + " has value=" + value + ", must be " + task.value);
        }
    }

    private void submitGraph(final int count, final SplittableRandom random) {
        final int from = tasks.size();
        for (int i = 0; i < count; i++) {
            final boolean last = i == count - 1;
            final List<SimulatedTask> inputs = inputs(from, random);
            final int failures =
                    simulation.plan.traits.failures() && random.nextInt(10) == 0 ? 1 + random.nextInt(3) : 0;
            final int function = random.nextInt(FUNCTIONS);
            final String chosen = random.nextInt(5) == 0 ? chosenKey(random) : null;
            final SimulatedTask task = new SimulatedTask(
                    state.number,
                    tasks.size(),
                    chosen == null ? "f" + function + "-" + state.number + "-" + tasks.size() : chosen,
                    inputs,
                    false,
                    failures,
                    random.nextInt(3),
                    random.nextInt(3) - 1);
            task.held = last || random.nextInt(3) == 0;
            task.once = simulation.plan.traits.once() && random.nextInt(4) == 0;
            task.secedes = simulation.plan.traits.secedes() && random.nextInt(3) == 0;
            task.timeoutUs = simulation.plan.traits.timeouts() && random.nextInt(4) == 0 ? 100 : 0;
            tasks.add(task);
            submit(task, function, chosen, !last, random);
        }
    }

    /** Makes an actor, or calls some of those that some client made. */
    private void useActors(final SplittableRandom random) {
        final List<SimulatedTask> actors = simulation.clients().stream()
                .flatMap(client -> client.tasks.stream())
                .filter(task -> task.isActor)
                .toList();
        if (actors.isEmpty() || random.nextInt(4) == 0) {
            final int failures = simulation.plan.traits.failures() && random.nextInt(10) == 0 ? 1 : 0;
            final String key = "f0-" + state.number + "-" + tasks.size();
            final SimulatedTask actor = new SimulatedTask(
                    state.number, tasks.size(), key, List.of(), false, failures, random.nextInt(2), 0);
            actor.isActor = true;
            actor.held = true;
            tasks.add(actor);
            final List<String> on = places(random);
            final Map<String, Double> resources = needs(random);
            actor.keepsResources = !resources.isEmpty();
            final int flags = ClientRequests.WANTED | ClientRequests.ACTOR;
            final TaskTerms terms = new TaskTerms(0, actor.retries, on, resources, TaskTerms.NO_PARENT, 0);
            say(() -> simulation.core.submit(state, actor.taskId, 0, flags, new int[0], 0, actor, null, terms));
        }
        for (int i = random.nextInt(6); i > 0 && !actors.isEmpty(); i--) {
            call(actors.get(random.nextInt(actors.size())), random);
        }
    }

    private void call(final SimulatedTask actor, final SplittableRandom random) {
        final int failures = simulation.plan.traits.failures() && random.nextInt(10) == 0 ? 1 : 0;
        final String key = "f1-" + state.number + "-" + tasks.size();
        final SimulatedTask call =
                new SimulatedTask(state.number, tasks.size(), key, List.of(actor), false, failures, 0, 0);
        call.isCall = true;
        call.held = random.nextInt(4) > 0;
        tasks.add(call);
        final int flags = call.held ? ClientRequests.WANTED : 0;
        say(() -> simulation.core.callActor(state, call.taskId, 1, actor.identity(), flags, call));
    }

    /** A key that may have been used before, by a task that may still run. */
    private static String chosenKey(final SplittableRandom random) {
        return "key " + random.nextInt(4);
    }

    private void submit(
            final SimulatedTask task,
            final int function,
            final @Nullable String key,
            final boolean moreFollow,
            final SplittableRandom random) {
        final int[] dependencies =
                task.inputs.stream().mapToInt(input -> input.taskId).toArray();
        final List<String> on = places(random);
        final int flags = (task.held ? ClientRequests.WANTED : 0)
                | (moreFollow ? ClientRequests.MORE_OF_GRAPH : 0)
                | (task.once ? ClientRequests.ONCE : 0)
                | (random.nextBoolean() ? ClientRequests.ALLOW_OTHER_WORKERS : 0);
        final Map<String, Double> resources = needs(random);
        final long expectedUs = task.taskId % TELLS == 0 ? (task.taskId + 1L) * 1_000 : 0;
        final TaskTerms terms =
                new TaskTerms(task.priority, task.retries, on, resources, TaskTerms.NO_PARENT, expectedUs);
        say(() -> simulation.core.submit(
                state, task.taskId, function, flags, dependencies, dependencies.length, task, key, terms));
    }

    private List<String> places(final SplittableRandom random) {
        return simulation.plan.traits.restrictions() && random.nextInt(6) == 0
                ? List.of(PLACES[random.nextInt(PLACES.length)])
                : List.of();
    }

    private Map<String, Double> needs(final SplittableRandom random) {
        if (!simulation.plan.traits.resources() || random.nextInt(3) > 0) {
            return Map.of();
        }
        return switch (random.nextInt(4)) {
            case 0 -> Map.of("gpu", 1.0);
            case 1 -> Map.of("gpu", 2.0);
            case 2 -> Map.of("memory", 0.1 * (1 + random.nextInt(9)));
            default -> Map.of("gpu", 1.0, "memory", 0.3);
        };
    }

    private List<SimulatedTask> inputs(final int graphFrom, final SplittableRandom random) {
        final List<SimulatedTask> inputs = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0 && !tasks.isEmpty(); i--) {
            final int back = random.nextInt(Math.min(tasks.size(), 12));
            final SimulatedTask input = tasks.get(tasks.size() - 1 - back);
            if (!input.isActor && (input.held || input.taskId >= graphFrom && !input.scattered)) {
                inputs.add(input);
            }
        }
        return inputs;
    }

    private void scatter(final SplittableRandom random) {
        final String key = "data-" + state.number + "-" + tasks.size();
        final SimulatedTask task = new SimulatedTask(state.number, tasks.size(), key, List.of(), true, 0, 0, 0);
        task.held = true;
        tasks.add(task);
        final List<String> on = places(random);
        say(() -> simulation.core.scatter(state, task.taskId, 100, null, on));
    }

    private void releaseSome(final SplittableRandom random) {
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

    private void cancelSome(final SplittableRandom random) {
        final int[] doomed = tasks.stream()
                .filter(task -> task.held && random.nextInt(6) == 0)
                .mapToInt(task -> task.taskId)
                .toArray();
        for (final int taskId : doomed) {
            tasks.get(taskId).doomed = true;
        }
        say(() -> {
            simulation.core.cancel(state, doomed, doomed.length, false);
            simulation.oracle.checkCancelled(state, doomed);
        });
    }

    /** Asks that all that it knows to have failed run again. */
    private void retrySome() {
        final List<SimulatedTask> failed = tasks.stream()
                .filter(task -> task.held && task.erred && !task.scattered && !task.isActor && !task.isCall)
                .toList();
        failed.forEach(SimulatedTask::retry);
        final int[] taskIds = failed.stream().mapToInt(task -> task.taskId).toArray();
        say(() -> {
            simulation.core.retry(state, taskIds, taskIds.length);
            failed.forEach(task -> simulation.oracle.checkTriedAgain(state, task));
        });
    }

    /** Has all tasks of all clients dropped, and all workers replaced. */
    private void restart() {
        out.send(() -> {
            for (final SimulatedClient client : simulation.clients()) {
                client.tasks.forEach(task -> task.doomed = true);
            }
            simulation.command(() -> simulation.core.restart(simulation.nowNs(), "a client wants it"));
        });
    }

    /** Asks for copies of some results, or for them to be moved, or for all to be. */
    private void spread(final SplittableRandom random) {
        final int[] some = tasks.stream()
                .filter(task -> task.held && random.nextBoolean())
                .mapToInt(task -> task.taskId)
                .toArray();
        if (random.nextInt(3) == 0) {
            final long requestId = ++asked;
            say(() -> simulation.core.rebalance(state, requestId, some, some.length));
        } else {
            final int copies = random.nextInt(4) == 0 ? Copies.EVERYWHERE : 1 + random.nextInt(3);
            say(() -> simulation.core.replicate(state, some, some.length, copies));
        }
    }

    private void say(final Runnable command) {
        out.send(() -> simulation.command(command));
    }
}
