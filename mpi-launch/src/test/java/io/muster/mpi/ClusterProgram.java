package io.muster.mpi;

import io.muster.Client;
import io.muster.TaskFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What tests launch: all ranks run this main method. Each line of output is a fact that a test looks for. */
final class ClusterProgram {
    /** The system property that says whether workers' ranks may fail. */
    static final String TOLERATE = "test.tolerate";

    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final int KILLED = -1;

    private ClusterProgram() {}

    /** The first argument says what to do; the others are its own. */
    public static void main(final String[] arguments) throws Exception {
        final String[] own = MpiLaunch.arguments(arguments);
        System.out.println("rank " + (own.length < arguments.length ? arguments[0] : rank()) + " pid "
                + ProcessHandle.current().pid() + ".");
        switch (own[0]) {
            case "execute" -> execute(arguments, own);
            case "initialize" -> initialize(arguments);
            case "serve" ->
                System.exit(MpiLaunch.builder()
                        .set("scheduler.file", own[1])
                        .workerName("mpi")
                        .threads(1)
                        .serve(arguments));
            default -> throw new IllegalArgumentException(own[0]);
        }
    }

    private static String rank() {
        return Stream.of(DirectoryTransport.RANK, "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID")
                .map(System::getenv)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("unknown");
    }

    /** Client's rank, scheduler's rank, whether exclusive. */
    private static void execute(final String[] arguments, final String[] own) {
        final Optional<Integer> answer = MpiLaunch.builder()
                .clientRank(Integer.parseInt(own[1]))
                .schedulerRank(Integer.parseInt(own[2]))
                .exclusiveWorkers(Boolean.parseBoolean(own[3]))
                .threads(1)
                .execute(arguments, ClusterProgram::answer);
        System.out.println("value " + answer.map(String::valueOf).orElse("none"));
    }

    /** What the client's program does after its first task, and how it ends. */
    private static void initialize(final String[] arguments) throws Exception {
        final String[] own = MpiLaunch.builder()
                .threads(1)
                .tolerateWorkerFailure(Boolean.getBoolean(TOLERATE))
                .initialize(arguments);
        final Client client = Client.current();
        client.awaitWorkers(1, BOUND);
        System.out.println("value " + answer(client) + " of " + own[1]);
        switch (own[1]) {
            case "returns" -> System.out.println("the program returns");
            case "closes" -> client.close();
            case "throws" -> throw new IllegalStateException("the program fails");
            case "exits" -> System.exit(Integer.parseInt(own[2]));
            case "waits" -> {
                client.awaitWorkers(MpiLaunch.workers(), BOUND);
                client.submit(() -> never());
                System.out.println("the program waits");
                never();
            }
            case "worker-exits" -> loseWorker(client, Integer.parseInt(own[2]));
            case "worker-dies" -> loseWorker(client, KILLED);
            default -> throw new IllegalArgumentException(own[1]);
        }
    }

    /** Has the last worker end its JVM, and goes on with the others. */
    private static void loseWorker(final Client client, final int exitCode) {
        client.awaitWorkers(MpiLaunch.workers(), BOUND);
        final String last = Integer.toString(client.workers().stream()
                .mapToInt(w -> Integer.parseInt(w.name()))
                .max()
                .orElseThrow());
        final TaskFuture<Integer> lost =
                client.with(o -> o.workers(last).allowOtherWorkers(true)).submit(() -> end(last, exitCode));
        System.out.println("value " + lost.join() + " after the worker's end");
    }

    /** Ends the worker that it is meant for, and is done again on another one. */
    private static int end(final String victim, final int exitCode) throws IOException, InterruptedException {
        if (rank().equals(victim)) {
            if (exitCode != KILLED) {
                System.exit(exitCode);
            }
            new ProcessBuilder(
                            "kill", "-9", Long.toString(ProcessHandle.current().pid()))
                    .start();
            never();
        }
        return 42;
    }

    private static int answer(final Client client) {
        final List<TaskFuture<Integer>> squares =
                client.map(n -> n * n, IntStream.rangeClosed(1, 4).boxed().toList());
        return client.combineAll(squares, all -> all.stream().mapToInt(n -> n).sum())
                .join();
    }

    private static int never() throws InterruptedException {
        new CountDownLatch(1).await();
        return 0;
    }
}
