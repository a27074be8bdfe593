package io.muster.serialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.muster.Fn;
import io.muster.Task;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlatTest {
    private final Serializer serializer = Serializer.standard();

    private record Point(int x, long y) implements Serializable {}

    private record All(
            boolean a,
            byte b,
            short c,
            char d,
            int e,
            long f,
            float g,
            double h,
            @Nullable Boolean i,
            @Nullable Byte j,
            @Nullable Short k,
            @Nullable Character l,
            @Nullable Integer m,
            @Nullable Long n,
            @Nullable Float o,
            @Nullable Double p,
            @Nullable String q,
            @Nullable TimeUnit r,
            @Nullable Point s)
            implements Serializable {}

    private record Pair(@Nullable Point first, @Nullable Point second) implements Serializable {}

    private record Holder(Object any) implements Serializable {}

    private record Checked(int number) implements Serializable {
        Checked {
            if (number == 13) {
                throw new IllegalArgumentException("number=" + number + " must not be 13");
            }
        }
    }

    private record Replaced(int number) implements Serializable {
        private Object writeReplace() {
            return "replaced " + number;
        }
    }

    private record Resolved(int number) implements Serializable {
        private Object readResolve() {
            return "resolved " + number;
        }
    }

    private record OwnAccessor(int number) implements Serializable {
        @Override
        public int number() {
            return -number;
        }
    }

    @Test
    void recordsOfSimpleValuesAreWrittenFlat() {
        final All full = new All(
                true,
                (byte) -1,
                (short) -2,
                'ü',
                -3,
                -4,
                0.5f,
                -0.25,
                true,
                (byte) 1,
                (short) 2,
                '\uD83D',
                3,
                4L,
                5f,
                6.0,
                "naïve \u65E5\u672C",
                TimeUnit.DAYS,
                new Point(1, 2));
        final All empty = new All(
                false, (byte) 0, (short) 0, 'a', 0, 0, Float.NaN, 0, null, null, null, null, null, null, null, null,
                null, null, null);

        for (final All each : List.of(full, empty)) {
            final byte[] bytes = serializer.toBytes(each);

            assertThat(bytes[0]).isEqualTo(Compact.FLAT);
            assertThat(serializer.fromBytes(bytes, 0, bytes.length)).isEqualTo(each);
            assertThat(serializer.deserialize(serializer.serialize(each))).isEqualTo(each);
            assertThat(inPieces(each)).isEqualTo(each);
        }
    }

    @Test
    void lambdasThatCaptureSimpleValuesAreWrittenFlat() throws Exception {
        final Fn<Integer, String> lambda = lambda(7, 2.5, "text", TimeUnit.HOURS, new Point(3, 4), null);

        final byte[] bytes = serializer.toBytes(lambda);
        final byte[] other = serializer.toBytes(lambda(8, 2.5, "text", TimeUnit.HOURS, new Point(3, 4), 9L));

        assertThat(bytes[0]).isEqualTo(Compact.FLAT);
        assertThat(apply(bytes, 1)).isEqualTo("1 7 2.5 text HOURS Point[x=3, y=4] null");
        assertThat(apply(other, 2)).isEqualTo("2 8 2.5 text HOURS Point[x=3, y=4] 9");
        assertThat(bytes).hasSizeLessThan(1000);
    }

    /** It is made by the class that it was written in, which is not the one that its class is nested in. */
    @Test
    void aLambdaOfANestedClassIsReadByThatClass() throws Exception {
        final byte[] bytes = serializer.toBytes(Nested.adding(41));

        assertThat(bytes[0]).isEqualTo(Compact.FLAT);
        assertThat(((Task<?>) read(bytes)).call()).isEqualTo(42);
    }

    private static final class Nested {
        private static Task<Integer> adding(final int number) {
            return () -> number + 1;
        }
    }

    @Test
    void whatHoldsMoreThanSimpleValuesIsLeftToTheJdk() throws Exception {
        final List<Integer> captured = List.of(1, 2);
        final Task<Integer> lambda = captured::size;
        final Task<Integer> other = () -> captured.get(1);

        for (final Object each : List.of(lambda, other, new Holder(1), new Holder(List.of(2)))) {
            final byte[] bytes = serializer.toBytes(each);

            assertThat(bytes[0]).isEqualTo(Compact.STREAM);
            assertThat(read(bytes)).isInstanceOf(each instanceof Task ? Task.class : Holder.class);
        }
        assertThat(((Task<?>) read(serializer.toBytes(other))).call()).isEqualTo(2);
    }

    @Test
    void whatReplacesItselfIsLeftToTheJdk() {
        assertThat(read(serializer.toBytes(new Replaced(1)))).isEqualTo("replaced 1");
        assertThat(read(serializer.toBytes(new Resolved(2)))).isEqualTo("resolved 2");
    }

    @Test
    void componentsAreReadFromTheirFieldsAsTheJdkDoes() {
        assertThat(read(serializer.toBytes(new OwnAccessor(5)))).isEqualTo(new OwnAccessor(5));
    }

    @Test
    void aRecordThatIsThereTwiceStaysOne() {
        final Point point = new Point(1, 2);

        final Pair read = (Pair) read(serializer.toBytes(new Pair(point, point)));

        assertThat(read.first()).isSameAs(read.second()).isEqualTo(point);
        assertThat(serializer.toBytes(new Pair(point, new Point(1, 2)))[0]).isEqualTo(Compact.FLAT);
    }

    @Test
    void aStringTooLongToBeFlatIsLeftToTheJdk() {
        final All all = new All(
                true,
                (byte) 0,
                (short) 0,
                'a',
                0,
                0,
                0,
                0,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "x".repeat(100_000),
                null,
                null);

        assertThat(serializer.toBytes(all)[0]).isEqualTo(Compact.STREAM);
        assertThat(read(serializer.toBytes(all))).isEqualTo(all);
    }

    @Test
    void theCanonicalConstructorChecksWhatIsRead() {
        final byte[] bytes = serializer.toBytes(new Checked(12));
        bytes[bytes.length - 4] = 13;

        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("number=13 must not be 13");
    }

    @Test
    void theFilterIsAskedAboutRecordsAndLambdas() {
        final String point = Point.class.getName();
        final byte[] record = serializer.toBytes(new Pair(new Point(1, 2), null));
        final byte[] lambda = serializer.toBytes(lambda(1, 2, "", TimeUnit.DAYS, new Point(1, 2), null));
        final Serializer strict = new Serializer(FlatTest.class::getClassLoader, "!" + point);
        final Serializer closed = new Serializer(FlatTest.class::getClassLoader, "java.**;!*");
        final Serializer small = new Serializer(FlatTest.class::getClassLoader, "maxbytes=20");

        for (final byte[] each : List.of(record, lambda)) {
            assertThatThrownBy(() -> strict.fromBytes(each, 0, each.length))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("refused")
                    .hasMessageContaining(point);
            assertThatThrownBy(() -> closed.fromBytes(each, 0, each.length)).hasMessageContaining("FlatTest");
            assertThatThrownBy(() -> small.fromBytes(each, 0, each.length)).hasMessageContaining("refused");
        }
    }

    @Test
    void aClassThatDiffersOrIsMissingIsNamed() {
        final byte[] bytes = serializer.toBytes(new Checked(12));
        final byte[] otherComponent = replaced(bytes, "number", "lumber");
        final byte[] otherClass = replaced(bytes, "Checked", "Chucked");

        assertThatThrownBy(() -> read(otherComponent))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("Checked")
                .hasMessageContaining("put the same build on both class paths");
        assertThatThrownBy(() -> read(otherClass))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("Chucked is not on this JVM's class path");
    }

    @Test
    void aLambdaThatIsNotThereIsExplained() {
        final byte[] lambda = serializer.toBytes(lambda(1, 2, "", TimeUnit.DAYS, new Point(1, 2), null));

        assertThatThrownBy(() -> read(replaced(lambda, "lambda$lambda$", "lambda$lambba$")))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("put the same build on both class paths");
    }

    @Test
    void damagedBytesAreRefused() {
        final byte[] record = serializer.toBytes(new Pair(new Point(1, 2), null));
        final byte[] lambda = serializer.toBytes(lambda(1, 2, "é\u65E5", TimeUnit.DAYS, new Point(1, 2), null));
        for (final byte[] bytes : List.of(record, lambda)) {
            for (int i = 1; i < bytes.length; i++) {
                final byte[] cut = Arrays.copyOf(bytes, i);
                assertThatThrownBy(() -> read(cut)).isInstanceOf(SerializationException.class);
                final byte[] changed = bytes.clone();
                changed[i] ^= (byte) 0x81;
                assertThat(catchThrowable(() -> read(changed)))
                        .satisfiesAnyOf(
                                failure -> assertThat(failure).isNull(),
                                failure -> assertThat(failure).isInstanceOf(SerializationException.class));
            }
            assertThatThrownBy(() -> read(Arrays.copyOf(bytes, bytes.length + 1)))
                    .isInstanceOf(SerializationException.class);
        }
    }

    private static Fn<Integer, String> lambda(
            final int a, final double b, final String c, final TimeUnit d, final Point e, final @Nullable Long f) {
        return x -> x + " " + a + " " + b + " " + c + " " + d + " " + e + " " + f;
    }

    @SuppressWarnings("unchecked")
    private String apply(final byte[] bytes, final int argument) throws Exception {
        return ((Fn<Integer, String>) read(bytes)).apply(argument);
    }

    @SuppressWarnings("NullAway")
    private Object read(final byte[] bytes) {
        return serializer.fromBytes(bytes, 0, bytes.length);
    }

    private @Nullable Object inPieces(final Object value) {
        final SerializedValue whole = serializer.serialize(value);
        final ValueAssembler assembler =
                new ValueAssembler(whole.totalBytes(), whole.bodyBytes(), whole.bodyChecksum(), serializer);
        final ByteBuffer piece = ByteBuffer.allocate(7);
        while (!assembler.isComplete()) {
            piece.clear();
            whole.read(assembler.position(), piece);
            assembler.accept(piece.flip());
        }
        return assembler.value();
    }

    private static byte[] replaced(final byte[] bytes, final String from, final String to) {
        final byte[] replaced = bytes.clone();
        final String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
        for (int at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + 1)) {
            System.arraycopy(to.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), 0, replaced, at, to.length());
        }
        return replaced;
    }
}
