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
        final byte[] plain = Call.encode(Shape.VALUE, serializer.toBytes(DOUBLE), null, 21, serializer);
        final byte[] timed = (byte[]) Call.timed(plain, 5_000_000_007L);

        final Call read = Call.decode(timed, null, serializer);

        assertThat(read.timeoutNs()).isEqualTo(5_000_000_007L);
        assertThat(read.invoke(null, new Object[0])).isEqualTo(42);
        assertThat(Call.decode(plain, null, serializer).timeoutNs()).isZero();
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
        final byte[] timed =
                (byte[]) Call.timed(Call.encode(Shape.TASK, serializer.toBytes(DOUBLE), null, null, serializer), 1);
        for (int length = 0; length < 13; length++) {
            final byte[] cut = Arrays.copyOf(timed, length);
            assertThatThrownBy(() -> Call.decode(cut, null, serializer))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("not a call");
        }
    }

    @Test
    void aFunctionThatIsMuchLikeTheRegisteredOneIsToldByWhatDiffers() throws Exception {
        final byte[] registered = serializer.toBytes(adding(1000));
        final byte[] own = serializer.toBytes(adding(1001));

        final byte[] encoded = Call.encode(Shape.VALUE, own, registered, 5, serializer);

        assertThat(encoded).hasSizeLessThan(30);
        assertThat(Call.decode(encoded, registered, serializer).invoke(null, new Object[0]))
                .isEqualTo(1006);
        for (int length = 0; length < encoded.length; length++) {
            final byte[] cut = Arrays.copyOf(encoded, length);
            assertThatThrownBy(() -> Call.decode(cut, registered, serializer)).isInstanceOf(RuntimeException.class);
        }
        assertThatThrownBy(() -> Call.decode(encoded, null, serializer)).hasMessageContaining("registered");
        assertThatThrownBy(() -> Call.decode(encoded, new byte[10], serializer)).hasMessageContaining("registered=10");
    }

    @Test
    void aFunctionOfAnyLengthIsToldByWhatDiffers() {
        for (final byte[] own : new byte[][] {{}, {1}, {1, 2, 3, 4}, {1, 2, 2, 3}, {1, 2, 3}, {9, 2, 3}, {1, 3}}) {
            final byte[] registered = serializer.toBytes(new byte[] {1, 2, 3});
            final byte[] bytes = serializer.toBytes(own);

            final byte[] encoded = Call.encode(Shape.TASK, bytes, registered, null, serializer);

            assertThat(Call.decode(encoded, registered, serializer))
                    .extracting("function")
                    .isEqualTo(own);
        }
    }

    private static Fn<Integer, Integer> adding(final int number) {
        return x -> x + number;
    }
}
