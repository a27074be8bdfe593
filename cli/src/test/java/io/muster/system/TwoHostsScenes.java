package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.Submitter;
import io.muster.TaskFuture;
import io.muster.worker.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;

/** What a client on the near host of {@link TwoHosts} does and expects; a process that ends with 1 if that is not what it finds. */
final class TwoHostsScenes {
    /** The system property that says what the losses, and the graph while there are some, follow from. */
    static final String LOSS_SEED = "aeron.debug.receive.data.loss.seed";

    private static final int DOUBLES = 4 << 20;
    private static final double SUM_OF_DOUBLES = (DOUBLES - 1.0) * DOUBLES / 2;

    private final Client client;
    private final Path scratch;
    private final Cable cable;
    private final Path farFiles;

    private TwoHostsScenes(final Client client, final Path scratch, final Cable cable, final Path farFiles) {
        this.client = client;
        this.scratch = scratch;
        this.cable = cable;
        this.farFiles = farFiles;
    }

    public static void main(final String[] arguments) {
        int exitCode = 0;
        try (Client client = Client.connect(Path.of(arguments[1]))) {
            new TwoHostsScenes(
                            client, Path.of(arguments[2]), new Cable(arguments[3], arguments[4]), Path.of(arguments[5]))
                    .play(arguments[0]);
        } catch (final Exception | AssertionError e) {
            e.printStackTrace();
            exitCode = 1;
        }
        System.exit(exitCode);
    }

    private void play(final String scene) throws Exception {
        awaitBoth("aeron-udp");
        switch (scene) {
            case "results" -> results();
            case "loss" -> loss();
            case "forgery" -> forgery();
            case "cut" -> cut();
            case "blocked" -> blocked();
            default -> throw new IllegalArgumentException("scene=" + scene + " is not one of this class");
        }
    }

    private void results() {
        assertThatSquaresAreRight(10_000);
        assertThatDoublesPass();
    }

    /** A graph across both hosts, and many messages in turn, while datagrams are lost. */
    private void loss() {
        final ChaosGraph graph = new ChaosGraph(Long.getLong(LOSS_SEED, 1), 300);
        assertThat(client.gather(graph.submit(client), Duration.ofSeconds(40)))
                .containsExactlyElementsOf(graph.expected());
        assertThatSquaresAreRight(5_000);
        TaskFuture<Integer> last = client.submit(() -> 0);
        for (int i = 0; i < 20; i++) {
            last = client.with(o -> o.workers("far")).then(last, value -> value + 1);
            assertThat(last.join()).isEqualTo(i + 1);
        }
        assertThat(ClusterView.of(client).worker("far").link()).isEqualTo("aeron-udp");
    }

    private void forgery() throws IOException, InterruptedException {
        final ClusterView.Seen far = ClusterView.of(client).worker("far");
        final List<String> target = new ArrayList<>(List.of(farFiles.toString()));
        target.addAll(Cable.udpPortsOfThisHost());
        assertThat(target).hasSizeGreaterThan(1);
        final Process forger = new ProcessBuilder(
                        Cable.inHost(cable.far(), JavaCommand.command(Forger.class.getName(), target)))
                .redirectErrorStream(true)
                .redirectOutput(scratch.resolve("forger").toFile())
                .start();
        try {
            while (forger.isAlive()) {
                assertThatSquaresAreRight(2_000);
            }
            assertThat(forger.waitFor())
                    .as(Files.readString(scratch.resolve("forger")))
                    .isZero();
        } finally {
            forger.destroyForcibly();
        }
        awaitBoth("aeron-udp");
        assertThat(ClusterView.of(client).worker("far").pid()).isEqualTo(far.pid());
        assertThatSquaresAreRight(2_000);
        assertThatDoublesPass();
    }

    private void cut() throws Exception {
        final ClusterView.Seen far = ClusterView.of(client).worker("far");
        final Submitter onFar = client.with(o -> o.workers("far"));
        final Submitter preferFar = client.with(o -> o.workers("far").allowOtherWorkers(true));
        final String attempts = scratch.resolve("attempts").toString();
        final TaskFuture<int[]> kept = onFar.submit(() -> {
            Work.attempt(attempts);
            return IntStream.range(0, 50_000).toArray();
        });
        final TaskFuture<int[]> replaced =
                preferFar.submit(() -> IntStream.range(0, 100_000).toArray());
        client.awaitAll(List.of(kept, replaced), Duration.ofSeconds(10));
        final String running = scratch.resolve("running").toString();
        final String goOn = scratch.resolve("go").toString();
        final TaskFuture<String> late = preferFar.submit(() -> {
            Work.meet(running, goOn);
            return Thread.currentThread().getName();
        });
        final List<TaskFuture<Integer>> many = client.map(
                i -> {
                    Thread.sleep(5);
                    return -i;
                },
                IntStream.range(0, 400).boxed().toList());
        soon().until(() -> Files.exists(Path.of(running)));

        cable.cut();
        try {
            Files.createFile(Path.of(goOn));
            final TaskFuture<Integer> dependent =
                    client.with(o -> o.workers("near")).then(replaced, values -> values.length);

            assertThat(late.get(20, TimeUnit.SECONDS)).contains("near");
            assertThat(dependent.get(20, TimeUnit.SECONDS)).isEqualTo(100_000);
            assertThat(replaced.get(20, TimeUnit.SECONDS)).hasSize(100_000);
            assertThat(client.gather(many, Duration.ofSeconds(20)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 400).map(i -> -i).boxed().toList());
            assertThat(ClusterView.of(client).workers())
                    .extracting(ClusterView.Seen::name)
                    .containsExactly("near");
        } finally {
            cable.mend();
        }

        final ClusterView.Seen back = awaitFarAfter(far);
        assertThat(back.pid()).isEqualTo(far.pid());
        assertThat(back.link()).isEqualTo("aeron-udp");
        assertThat(kept.get(20, TimeUnit.SECONDS)).hasSize(50_000);
        assertThat(Path.of(attempts)).as("far still holds what it made before").hasSize(1);
        assertThat(onFar.submit(() -> Thread.currentThread().getName()).get(20, TimeUnit.SECONDS))
                .contains("far");
        assertThat(late.get(20, TimeUnit.SECONDS)).as("what was seen stays").contains("near");
        assertThat(late.then(String::length).get(20, TimeUnit.SECONDS)).isPositive();
        assertThatSquaresAreRight(1_000);
        soon().untilAsserted(() ->
                assertThat(ClusterView.of(client).tasks("processing")).isZero());
    }

    private void blocked() throws IOException {
        final ClusterView.Seen far = ClusterView.of(client).worker("far");
        cable.blockUdp();
        try {
            assertThat(awaitFarAfter(far).link()).isEqualTo("lifeline");
            assertThatSquaresAreRight(1_000);
            assertThatDoublesPass();
        } finally {
            cable.unblockUdp();
        }
    }

    private void assertThatSquaresAreRight(final int count) {
        final List<TaskFuture<Integer>> squares =
                client.map(x -> x * x, IntStream.range(0, count).boxed().toList());
        assertThat(client.gather(squares, Duration.ofSeconds(30)))
                .containsExactlyElementsOf(
                        IntStream.range(0, count).map(x -> x * x).boxed().toList());
    }

    /** Made on the far host, added up on the near one, and brought to this client. */
    private void assertThatDoublesPass() {
        final TaskFuture<double[]> made = client.with(o -> o.workers("far")).submit(TwoHostsScenes::doubles);
        final TaskFuture<Double> sum = client.with(o -> o.workers("near"))
                .then(made, values -> DoubleStream.of(values).sum());
        assertThat(sum.join()).isEqualTo(SUM_OF_DOUBLES);
        assertThat(Arrays.equals(made.join(), doubles())).isTrue();
    }

    private static double[] doubles() {
        return IntStream.range(0, DOUBLES).asDoubleStream().toArray();
    }

    private void awaitBoth(final String link) {
        soon().untilAsserted(() -> assertThat(ClusterView.of(client).workers())
                .extracting(worker -> worker.name() + " over " + worker.link())
                .containsExactlyInAnyOrder("near over " + link, "far over " + link));
    }

    private ClusterView.Seen awaitFarAfter(final ClusterView.Seen former) {
        soon().until(() -> ClusterView.of(client).workers().stream()
                .anyMatch(worker -> worker.name().equals("far") && worker.number() > former.number()));
        return ClusterView.of(client).worker("far");
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
    }
}
