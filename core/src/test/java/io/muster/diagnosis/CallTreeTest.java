package io.muster.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.config.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CallTreeTest {
    @Test
    void samplesOfTheSameCallsAddUp() {
        final CallTree tree = new CallTree(100);
        tree.add("f", stack("c", "b", "a", "run"), 3);
        tree.add("f", stack("d", "b", "a", "run"), 3);
        tree.add("g", stack("b"), 1);

        assertThat(Json.write(tree.toJson("f")))
                .isEqualTo("{\"samples\":2,\"tree\":{\"name\":\"all\",\"count\":2,\"children\":["
                        + "{\"name\":\"f\",\"count\":2,\"children\":[{\"name\":\"T.a\",\"count\":2,\"children\":["
                        + "{\"name\":\"T.b\",\"count\":2,\"children\":["
                        + "{\"name\":\"T.c\",\"count\":1,\"children\":[]},"
                        + "{\"name\":\"T.d\",\"count\":1,\"children\":[]}]}]}]}]}}");
        assertThat(tree.toJson("").get("samples")).isEqualTo(3L);
    }

    @Test
    void aTreeIsTheSameAfterItWasText() {
        final CallTree tree = new CallTree(100);
        tree.add("f one", stack("c", "b", "a"), 3);
        tree.add("f one", stack("a"), 1);
        tree.add("g", stack("b", "a"), 2);
        final CallTree copy = new CallTree(100);

        copy.merge(tree.toText());
        assertThat(copy.toJson("")).isEqualTo(tree.toJson(""));

        copy.merge(tree.toText());
        assertThat(copy.toJson("").get("samples")).isEqualTo(6L);
    }

    @Test
    void whatDoesNotFitInIsCountedWhereItWasCalled() {
        final CallTree tree = new CallTree(2);
        tree.add("f", stack("c", "b", "a"), 3);
        tree.add("f", stack("d", "a"), 2);

        assertThat(tree.toText()).isEqualTo(" f\n0 2 T.a\n1 1 T.b\n");
    }

    @Test
    void lambdasAreNamedWithoutTheNumbersOfTheirJvm() {
        final CallTree tree = new CallTree(10);
        tree.add("f", new StackTraceElement[] {new StackTraceElement("T$$Lambda/0x7f11", "call", null, -1)}, 1);

        assertThat(tree.toText()).isEqualTo(" f\n0 1 T$$Lambda.call\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0 1 a", " f\n1 1 a", " f\n0 -1 a", " f\n0 x a", " f\n0 1", " f\n0 1 a\n2 1 b", " f\n-1 1 a"})
    void aTextThatIsNoTreeIsRefused(final String text) {
        assertThatThrownBy(() -> new CallTree(10).merge(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static StackTraceElement[] stack(final String... innermostFirst) {
        final StackTraceElement[] stack = new StackTraceElement[innermostFirst.length];
        for (int i = 0; i < stack.length; i++) {
            stack[i] = new StackTraceElement("T", innermostFirst[i], "T.java", i);
        }
        return stack;
    }
}
