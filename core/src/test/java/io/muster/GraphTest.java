package io.muster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.scheduler.ClientRequests;
import io.muster.scheduler.TaskTerms;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class GraphTest {
    private final FakeLink link = FakeLink.remote();
    private final Client client = Client.over(link);
    private final Graph graph = new Graph();

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aGraphIsComputed(final boolean local) {
        try (Client own = Client.over(local ? FakeLink.local() : FakeLink.remote())) {
            final Delayed<Integer> a = graph.task(() -> 20);
            final Delayed<Integer> b = a.then(x -> x + 1);
            final Delayed<Integer> c = graph.combine(a, b, (x, y) -> x + y);
            final List<Delayed<Integer>> squares = graph.map(x -> x * x, List.of(1, 2, 3));
            final Delayed<Integer> sum =
                    graph.combineAll(squares, xs -> xs.stream().mapToInt(x -> x).sum());

            assertThat(own.compute(c).join()).isEqualTo(41);
            assertThat(own.gather(own.compute(List.of(sum, c, b)))).containsExactly(14, 41, 21);
        }
    }

    @Test
    void nothingIsSubmittedBeforeItIsComputedAndOnlyWhatIsNeededThen() {
        final Delayed<Integer> needed = graph.task(() -> 1);
        graph.task(() -> 2);
        final Delayed<Integer> wanted = needed.then(x -> x + 1);
        assertThat(link.submitted).isEmpty();

        assertThat(client.compute(wanted).join()).isEqualTo(2);
        assertThat(link.submitted)
                .extracting(FakeLink.Submitted::flags)
                .containsExactly(ClientRequests.MORE_OF_GRAPH, ClientRequests.WANTED);
        assertThat(client).hasToString("Client(number=3, workers=0, futures=1)");
    }

    @Test
    void nodesThatTellWhatTheyAreExpectedToTakeAreSubmittedTheLongestWayFirst() {
        final Delayed<Integer> quick = graph.task("quick", () -> 1).expected(Duration.ofMillis(2));
        final Delayed<Integer> slow = graph.task("slow", () -> 2).expected(Duration.ofSeconds(3));
        final Delayed<Integer> untold = graph.task("untold", () -> 3);
        final List<Delayed<Integer>> all = List.of(untold, quick, slow);

        client.gather(client.compute(all));
        assertThat(link.submitted).extracting(FakeLink.Submitted::key).containsExactly("slow", "quick", "untold");
        assertThat(link.submitted)
                .extracting(task -> task.terms().expectedUs())
                .containsExactly(3_000_000L, 2_000L, 0L);
    }

    @Test
    void optionsOfAViewApplyToAllNodesButCopiesToThoseThatAreAskedFor() {
        final Delayed<Integer> first = graph.task("first", () -> 1);
        final Delayed<Integer> wanted = first.then(x -> x + 1);
        final Submitter urgent = client.with(o ->
                o.priority(7).retries(2).workers("w-0").allowOtherWorkers(true).replicas(2));

        assertThat(urgent.compute(wanted).join()).isEqualTo(2);

        assertThat(link.submitted).hasSize(2).allSatisfy(node -> {
            assertThat(node.terms()).isEqualTo(new TaskTerms(7, 2, List.of("w-0"), Map.of(), TaskTerms.NO_PARENT, 0));
            assertThat(node.flags() & ClientRequests.ALLOW_OTHER_WORKERS).isNotZero();
        });
        assertThat(link.submitted).extracting(FakeLink.Submitted::key).containsExactly("first", null);
        assertThat(link.replicated).containsExactly("2 of [1]");
        assertThatThrownBy(() -> client.with(o -> o.key("k")).compute(wanted))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name its nodes");
    }

    @Test
    void namesMayBeUsedBeforeTheyAreDeclared() {
        final Delayed<Integer> total =
                graph.<Integer, Integer>combineAll("total", List.of("a", "b"), xs -> xs.get(0) * 10 + xs.get(1));
        graph.<Integer, Integer>then("b", "a", x -> x + 1);
        graph.task("a", () -> 1);
        graph.<Integer, Integer, Integer>combine("c", "a", "total", (x, y) -> x + y);

        assertThat(client.compute(total).join()).isEqualTo(12);
        assertThat(client.compute(graph.<Integer>node("c")).join()).isEqualTo(13);
        assertThat(link.submitted).extracting(FakeLink.Submitted::key).startsWith("a", "b", "total");
    }

    @Test
    void aCycleIsShown() {
        graph.<Integer, Integer>then("a", "b", x -> x);
        graph.<Integer, Integer>then("b", "c", x -> x);
        final Delayed<Integer> c = graph.<Integer, Integer>then("c", "a", x -> x);

        assertThatThrownBy(() -> client.compute(c.then(x -> x)))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("a → b → c → a");
        assertThat(link.submitted).isEmpty();
    }

    @Test
    void anUnknownNameSuggestsTheNearest() {
        graph.task("temperature", () -> 1);
        graph.task("pressure", () -> 1);
        final Delayed<Integer> node = graph.then("mean", "temprature", (Integer x) -> x);

        assertThatThrownBy(() -> client.compute(node))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("input=temprature of node=mean")
                .hasMessageContaining("did you mean temperature?");
        assertThatThrownBy(() -> graph.node("presure")).hasMessageContaining("did you mean pressure?");
    }

    @Test
    void aNameMeansOneThing() {
        final Task<Integer> one = () -> 1;
        final Delayed<Integer> a = graph.task("a", one);

        assertThat(graph.<Integer>task("a", one)).isSameAs(a);
        assertThatThrownBy(() -> graph.task("a", () -> 2))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("name=a is declared already with another function");
    }

    @Test
    void nodesOfAnotherGraphAreRefused() {
        final Delayed<Integer> other = new Graph().task("other", () -> 1);

        assertThatThrownBy(() -> graph.combineAll(List.of(other), xs -> xs.size()))
                .hasMessageContaining("input=other");
        assertThatThrownBy(() -> client.compute(List.of(graph.task(() -> 1), other)))
                .hasMessageContaining("node=other");
    }

    @Test
    void aFailureInsideReachesTheWantedNode() {
        final Delayed<Integer> bad = graph.task("bad", () -> {
            throw new IllegalStateException("inside");
        });

        assertThatThrownBy(() -> client.compute(bad.then(x -> x + 1)).join())
                .hasRootCauseMessage("inside")
                .hasMessageContaining("key=bad");
    }

    @Test
    void aLongChainAndAWideFanInWork() {
        Delayed<Integer> chain = graph.task(() -> 0);
        for (int i = 0; i < 50_000; i++) {
            chain = chain.then(x -> x + 1);
        }
        final Delayed<Integer> fan = graph.combineAll(
                graph.map(x -> 1, IntStream.range(0, 50_000).boxed().toList()), xs -> xs.size());

        assertThat(client.gather(client.compute(List.of(chain, fan)))).containsExactly(50_000, 50_000);
    }

    @Test
    void askingForNothingGivesNothing() {
        assertThat(client.compute(List.of())).isEmpty();
    }
}
