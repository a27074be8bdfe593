package io.muster.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairNetworkTest {
    private final VirtualClock clock = new VirtualClock();
    private final FairNetwork network = new FairNetwork(clock, 4, 100);
    private final List<Double> arrivals = new ArrayList<>();

    @Test
    void aTransferTakesWhatItsBytesTake() {
        send(0, 1, 200);

        assertThat(arrivals()).containsExactly(2.0);
    }

    @Test
    void transfersToOneWorkerShareWhatItReceives() {
        send(0, 3, 100);
        send(1, 3, 200);

        assertThat(arrivals().get(0)).isEqualTo(2, within(1e-6));
        assertThat(arrivals.get(1)).isEqualTo(3, within(1e-6));
    }

    @Test
    void whatOneCannotUseTheOthersGet() {
        send(0, 2, 100);
        send(0, 3, 100);
        send(1, 3, 100);

        assertThat(arrivals()).allSatisfy(at -> assertThat(at).isEqualTo(2, within(1e-6)));
    }

    @Test
    void transfersBetweenTheSameTwoGoInTurn() {
        send(0, 1, 100);
        send(0, 1, 100);
        send(0, 1, 0);

        assertThat(arrivals()).containsExactly(0.0, 1.0, 2.0);
        assertThat(network.sentBytes()).isEqualTo(200);
    }

    private void send(final int from, final int to, final double bytes) {
        network.send(from, to, bytes, () -> arrivals.add(clock.now()));
    }

    private List<Double> arrivals() {
        boolean isMore = true;
        while (isMore) {
            isMore = clock.advance();
        }
        return arrivals;
    }
}
