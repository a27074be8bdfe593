package io.muster.bench;

import io.muster.Client;
import io.muster.Delayed;
import io.muster.Graph;
import io.muster.LocalCluster;
import io.muster.MusterException;
import io.muster.TaskFuture;
import io.muster.TaskState;
import io.muster.config.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A small benchmark on Muster. */
final class MusterMicro implements MicroContender {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int SHARED = 5;

    private final Micro micro;
    private final LocalCluster cluster;
    private final Client client;

    MusterMicro(final Micro micro) {
        this.micro = micro;
        cluster = (micro.isOfProcesses() ? ClusterKind.AERON : ClusterKind.IN_PROCESS)
                .builder()
                .workers(micro.workers())
                .threadsPerWorker(micro.threads())
                .start();
        try {
            client = cluster.connect();
        } catch (final RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    @Override
    public Micro.Outcome run() {
        return switch (micro) {
            case SINGLE_FUTURE -> oneByOne();
            case LARGE_MAP -> awaitAll(() -> client.map(MicroTasks::increment, numbers()));
            case LARGE_MAP_DEPS -> awaitAll(this::shared);
            case LARGE_MAP_FIRST_WORK -> first();
            case MEMORY_EFFICIENT -> chains();
            case TRIVIAL_WORK_NOT_STOLEN -> awaitAll(this::trivial);
            case INHOMOGENEOUS -> awaitAll(this::sleeps);
            case SCALING_UP -> scaling();
            case STRAGGLER -> straggling();
        };
    }

    private List<Integer> numbers() {
        return IntStream.range(0, micro.tasks()).boxed().toList();
    }

    private Micro.Outcome oneByOne() {
        final long startNs = System.nanoTime();
        for (int i = 0; i < micro.tasks(); i++) {
            final int number = i;
            try (Held<Integer> held = new Held<>(List.of(client.submit(() -> MicroTasks.increment(number))))) {
                check(held.futures().get(0).join() == number + 1);
            }
        }
        return new Micro.Outcome(secondsSince(startNs), 0, 0);
    }

    private <R> Micro.Outcome awaitAll(final Submission<R> submission) {
        final long before = takenBack();
        final long startNs = System.nanoTime();
        try (Held<R> held = new Held<>(submission.submit())) {
            client.awaitAll(held.futures(), PATIENCE);
            final double seconds = secondsSince(startNs);
            held.futures().forEach(future -> check(future.state() == TaskState.FINISHED));
            return new Micro.Outcome(seconds, takenBack() - before, 0);
        } finally {
            client.info();
        }
    }

    private List<TaskFuture<Integer>> shared() {
        final Graph graph = new Graph();
        final List<Delayed<Integer>> inputs = new ArrayList<>();
        for (int i = 0; i < SHARED; i++) {
            final int number = i;
            inputs.add(graph.task(() -> number));
        }
        final List<Delayed<Integer>> nodes = new ArrayList<>(micro.tasks());
        for (int i = 0; i < micro.tasks(); i++) {
            final int number = i;
            nodes.add(graph.combineAll(inputs, values -> MicroTasks.increment(number)));
        }
        return client.compute(nodes);
    }

    private Micro.Outcome first() {
        final long startNs = System.nanoTime();
        try (Held<Integer> held = new Held<>(client.map(MicroTasks::increment, numbers()))) {
            check(client.asCompleted(held.futures()).iterator().next().join() > 0);
            final double seconds = secondsSince(startNs);
            client.awaitAll(held.futures(), PATIENCE);
            return new Micro.Outcome(seconds, 0, 0);
        } finally {
            client.info();
        }
    }

    private Micro.Outcome chains() {
        final int bytes = micro.bytes();
        final int sleepUs = micro.sleepUs();
        final long startNs = System.nanoTime();
        final Graph graph = new Graph();
        final List<Delayed<List<Long>>> ends = new ArrayList<>();
        for (int i = 0; i < micro.tasks(); i++) {
            ends.add(graph.task(() -> MicroTasks.make(bytes, sleepUs))
                    .then(data -> MicroTasks.copy(data, sleepUs))
                    .then(data -> MicroTasks.drop(data, sleepUs)));
        }
        final List<List<Long>> spans = new ArrayList<>();
        try (Held<List<Long>> held = new Held<>(client.compute(ends))) {
            client.asCompleted(held.futures()).forEach(future -> spans.add(future.join()));
        }
        return new Micro.Outcome(secondsSince(startNs), 0, (long) bytes * MicroTasks.mostAtOnce(spans));
    }

    private List<TaskFuture<Integer>> trivial() {
        final int bytes = micro.bytes();
        final Graph graph = new Graph();
        final Delayed<byte[]> root = graph.task(() -> new byte[bytes]);
        final List<Delayed<Integer>> nodes = new ArrayList<>(micro.tasks());
        for (int i = 0; i < micro.tasks(); i++) {
            nodes.add(root.then(data -> 0));
        }
        return client.compute(nodes);
    }

    private List<TaskFuture<Integer>> sleeps() {
        return client.map(
                MicroTasks::sleep, IntStream.of(micro.sleepsUs()).boxed().toList());
    }

    private Micro.Outcome scaling() {
        scale(micro.workers());
        final int sleepUs = micro.sleepUs();
        final int last = micro.tasks() - 1;
        return awaitAll(() -> {
            final Graph graph = new Graph();
            final List<Delayed<Integer>> row = new ArrayList<>();
            final List<Delayed<Integer>> next = new ArrayList<>();
            for (int i = 0; i <= last; i++) {
                row.add(graph.task(() -> MicroTasks.sleep(sleepUs)));
            }
            for (int i = 0; i <= last; i++) {
                next.add(graph.combineAll(
                        row.subList(Math.max(0, i - 1), Math.min(last, i + 1) + 1),
                        inputs -> MicroTasks.sleep(sleepUs)));
            }
            final List<TaskFuture<Integer>> futures = client.compute(next);
            cluster.scale(Micro.MOST_WORKERS);
            return futures;
        });
    }

    private void scale(final int workers) {
        cluster.scale(workers);
        while (client.workers().size() != workers) {
            MicroTasks.sleep(1000);
        }
    }

    private Micro.Outcome straggling() {
        final long pid = Processes.workers(client).values().iterator().next();
        try (Straggler straggler = new Straggler(pid)) {
            straggler.begin();
            return awaitAll(this::sleeps);
        }
    }

    private long takenBack() {
        if (Json.parse(client.info()) instanceof Map<?, ?> info && info.get("taken_back") instanceof Long count) {
            return count;
        }
        throw new MusterException("the scheduler's info must have taken_back");
    }

    private static void check(final boolean isRight) {
        if (!isRight) {
            throw new MusterException("a task's result must be what it computes");
        }
    }

    private static double secondsSince(final long startNs) {
        return (System.nanoTime() - startNs) / 1e9;
    }

    @Override
    public void close() {
        client.close();
        cluster.close();
    }

    /** Submits tasks. */
    @FunctionalInterface
    private interface Submission<R> {
        List<TaskFuture<R>> submit();
    }

    /** Futures that are released in the end. */
    private record Held<R>(List<TaskFuture<R>> futures) implements AutoCloseable {
        @Override
        public void close() {
            futures.forEach(TaskFuture::release);
        }
    }
}
