package io.muster.serialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Serializable;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueAssemblerTest {
    private static final Serializer SERIALIZER = Serializer.standard();

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 8, 1000, 1 << 16})
    void aValueArrivesInPiecesOfAnySize(int piece) {
        Map<String, Object> value = mixed();
        Map<?, ?> read = (Map<?, ?>) transfer(value, piece);
        assertThat(read).hasSameSizeAs(value);
        value.forEach((key, expected) -> assertThat(read.get(key)).isEqualTo(expected));
    }

    @ParameterizedTest
    @MethodSource("io.muster.serialize.SerializerTest#primitiveArrays")
    void everyKindOfArrayArrivesInOddPieces(Object array) {
        assertThat(transfer(array, 7)).isEqualTo(array);
        assertThat(transfer(List.of(array), 13))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .first()
                .isEqualTo(array);
    }

    @ParameterizedTest
    @MethodSource("io.muster.serialize.SerializerTest#smallValues")
    void aSmallValueArrives(Object value) {
        assertThat(transfer(value, 2)).isEqualTo(value);
    }

    @Test
    void nullArrives() {
        assertThat(transfer(null, 1)).isNull();
    }

    @Test
    void anArrayThatIsThereTwiceArrivesAsOne() {
        long[] shared = new long[5000];
        List<?> read = (List<?>) transfer(List.of(shared, shared, new long[600]), 4096);
        assertThat(read.get(0)).isSameAs(read.get(1)).isNotSameAs(read.get(2));
    }

    @Test
    void classesThatLookIntoTheirArraysWhileTheyAreReadSeeThemFull() {
        BigInteger big = BigInteger.ONE.shiftLeft(40_000).subtract(BigInteger.TEN);
        assertThat(transfer(big, 1000)).isEqualTo(big);
        Checked read = (Checked) transfer(new Checked(new double[] {1, 2}), 1000);
        assertThat(read.cells()[1023]).isEqualTo(2);
    }

    @Test
    void anotherHolderContinuesWhereTheFirstStopped() {
        SerializedValue first = SERIALIZER.serialize(mixed());
        SerializedValue second = SERIALIZER.serialize(SERIALIZER.deserialize(first));
        assertThat(second.bodyChecksum()).isEqualTo(first.bodyChecksum());
        for (long stop : new long[] {10, first.bodyBytes(), first.totalBytes() - 5}) {
            ValueAssembler assembler = assembler(first);
            feed(assembler, first, stop, 999);
            assertThat(assembler.isComplete()).isFalse();
            assertThat(assembler.position()).isEqualTo(stop);
            feed(assembler, second, second.totalBytes(), 999);
            assertThat(assembler.isComplete()).isTrue();
            assertThat((Map<?, ?>) assembler.value()).hasSameSizeAs(mixed());
        }
    }

    @Test
    void sixtyFourMebibytesArriveWithoutACopyOfTheWhole() {
        double[] large = new double[1 << 23];
        for (int i = 0; i < large.length; i += 1000) {
            large[i] = i;
        }
        SerializedValue value = SERIALIZER.serialize(List.of("head", large));
        byte[] piece = new byte[1 << 16];
        long before = SerializerTest.allocatedBytes();
        ValueAssembler assembler = assembler(value);
        while (!assembler.isComplete()) {
            int count = value.read(assembler.position(), ByteBuffer.wrap(piece));
            assembler.accept(ByteBuffer.wrap(piece, 0, count));
        }
        Object read = assembler.value();
        assertThat(SerializerTest.allocatedBytes() - before).isLessThan((64 << 20) + (2 << 20));
        assertThat((double[]) ((List<?>) read).get(1)).isEqualTo(large);
    }

    @Test
    void aLargeBodyArrives() {
        List<Object> value = new ArrayList<>();
        for (int i = 0; i < 300_000; i++) {
            value.add("number " + i);
        }
        SerializedValue serialized = SERIALIZER.serialize(value);
        assertThat(serialized.bodyBytes()).isGreaterThan(3 << 20);
        assertThat(transfer(value, 1 << 20)).isEqualTo(value);
    }

    @Test
    void aDamagedBodyIsFoundBeforeAnyArrayIsAllocated() {
        SerializedValue value = SERIALIZER.serialize(List.of(new double[1 << 20]));
        byte[] body = new byte[(int) value.bodyBytes()];
        value.read(0, ByteBuffer.wrap(body));
        long before = SerializerTest.allocatedBytes();
        for (int i = 0; i < body.length; i++) {
            byte[] damaged = body.clone();
            damaged[i] ^= 4;
            ValueAssembler assembler = assembler(value);
            assertThatThrownBy(() -> assembler.accept(ByteBuffer.wrap(damaged)))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("checksum");
            assertThat(assembler.isComplete()).isFalse();
            assertThatThrownBy(assembler::value).hasMessageContaining("checksum");
            assertThatThrownBy(() -> assembler.accept(ByteBuffer.wrap(body, 0, 1)))
                    .hasMessageContaining("checksum");
        }
        assertThat(SerializerTest.allocatedBytes() - before).isLessThan(64 << 20);
    }

    @Test
    void sizesThatLieAreRefusedWithoutALargeAllocation() {
        SerializedValue value = SERIALIZER.serialize(List.of(new double[1000]));
        byte[] bytes = SERIALIZER.toBytes(List.of(new double[1000]));
        long before = SerializerTest.allocatedBytes();
        long body = value.bodyBytes();
        for (long total : new long[] {value.totalBytes() - 1, value.totalBytes() + 1, body, body + (1 << 30)}) {
            ValueAssembler assembler = new ValueAssembler(total, body, value.bodyChecksum(), SERIALIZER);
            assertThatThrownBy(() -> assembler.accept(ByteBuffer.wrap(bytes, 0, (int) body)))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("announces arrayBytes=8000");
        }
        assertThatThrownBy(() -> new ValueAssembler(Long.MAX_VALUE, body, 0, SERIALIZER))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("-Xmx");
        new ValueAssembler(1 << 30, 1 << 30, 0, SERIALIZER).accept(ByteBuffer.wrap(bytes, 0, 100));
        assertThat(SerializerTest.allocatedBytes() - before).isLessThan(16 << 20);
    }

    @Test
    void impossibleSizesAreRefusedAtOnce() {
        for (long[] sizes : new long[][] {{0, 0}, {5, 0}, {5, -1}, {4, 5}, {-1, -2}}) {
            assertThatThrownBy(() -> new ValueAssembler(sizes[0], sizes[1], 0, SERIALIZER))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("impossible value");
        }
    }

    @Test
    void moreBytesThanAnnouncedAreRefused() {
        SerializedValue value = SERIALIZER.serialize(7);
        ValueAssembler assembler = assembler(value);
        assertThatThrownBy(() -> assembler.accept(ByteBuffer.allocate(10)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("too many bytes");
    }

    @Test
    void anIncompleteValueSaysHowMuchIsThere() {
        SerializedValue value = SERIALIZER.serialize(7);
        ValueAssembler assembler = assembler(value);
        feed(assembler, value, 2, 2);
        assertThatThrownBy(assembler::value)
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("position=2 must be totalBytes=5");
        feed(assembler, value, 5, 2);
        assertThat(assembler.value()).isEqualTo(7);
    }

    @Test
    void theValueIsMadeOnce() {
        SerializedValue value = SERIALIZER.serialize(mixed());
        ValueAssembler assembler = assembler(value);
        feed(assembler, value, value.totalBytes(), 5000);
        assertThat(assembler.value()).isSameAs(assembler.value());
    }

    private static Map<String, Object> mixed() {
        Random random = new Random(3);
        Map<String, Object> value = new HashMap<>();
        value.put("bytes", SerializerTest.randomArray(byte.class, 1001));
        value.put("doubles", random.doubles(777).toArray());
        value.put("floats", SerializerTest.randomArray(float.class, 900));
        value.put("chars", SerializerTest.randomArray(char.class, 555));
        value.put("small", new int[] {1, 2, 3});
        value.put("text", "x".repeat(100));
        return value;
    }

    private static ValueAssembler assembler(SerializedValue value) {
        return new ValueAssembler(value.totalBytes(), value.bodyBytes(), value.bodyChecksum(), SERIALIZER);
    }

    private static @Nullable Object transfer(@Nullable Object value, int piece) {
        SerializedValue serialized = SERIALIZER.serialize(value);
        ValueAssembler assembler = assembler(serialized);
        feed(assembler, serialized, serialized.totalBytes(), piece);
        assertThat(assembler.isComplete()).isTrue();
        return assembler.value();
    }

    private static void feed(ValueAssembler assembler, SerializedValue from, long until, int piece) {
        byte[] bytes = new byte[piece + 2];
        while (assembler.position() < until) {
            int wanted = (int) Math.min(piece, until - assembler.position());
            int count = from.read(assembler.position(), ByteBuffer.wrap(bytes, 2, wanted));
            assembler.accept(ByteBuffer.wrap(bytes, 2, count));
        }
    }

    /** A record that checks and copies its array when it is made. */
    record Checked(double[] cells) implements Serializable {
        Checked {
            if (cells[0] != 1) {
                throw new IllegalArgumentException("cells[0]=" + cells[0] + " must be 1");
            }
            cells = Arrays.copyOf(cells, 1024);
            cells[1023] = cells[1];
        }
    }
}
