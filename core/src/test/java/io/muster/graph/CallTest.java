package io.muster.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.Fn;
import io.muster.graph.Call.Shape;
import io.muster.serialize.Serializer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CallTest {
    private static final Fn<Integer, Integer> DOUBLE = x -> 2 * x;

    private final Serializer serializer = Serializer.standard();

    @Test
    void aTimeLimitTravelsWithTheCall() throws Exception {
        final byte[] plain = new Call(Shape.VALUE, DOUBLE, 21).encode(serializer);
        final byte[] timed = (byte[]) Call.timed(plain, 5_000_000_007L);

        final Call read = Call.decode(timed, serializer);

        assertThat(read.timeoutNs()).isEqualTo(5_000_000_007L);
        assertThat(read.invoke(null, new Object[0])).isEqualTo(42);
        assertThat(Call.decode(plain, serializer).timeoutNs()).isZero();
    }

    @Test
    void aLiveCallGetsATimeLimitWithoutChangingTheOther() throws Exception {
        final Call plain = new Call(Shape.VALUE, DOUBLE, 4);

        final Call timed = (Call) Call.timed(plain, 7);

        assertThat(timed.timeoutNs()).isEqualTo(7);
        assertThat(timed.invoke(null, new Object[0])).isEqualTo(8);
        assertThat(plain.timeoutNs()).isZero();
    }

    @Test
    void aCallCutWithinItsHeadIsRefused() {
        final byte[] timed = (byte[]) Call.timed(new Call(Shape.TASK, DOUBLE, null).encode(serializer), 1);
        for (int length = 0; length < 13; length++) {
            final byte[] cut = Arrays.copyOf(timed, length);
            assertThatThrownBy(() -> Call.decode(cut, serializer))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("not a call");
        }
    }
}
