package io.muster.serialize;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SizeOfTest {
    @Test
    void primitiveArraysAreExact() {
        assertThat(SizeOf.estimate(new double[1000])).isEqualTo(16 + 8000);
        assertThat(SizeOf.estimate(new byte[3])).isEqualTo(24);
        assertThat(SizeOf.estimate(new boolean[8])).isEqualTo(24);
    }

    @Test
    void stringsAreExact() {
        assertThat(SizeOf.estimate("a".repeat(1000)) - SizeOf.estimate("")).isEqualTo(1000);
        assertThat(SizeOf.estimate("漢".repeat(1000)) - SizeOf.estimate("")).isEqualTo(2000);
    }

    @Test
    void nullTakesNothing() {
        assertThat(SizeOf.estimate(null)).isZero();
    }

    @Test
    void aLargeListIsSampled() {
        List<byte[]> list = new ArrayList<>();
        IntStream.range(0, 100_000).forEach(i -> list.add(new byte[100]));
        assertThat(SizeOf.estimate(list)).isCloseTo(100_000L * (120 + 4), Percentage.withPercentage(5));
    }

    @Test
    void aLargeMapIsSampled() {
        Map<Integer, double[]> map = new HashMap<>();
        IntStream.range(0, 10_000).forEach(i -> map.put(i, new double[100]));
        assertThat(SizeOf.estimate(map)).isCloseTo(10_000L * (816 + 16 + 40), Percentage.withPercentage(10));
    }

    @Test
    void fieldsOfObjectsAndNestedArraysCount() {
        assertThat(SizeOf.estimate(new Grid("g", new double[100][100])))
                .isCloseTo(100 * 816, Percentage.withPercentage(5));
    }

    @Test
    void anObjectReachedTwiceCountsOnceAndCyclesEnd() {
        Object[] cycle = new Object[3];
        cycle[0] = cycle;
        cycle[1] = new byte[1000];
        cycle[2] = cycle[1];
        assertThat(SizeOf.estimate(cycle)).isLessThan(1100).isGreaterThan(1000);
    }

    @Test
    void aDeepChainNeitherOverflowsNorTakesLong() {
        Link first = new Link(null);
        for (int i = 0; i < 1_000_000; i++) {
            first = new Link(first);
        }
        assertThat(SizeOf.estimate(first)).isPositive();
    }

    @Test
    void aDirectBufferCountsWhatItHolds() {
        assertThat(SizeOf.estimate(ByteBuffer.allocateDirect(10_000))).isBetween(10_000L, 10_200L);
    }

    @Test
    void aCollectionThatThrowsIsCountedSomehow() {
        assertThat(SizeOf.estimate(new Throwing())).isPositive();
        assertThat(SizeOf.estimate(List.of(new Throwing(), new byte[1000]))).isGreaterThan(1000);
    }

    @Test
    void aHugeVirtualListTakesBoundedWork() {
        assertThat(SizeOf.estimate(Collections.nCopies(Integer.MAX_VALUE, 1L))).isPositive();
    }

    record Grid(String name, double[][] cells) {}

    record Link(@Nullable Link next) {}

    static final class Throwing extends AbstractList<Object> {
        @Override
        public Object get(int index) {
            throw new IllegalStateException("get");
        }

        @Override
        public int size() {
            throw new IllegalStateException("size");
        }
    }
}
