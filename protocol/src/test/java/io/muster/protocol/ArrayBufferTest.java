package io.muster.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.agrona.AsciiNumberFormatException;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ArrayBufferTest {
    private static final int CAPACITY = 96;
    private static final int OFFSET = 5;

    private final ArrayBuffer ours = new ArrayBuffer(noise(CAPACITY + 11), OFFSET, CAPACITY);
    private final UnsafeBuffer theirs = new UnsafeBuffer(noise(CAPACITY + 11), OFFSET, CAPACITY);

    private static byte[] noise(final int length) {
        final byte[] bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    /** Every way to write, with the index to write at; what it returns is compared too. */
    static Stream<Map.Entry<String, BiFunction<MutableDirectBuffer, Integer, Object>>> writes() {
        final ByteOrder big = ByteOrder.BIG_ENDIAN;
        final ByteOrder little = ByteOrder.LITTLE_ENDIAN;
        final byte[] source = noise(16);
        final UnsafeBuffer unsafeSource = new UnsafeBuffer(source);
        final ArrayBuffer arraySource = new ArrayBuffer(source, 2, 14);
        return Stream.of(
                write("putLong", (b, i) -> done(() -> b.putLong(i, 0x0102030405060708L))),
                write("putLong big", (b, i) -> done(() -> b.putLong(i, 0x0102030405060708L, big))),
                write("putLong little", (b, i) -> done(() -> b.putLong(i, 0x0102030405060708L, little))),
                write("putInt", (b, i) -> done(() -> b.putInt(i, 0xCAFEBABE))),
                write("putInt big", (b, i) -> done(() -> b.putInt(i, 0xCAFEBABE, big))),
                write("putInt little", (b, i) -> done(() -> b.putInt(i, 0xCAFEBABE, little))),
                write("putDouble", (b, i) -> done(() -> b.putDouble(i, Math.PI))),
                write("putDouble big", (b, i) -> done(() -> b.putDouble(i, Math.PI, big))),
                write("putDouble little", (b, i) -> done(() -> b.putDouble(i, Math.PI, little))),
                write("putFloat", (b, i) -> done(() -> b.putFloat(i, 2.5f))),
                write("putFloat big", (b, i) -> done(() -> b.putFloat(i, 2.5f, big))),
                write("putFloat little", (b, i) -> done(() -> b.putFloat(i, 2.5f, little))),
                write("putShort", (b, i) -> done(() -> b.putShort(i, (short) 0xBEEF))),
                write("putShort big", (b, i) -> done(() -> b.putShort(i, (short) 0xBEEF, big))),
                write("putShort little", (b, i) -> done(() -> b.putShort(i, (short) 0xBEEF, little))),
                write("putChar", (b, i) -> done(() -> b.putChar(i, '\u20ac'))),
                write("putChar big", (b, i) -> done(() -> b.putChar(i, '\u20ac', big))),
                write("putChar little", (b, i) -> done(() -> b.putChar(i, '\u20ac', little))),
                write("putByte", (b, i) -> done(() -> b.putByte(i, (byte) -3))),
                write("setMemory", (b, i) -> done(() -> b.setMemory(i, 9, (byte) 0x55))),
                write("putBytes", (b, i) -> done(() -> b.putBytes(i, source))),
                write("putBytes range", (b, i) -> done(() -> b.putBytes(i, source, 3, 7))),
                write("putBytes from Unsafe", (b, i) -> done(() -> b.putBytes(i, unsafeSource, 3, 7))),
                write("putBytes from array", (b, i) -> done(() -> b.putBytes(i, arraySource, 3, 7))),
                write("putBytes heap", (b, i) -> put(b, i, ByteBuffer.wrap(source))),
                write("putBytes direct", (b, i) -> put(b, i, direct(source))),
                write("putBytes heap at", (b, i) -> putAt(b, i, ByteBuffer.wrap(source))),
                write("putBytes direct at", (b, i) -> putAt(b, i, direct(source))),
                write("putIntAscii", (b, i) -> b.putIntAscii(i, -1234)),
                write("putIntAscii least", (b, i) -> b.putIntAscii(i, Integer.MIN_VALUE)),
                write("putLongAscii", (b, i) -> b.putLongAscii(i, 98765432101L)),
                write("putLongAscii least", (b, i) -> b.putLongAscii(i, Long.MIN_VALUE)),
                write("putNaturalIntAscii", (b, i) -> b.putNaturalIntAscii(i, 90210)),
                write("putNaturalLongAscii", (b, i) -> b.putNaturalLongAscii(i, Long.MAX_VALUE)),
                write("putNaturalPaddedIntAscii", (b, i) -> done(() -> b.putNaturalPaddedIntAscii(i, 8, 42))),
                write("putNaturalIntAsciiFromEnd", (b, i) -> b.putNaturalIntAsciiFromEnd(42, i + 8)),
                write("putStringAscii", (b, i) -> b.putStringAscii(i, "caf\u00e9")),
                write("putStringAscii null", (b, i) -> b.putStringAscii(i, (String) null)),
                write("putStringAscii chars", (b, i) -> b.putStringAscii(i, new StringBuilder("worker"))),
                write("putStringAscii big", (b, i) -> b.putStringAscii(i, "task", big)),
                write("putStringAscii chars big", (b, i) -> b.putStringAscii(i, new StringBuilder("task"), big)),
                write("putStringWithoutLengthAscii", (b, i) -> b.putStringWithoutLengthAscii(i, "key")),
                write("putStringWithoutLengthAscii null", (b, i) -> b.putStringWithoutLengthAscii(i, (String) null)),
                write("... chars", (b, i) -> b.putStringWithoutLengthAscii(i, new StringBuilder("key"))),
                write("... range", (b, i) -> b.putStringWithoutLengthAscii(i, "scheduler", 2, 4)),
                write("... short range", (b, i) -> b.putStringWithoutLengthAscii(i, "scheduler", 6, 40)),
                write(
                        "... chars range",
                        (b, i) -> b.putStringWithoutLengthAscii(i, new StringBuilder("scheduler"), 2, 4)),
                write("putStringUtf8", (b, i) -> b.putStringUtf8(i, "\u20ac 5")),
                write("putStringUtf8 null", (b, i) -> b.putStringUtf8(i, null)),
                write("putStringUtf8 big", (b, i) -> b.putStringUtf8(i, "\u20ac 5", big)),
                write("putStringUtf8 bounded", (b, i) -> b.putStringUtf8(i, "\u20ac 5", 5)),
                write("putStringUtf8 big bounded", (b, i) -> b.putStringUtf8(i, "\u20ac 5", big, 5)),
                write("putStringWithoutLengthUtf8", (b, i) -> b.putStringWithoutLengthUtf8(i, "\u20ac 5")),
                write("putStringWithoutLengthUtf8 null", (b, i) -> b.putStringWithoutLengthUtf8(i, null)));
    }

    /** Every way to read, with the index to read at. */
    static Stream<Map.Entry<String, BiFunction<DirectBuffer, Integer, Object>>> reads() {
        final ByteOrder big = ByteOrder.BIG_ENDIAN;
        final ByteOrder little = ByteOrder.LITTLE_ENDIAN;
        return Stream.of(
                read("getLong", (b, i) -> b.getLong(i)),
                read("getLong big", (b, i) -> b.getLong(i, big)),
                read("getLong little", (b, i) -> b.getLong(i, little)),
                read("getInt", (b, i) -> b.getInt(i)),
                read("getInt big", (b, i) -> b.getInt(i, big)),
                read("getInt little", (b, i) -> b.getInt(i, little)),
                read("getDouble", (b, i) -> b.getDouble(i)),
                read("getDouble big", (b, i) -> b.getDouble(i, big)),
                read("getDouble little", (b, i) -> b.getDouble(i, little)),
                read("getFloat", (b, i) -> b.getFloat(i)),
                read("getFloat big", (b, i) -> b.getFloat(i, big)),
                read("getFloat little", (b, i) -> b.getFloat(i, little)),
                read("getShort", (b, i) -> b.getShort(i)),
                read("getShort big", (b, i) -> b.getShort(i, big)),
                read("getShort little", (b, i) -> b.getShort(i, little)),
                read("getChar", (b, i) -> b.getChar(i)),
                read("getChar big", (b, i) -> b.getChar(i, big)),
                read("getChar little", (b, i) -> b.getChar(i, little)),
                read("getByte", (b, i) -> b.getByte(i)),
                read("getBytes", (b, i) -> bytes(dst -> b.getBytes(i, dst))),
                read("getBytes range", (b, i) -> bytes(dst -> b.getBytes(i, dst, 3, 7))),
                read("getBytes to Unsafe", (b, i) -> bytes(d -> b.getBytes(i, new UnsafeBuffer(d), 3, 7))),
                read("getBytes to array", (b, i) -> bytes(d -> b.getBytes(i, new ArrayBuffer(d), 3, 7))),
                read("getBytes heap", (b, i) -> get(b, i, ByteBuffer.allocate(16))),
                read("getBytes direct", (b, i) -> get(b, i, ByteBuffer.allocateDirect(16))),
                read("getStringWithoutLengthAscii", (b, i) -> b.getStringWithoutLengthAscii(i, 12)),
                read("getStringWithoutLengthAscii to", (b, i) -> text(a -> b.getStringWithoutLengthAscii(i, 12, a))),
                read("getStringAscii length", (b, i) -> b.getStringAscii(i, 12)),
                read("getStringAscii length to", (b, i) -> text(a -> b.getStringAscii(i, 12, a))),
                read("getStringUtf8 length", (b, i) -> b.getStringUtf8(i, 12)),
                read("getStringWithoutLengthUtf8", (b, i) -> b.getStringWithoutLengthUtf8(i, 12)));
    }

    @ParameterizedTest
    @MethodSource("writes")
    void writesTheSameBytesAsAgronasBuffer(
            final Map.Entry<String, BiFunction<MutableDirectBuffer, Integer, Object>> write) {
        for (final int index : new int[] {0, 3, 17, 40}) {
            assertThat(write.getValue().apply(ours, index))
                    .isEqualTo(write.getValue().apply(theirs, index));
            assertThat(ours.byteArray()).isEqualTo(theirs.byteArray());
        }
    }

    @ParameterizedTest
    @MethodSource("reads")
    void readsTheSameValuesAsAgronasBuffer(final Map.Entry<String, BiFunction<DirectBuffer, Integer, Object>> read) {
        for (final int index : new int[] {0, 3, 17, 40}) {
            assertThat(read.getValue().apply(ours, index))
                    .isEqualTo(read.getValue().apply(theirs, index));
        }
    }

    @ParameterizedTest
    @MethodSource("reads")
    void aReadBeyondTheEndIsRefused(final Map.Entry<String, BiFunction<DirectBuffer, Integer, Object>> read) {
        assertThatThrownBy(() -> read.getValue().apply(ours, CAPACITY)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> read.getValue().apply(ours, -9)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aWriteThatWouldLeaveTheWrappedRangeIsRefusedAndChangesNothing() {
        final byte[] before = ours.byteArray().clone();
        assertThatThrownBy(() -> ours.putLong(CAPACITY - 7, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> ours.putInt(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> ours.putByte(CAPACITY, (byte) 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> ours.putBytes(CAPACITY - 1, new byte[2]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> ours.putStringAscii(CAPACITY - 5, "ab")).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> ours.putStringUtf8(CAPACITY - 5, "ab")).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(ours.byteArray()).isEqualTo(before);
    }

    @Test
    void stringsWithALengthComeBackAsTheyWere() {
        for (final ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            ours.putStringAscii(1, "plain", order);
            assertThat(ours.getStringAscii(1, order)).isEqualTo("plain");
            assertThat(text(a -> ours.getStringAscii(1, a, order))).isEqualTo("5 plain");
            ours.putStringUtf8(1, "na\u00efve \u20ac", order);
            assertThat(ours.getStringUtf8(1, order)).isEqualTo("na\u00efve \u20ac");
        }
        ours.putStringAscii(1, "native");
        assertThat(ours.getStringAscii(1)).isEqualTo("native");
        assertThat(text(a -> ours.getStringAscii(1, a))).isEqualTo("6 native");
        ours.putStringUtf8(1, "\u20ac");
        assertThat(ours.getStringUtf8(1)).isEqualTo("\u20ac");
    }

    @Test
    void aTextTooLongForItsBoundIsRefused() {
        assertThatThrownBy(() -> ours.putStringUtf8(0, "\u20ac", 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("encodedLength=3 must be <= maxEncodedLength=2");
    }

    @Test
    void numbersAreParsedAsAgronasBufferParsesThem() {
        final String[] texts = {
            "0",
            "7",
            "-7",
            "2147483647",
            "-2147483648",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "-9223372036854775809",
            "12a",
            "+1",
            "-",
            "--1",
            " 1",
            "007"
        };
        for (final String text : texts) {
            final int length = ours.putStringWithoutLengthAscii(3, text);
            theirs.putStringWithoutLengthAscii(3, text);
            assertThat(parsed(() -> ours.parseIntAscii(3, length)))
                    .as(text)
                    .isEqualTo(parsed(() -> theirs.parseIntAscii(3, length)));
            assertThat(parsed(() -> ours.parseLongAscii(3, length)))
                    .as(text)
                    .isEqualTo(parsed(() -> theirs.parseLongAscii(3, length)));
            assertThat(parsed(() -> ours.parseNaturalIntAscii(3, length)))
                    .as(text)
                    .isEqualTo(parsed(() -> theirs.parseNaturalIntAscii(3, length)));
            assertThat(parsed(() -> ours.parseNaturalLongAscii(3, length)))
                    .as(text)
                    .isEqualTo(parsed(() -> theirs.parseNaturalLongAscii(3, length)));
        }
        assertThatThrownBy(() -> ours.parseIntAscii(3, 0)).isInstanceOf(AsciiNumberFormatException.class);
    }

    @Test
    void aNumberWiderThanItsFieldIsRefused() {
        assertThatThrownBy(() -> ours.putNaturalPaddedIntAscii(0, 2, 100))
                .isInstanceOf(NumberFormatException.class)
                .hasMessage("value=100 must fit into length=2 digits");
        assertThatThrownBy(() -> ours.putNaturalIntAscii(0, -1)).hasMessage("value=-1 must be >= 0");
    }

    @Test
    void agronasBufferReadsAndWritesItThroughItsAddress() {
        ours.putBytes(4, noise(12));
        theirs.putBytes(8, ours, 4, 12);
        assertThat(bytes(dst -> theirs.getBytes(8, dst, 0, 12))).isEqualTo(bytes(dst -> ours.getBytes(4, dst, 0, 12)));
        theirs.setMemory(0, CAPACITY, (byte) 1);
        theirs.getBytes(0, ours, 0, CAPACITY);
        assertThat(ours.getByte(CAPACITY - 1)).isEqualTo((byte) 1);
        assertThat(new UnsafeBuffer(ours).addressOffset()).isEqualTo(ours.addressOffset());
    }

    @Test
    void wrapsTheHeapMemoryOfOtherBuffers() {
        final byte[] bytes = noise(32);
        final ArrayBuffer buffer = new ArrayBuffer();
        buffer.wrap(new UnsafeBuffer(bytes, 4, 20), 2, 8);
        assertThat(buffer.wrapAdjustment()).isEqualTo(6);
        assertThat(buffer.capacity()).isEqualTo(8);
        buffer.wrap(ByteBuffer.wrap(bytes, 4, 20).slice());
        assertThat(buffer.wrapAdjustment()).isEqualTo(4);
        assertThat(buffer.capacity()).isEqualTo(20);
        buffer.wrap(new ArrayBuffer(bytes, 1, 9));
        assertThat(buffer.getByte(0)).isEqualTo(bytes[1]);
        assertThat(buffer.byteBuffer()).isNull();
        assertThat(buffer.isExpandable()).isFalse();
    }

    @Test
    void memoryOutsideTheHeapIsRefused() {
        final ArrayBuffer buffer = new ArrayBuffer();
        assertThatThrownBy(() -> buffer.wrap(ByteBuffer.allocateDirect(8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no array");
        assertThatThrownBy(() -> buffer.wrap(new UnsafeBuffer(ByteBuffer.allocateDirect(8))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no array");
        assertThatThrownBy(() -> buffer.wrap(4096L, 8)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aRangeOutsideOfWhatIsWrappedIsRefused() {
        final ArrayBuffer buffer = new ArrayBuffer();
        assertThatThrownBy(() -> buffer.wrap(new byte[8], 4, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.wrap(ByteBuffer.allocate(8), 4, 5))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.wrap(new ArrayBuffer(new byte[20], 0, 8), 4, 5))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> ours.checkLimit(CAPACITY + 1)).isInstanceOf(IndexOutOfBoundsException.class);
        ours.checkLimit(CAPACITY);
    }

    @Test
    void buffersAreEqualAndOrderedByTheirBytes() {
        final ArrayBuffer same = new ArrayBuffer(noise(CAPACITY + 11), OFFSET, CAPACITY);
        assertThat(ours).isEqualTo(same).hasSameHashCodeAs(same).isEqualByComparingTo(same);
        final byte[][] samples = {{}, {1}, {1, 2}, {-1}, {127}, {1, -2}};
        for (final byte[] left : samples) {
            for (final byte[] right : samples) {
                assertThat(Integer.signum(new ArrayBuffer(left).compareTo(new ArrayBuffer(right))))
                        .isEqualTo(Integer.signum(new UnsafeBuffer(left).compareTo(new UnsafeBuffer(right))));
            }
        }
    }

    private static Map.Entry<String, BiFunction<MutableDirectBuffer, Integer, Object>> write(
            final String name, final BiFunction<MutableDirectBuffer, Integer, Object> operation) {
        return Map.entry(name, operation);
    }

    private static Map.Entry<String, BiFunction<DirectBuffer, Integer, Object>> read(
            final String name, final BiFunction<DirectBuffer, Integer, Object> operation) {
        return Map.entry(name, operation);
    }

    private static Object done(final Runnable operation) {
        operation.run();
        return "done";
    }

    private static ByteBuffer direct(final byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static Object put(final MutableDirectBuffer buffer, final int index, final ByteBuffer source) {
        source.position(2);
        buffer.putBytes(index, source, 9);
        return source.position();
    }

    private static Object putAt(final MutableDirectBuffer buffer, final int index, final ByteBuffer source) {
        source.position(2);
        buffer.putBytes(index, source, 4, 9);
        return source.position();
    }

    private static Object get(final DirectBuffer buffer, final int index, final ByteBuffer target) {
        target.position(2);
        buffer.getBytes(index, target, 5);
        buffer.getBytes(index, target, 9, 4);
        return target.position() + " " + new UnsafeBuffer(target, 0, 16).getStringWithoutLengthAscii(0, 16);
    }

    private static byte[] bytes(final Consumer<byte[]> reader) {
        final byte[] target = new byte[16];
        reader.accept(target);
        return target;
    }

    private static String text(final Function<StringBuilder, Integer> reader) {
        final StringBuilder target = new StringBuilder();
        final int length = reader.apply(target);
        return length + " " + target;
    }

    private static Object parsed(final LongSupplier parser) {
        try {
            return parser.getAsLong();
        } catch (final AsciiNumberFormatException e) {
            return "refused";
        }
    }
}
