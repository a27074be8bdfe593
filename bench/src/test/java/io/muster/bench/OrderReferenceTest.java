package io.muster.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MusterException;
import io.muster.graph.OrderPressure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderReferenceTest {
    @Test
    void noGraphIsHeldMoreOfThanInTheOrderOfDask() {
        final List<String> above = new ArrayList<>();
        int below = 0;
        final OrderReference reference = OrderReference.load();
        for (final OrderReference.Entry entry : reference.graphs()) {
            final OrderPressure ours = OrderCommand.held(entry.graph());
            if (OrderCommand.isAbove(ours, entry.held())) {
                above.add(entry.graph().name() + ": " + ours + " > " + entry.held());
            } else if (OrderCommand.isAbove(entry.held(), ours)) {
                below++;
            }
        }

        assertThat(reference.version()).startsWith("dask ");
        assertThat(reference.graphs()).hasSizeGreaterThan(70);
        assertThat(above).isEmpty();
        assertThat(below).isGreaterThan(reference.graphs().size() * 2 / 5);
    }

    @Test
    void aGraphIsMadeFromItsNameAndItsSizes() {
        assertThat(OrderGraph.of("tree-8-2").nodes()).isEqualTo(15);
        assertThat(OrderGraph.of("transpose-sum-4").nodes()).isEqualTo(37);
        assertThatThrownBy(() -> OrderGraph.of("forest-3"))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("graph=forest-3");
    }
}
