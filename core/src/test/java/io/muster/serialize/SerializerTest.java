package io.muster.serialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.muster.Fn;
import io.muster.Task;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SerializerTest {
    private static final Serializer SERIALIZER = Serializer.standard();

    static Stream<Object> smallValues() {
        return Stream.of(
                true,
                false,
                (byte) -7,
                (short) -300,
                'ß',
                42,
                Integer.MIN_VALUE,
                Long.MAX_VALUE,
                1.5f,
                -0.0,
                Double.NaN,
                "",
                "plain",
                "Grüße",
                "漢字 and 😀",
                "lonely surrogate \ud800.");
    }

    static Stream<Object> primitiveArrays() {
        return Stream.of(0, 1, 3, 512, 513, 5000)
                .flatMap(n -> Stream.of(
                                byte.class,
                                boolean.class,
                                short.class,
                                char.class,
                                int.class,
                                long.class,
                                float.class,
                                double.class)
                        .map(type -> randomArray(type, n)));
    }

    @ParameterizedTest
    @MethodSource("smallValues")
    void aSmallValueSurvivesBothWays(Object value) {
        assertThat(roundTrip(value)).isEqualTo(value);
        assertThat(SERIALIZER.deserialize(SERIALIZER.serialize(value))).isEqualTo(value);
    }

    @Test
    void nullIsOneByte() {
        assertThat(SERIALIZER.toBytes(null)).hasSize(1);
        assertThat(roundTrip(null)).isNull();
    }

    @ParameterizedTest
    @MethodSource("smallValues")
    void aSmallValueTakesNoJdkStream(Object value) {
        assertThat(SERIALIZER.toBytes(value)).hasSizeLessThanOrEqualTo(1 + 40);
    }

    @ParameterizedTest
    @MethodSource("primitiveArrays")
    void aPrimitiveArraySurvivesAloneAndInsideOfAnObject(Object array) {
        assertThat(roundTrip(array)).isEqualTo(array);
        Holder holder = (Holder) roundTrip(new Holder(array));
        assertThat(holder.content).isEqualTo(array);
    }

    @Test
    void rawNaNBitsSurvive() {
        long[] bits = {0x7ff0000000000001L, 0xfff8000000000123L};
        double[] values =
                Arrays.stream(bits).mapToDouble(Double::longBitsToDouble).toArray();
        double[] read = (double[]) roundTrip(values);
        assertThat(Arrays.stream(read).mapToLong(Double::doubleToRawLongBits))
                .containsExactly(0x7ff0000000000001L, 0xfff8000000000123L);
    }

    @Test
    void aLongStringSurvives() {
        String text = "0123456789äöü漢".repeat(200_000);
        assertThat(roundTrip(text)).isEqualTo(text);
    }

    @Test
    void anArrayThatIsThereTwiceStaysOneArray() {
        double[] shared = new double[10_000];
        SerializedValue value = SERIALIZER.serialize(new Object[] {shared, List.of(shared), new Holder(shared)});
        assertThat(value.totalBytes() - value.bodyBytes()).isEqualTo(80_000);
        Object[] read = (Object[]) SERIALIZER.deserialize(value);
        assertThat(((List<?>) read[1]).get(0)).isSameAs(read[0]);
        assertThat(((Holder) read[2]).content).isSameAs(read[0]).isNotSameAs(shared);
    }

    @Test
    void largeArraysAreOutOfBandAndSmallOnesAreNot() {
        assertThat(arrayBytes(new Holder(new int[512]))).isZero();
        assertThat(arrayBytes(new Holder(new int[513]))).isEqualTo(4 * 513);
    }

    @Test
    void anUnsharedArrayThatIsRefilledKeepsWhatWasWritten() {
        Refilling read = (Refilling) roundTrip(new Refilling());
        assertThat(read.sums).containsExactly(1000L, 2000L, 3000L);
    }

    @Test
    void classesThatLookIntoTheirArraysWhileTheyAreReadSeeThemFull() {
        byte[] digits = new byte[4000];
        Arrays.fill(digits, (byte) 0x5A);
        BigInteger big = new BigInteger(digits);
        BitSet bits = new BitSet();
        bits.set(100_000);
        StringBuilder text = new StringBuilder("x".repeat(5000));
        assertThat(roundTrip(big)).isEqualTo(big);
        assertThat(roundTrip(bits)).isEqualTo(bits);
        assertThat(roundTrip(text)).asString().isEqualTo(text.toString());
        assertThat(((Cloning) roundTrip(new Cloning(new double[] {1, 2, 3}, 2000))).cells())
                .hasSize(2003)
                .contains(3);
        Map<ContentKey, String> map = new HashMap<>(Map.of(new ContentKey(digits), "found"));
        assertThat(((Map<?, ?>) roundTrip(map)).get(new ContentKey(digits))).isEqualTo("found");
    }

    @Test
    void nestedRecordsEnumsAndCollectionsSurvive() {
        Outer outer = new Outer(
                "outer",
                new Inner(TimeUnit.HOURS, new long[] {1, 2}),
                List.of(new Inner(TimeUnit.DAYS, new long[600])));
        Outer read = (Outer) roundTrip(outer);
        assertThat(read.name()).isEqualTo("outer");
        assertThat(read.first().unit()).isSameAs(TimeUnit.HOURS);
        assertThat(read.first().data()).containsExactly(1, 2);
        assertThat(read.rest().get(0).data()).hasSize(600);
        assertThat(roundTrip(TimeUnit.MINUTES)).isSameAs(TimeUnit.MINUTES);
        assertThat(roundTrip(Constant.WITH_BODY)).isSameAs(Constant.WITH_BODY);
    }

    @Test
    void aLambdaSurvivesWithWhatItCaptures() throws Exception {
        int captured = 5;
        double[] large = new double[1000];
        large[999] = 7;
        Task<Double> task = () -> captured + large[999];
        @SuppressWarnings("unchecked")
        Task<Double> read = (Task<Double>) roundTrip(task);
        assertThat(read.call()).isEqualTo(12);
        Fn<String, Integer> reference = String::length;
        @SuppressWarnings("unchecked")
        Fn<String, Integer> readReference = (Fn<String, Integer>) roundTrip(reference);
        assertThat(readReference.apply("four")).isEqualTo(4);
    }

    @Test
    void aProxySurvives() {
        Object proxy = Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Comparable.class, Greeter.class}, new Handler());
        assertThat(((Greeter) roundTrip(proxy)).greet()).isEqualTo("hello");
    }

    @Test
    void theSuppliedLoaderIsAskedFirst() throws Exception {
        ClassLoader isolated = new IsolatedLoader(Holder.class);
        Serializer here = new Serializer(() -> isolated, null);
        byte[] bytes = SERIALIZER.toBytes(new Holder("x"));
        assertThat(here.fromBytes(bytes, 0, bytes.length).getClass().getClassLoader())
                .isSameAs(isolated);
    }

    @Test
    void theContextClassLoaderIsAskedSecond() throws Exception {
        ClassLoader isolated = new IsolatedLoader(Holder.class);
        Serializer noLoader = new Serializer(() -> null, null);
        byte[] bytes = SERIALIZER.toBytes(new Holder("x"));
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(isolated);
        try {
            assertThat(noLoader.fromBytes(bytes, 0, bytes.length).getClass().getClassLoader())
                    .isSameAs(isolated);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void aMissingClassIsNamedWithThePlaceAndWhatToDo() {
        byte[] bytes = renamed(SERIALIZER.toBytes(new Holder("x")), "$Holder", "$Absent");
        Serializer worker = new Serializer(Serializer.class::getClassLoader, null, "worker w-0");
        assertThatThrownBy(() -> worker.fromBytes(bytes, 0, bytes.length))
                .isInstanceOf(SerializationException.class)
                .hasMessage(
                        "class io.muster.serialize.SerializerTest$Absent is not on this JVM's class path (worker w-0)."
                                + " Put the jar that holds it there: MUSTER_CLASSPATH=<jars> before muster worker");
    }

    @Test
    void aMissingCapturingClassIsNamedToo() {
        Task<Integer> task = () -> 1;
        byte[] bytes = renamed(SERIALIZER.toBytes(task), "SerializerTest", "SerializerGone");
        assertThatThrownBy(() -> SERIALIZER.fromBytes(bytes, 0, bytes.length))
                .isInstanceOf(SerializationException.class)
                .hasMessageStartingWith("class io.muster.serialize.SerializerGone is not on this JVM's class path");
    }

    @Test
    void aClassOfAnotherVersionIsExplained() {
        byte[] bytes = renamed(SERIALIZER.toBytes(new Holder("x")), "$Holder", "$Hinder");
        assertThatThrownBy(() -> SERIALIZER.fromBytes(bytes, 0, bytes.length))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("serialVersionUID = 2")
                .hasMessageContaining("put the same build on both class paths");
    }

    @Test
    void aClassThatThePatternDoesNotAllowIsRefused() {
        Serializer strict = new Serializer(Serializer.class::getClassLoader, "java.**;!*");
        byte[] allowed = SERIALIZER.toBytes(new ArrayList<>(List.of(new double[1000])));
        assertThat(strict.fromBytes(allowed, 0, allowed.length)).isInstanceOf(ArrayList.class);
        byte[] refused = SERIALIZER.toBytes(new Holder("x"));
        assertThatThrownBy(() -> strict.fromBytes(refused, 0, refused.length))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("refused to read a value: class=io.muster.serialize.SerializerTest$Holder")
                .hasMessageContaining("java.**;!*");
    }

    @Test
    void aDeepGraphIsRefusedByTheDefaultPatternAndAllowedByAnother() {
        Holder chain = new Holder("end");
        for (int i = 0; i < 250; i++) {
            chain = new Holder(chain);
        }
        byte[] bytes = SERIALIZER.toBytes(chain);
        assertThatThrownBy(() -> SERIALIZER.fromBytes(bytes, 0, bytes.length)).hasMessageContaining("depth=201");
        Serializer deeper = new Serializer(Serializer.class::getClassLoader, "maxdepth=1000");
        assertThat(deeper.fromBytes(bytes, 0, bytes.length)).isInstanceOf(Holder.class);
    }

    @Test
    void aMalformedPatternIsRefusedAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Serializer(() -> null, "maxdepth=many"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Serializer(() -> null, ""));
    }

    @Test
    void honestCollectionsOfEveryKindPassTheLengthBudget() {
        List<Object> many = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            many.add(new HashMap<>(Map.of(i, i)));
            many.add(new ArrayList<>(1));
        }
        Map<Object, Object> quarterFull = new HashMap<>(16, 0.1f);
        Map<Object, Object> identity = new IdentityHashMap<>();
        IntStream.range(0, 100_000).forEach(i -> quarterFull.put(i, null));
        IntStream.range(0, 100_000).forEach(i -> identity.put("a" + i, null));
        assertThat(roundTrip(many)).isEqualTo(many);
        assertThat(roundTrip(quarterFull)).isEqualTo(quarterFull);
        assertThat((Map<?, ?>) roundTrip(identity)).hasSize(100_000);
        assertThat(roundTrip(new Object[1_000_000])).isEqualTo(new Object[1_000_000]);
        assertThat(roundTrip(new TreeMap<>(Map.of("k", List.of())))).isEqualTo(Map.of("k", List.of()));
    }

    @Test
    void aLengthThatLiesAllocatesNothingLarge() {
        byte[] bytes = SERIALIZER.toBytes(new Object[0x123]);
        int at = indexOf(bytes, new byte[] {0, 0, 1, 0x23});
        bytes[at] = 0x7F;
        bytes[at + 1] = (byte) 0xFF;
        long before = allocatedBytes();
        assertThatThrownBy(() -> SERIALIZER.fromBytes(bytes, 0, bytes.length))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("declared lengths can't fit");
        assertThat(allocatedBytes() - before).isLessThan(16 << 20);
    }

    @Test
    void anArrayTableThatLiesAllocatesNothingLarge() {
        byte[] array = SERIALIZER.toBytes(new long[10]);
        array[5] = 0x7F;
        byte[] stream = SERIALIZER.toBytes(new Holder(new long[1000]));
        stream[4] = 0x7F;
        long before = allocatedBytes();
        for (byte[] bytes : List.of(array, stream)) {
            assertThatThrownBy(() -> SERIALIZER.fromBytes(bytes, 0, bytes.length))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageStartingWith("damaged value");
        }
        assertThat(allocatedBytes() - before).isLessThan(16 << 20);
    }

    @Test
    void whateverIsCutShortIsASerializationException() {
        for (Object value : List.of(
                1, 2L, 3.0, 'c', new long[3], new Outer("o", new Inner(TimeUnit.DAYS, new long[700]), List.of()))) {
            byte[] bytes = SERIALIZER.toBytes(value);
            for (int length = 0; length < bytes.length; length++) {
                int cut = length;
                assertThatThrownBy(() -> SERIALIZER.fromBytes(bytes, 0, cut))
                        .isInstanceOf(SerializationException.class);
            }
        }
    }

    @Test
    void whateverIsDamagedIsAValueOrASerializationException() {
        long seed = 20_240_607;
        Random random = new Random(seed);
        Task<Integer> task = () -> 3;
        Object[] samples = {
            task,
            new Outer("o", new Inner(TimeUnit.DAYS, new long[700]), List.of()),
            new HashMap<>(Map.of("a", 1)),
            new int[40]
        };
        for (int round = 0; round < 4000; round++) {
            byte[] bytes = SERIALIZER.toBytes(samples[round % samples.length]);
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(Math.min(bytes.length, 1200))] = (byte) random.nextInt();
            }
            try {
                SERIALIZER.fromBytes(bytes, 0, bytes.length);
            } catch (SerializationException e) {
                assertThat(e.getMessage()).as("seed=%d round=%d", seed, round).isNotBlank();
            }
        }
    }

    @Test
    void bytesBehindTheEndAreRefused() {
        for (Object value : List.of(1, true, 'c', new Holder("x"), new int[5])) {
            byte[] bytes = SERIALIZER.toBytes(value);
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            assertThatThrownBy(() -> SERIALIZER.fromBytes(longer, 0, longer.length))
                    .isInstanceOf(SerializationException.class);
        }
    }

    @Test
    void aRangeInsideOfALargerArrayIsRead() {
        byte[] bytes = SERIALIZER.toBytes(new Holder(new int[600]));
        byte[] larger = new byte[bytes.length + 20];
        System.arraycopy(bytes, 0, larger, 7, bytes.length);
        assertThat(((Holder) SERIALIZER.fromBytes(larger, 7, bytes.length)).content)
                .isEqualTo(new int[600]);
        assertThatThrownBy(() -> SERIALIZER.fromBytes(larger, 10, larger.length))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void anObjectThatFailsWhileItIsReadIsExplained() {
        byte[] bytes = SERIALIZER.toBytes(new FailsOnRead());
        assertThatThrownBy(() -> SERIALIZER.fromBytes(bytes, 0, bytes.length))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("no licence")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSerializedValueGivesTheSameBytesFromEveryPosition() {
        SerializedValue value =
                SERIALIZER.serialize(new Object[] {new char[700], new double[600], new boolean[513], "tail"});
        byte[] whole = SERIALIZER.toBytes(new Object[] {new char[700], new double[600], new boolean[513], "tail"});
        assertThat(value.totalBytes()).isEqualTo(whole.length);
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            int from = random.nextInt(whole.length + 1);
            byte[] part = new byte[random.nextInt(50)];
            int count = value.read(from, ByteBuffer.wrap(part));
            assertThat(count).isEqualTo(Math.min(part.length, whole.length - from));
            assertThat(Arrays.copyOf(part, count)).isEqualTo(Arrays.copyOfRange(whole, from, from + count));
        }
        assertThatThrownBy(() -> value.read(-1, ByteBuffer.allocate(1))).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> value.read(whole.length + 1, ByteBuffer.allocate(1)))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    static @Nullable Object roundTrip(@Nullable Object value) {
        byte[] bytes = SERIALIZER.toBytes(value);
        return SERIALIZER.fromBytes(bytes, 0, bytes.length);
    }

    static Object randomArray(Class<?> type, int length) {
        Random random = new Random(length);
        Object array = Array.newInstance(type, length);
        for (int i = 0; i < length; i++) {
            if (type == byte.class) {
                Array.setByte(array, i, (byte) random.nextInt());
            } else if (type == boolean.class) {
                Array.setBoolean(array, i, random.nextBoolean());
            } else if (type == short.class) {
                Array.setShort(array, i, (short) random.nextInt());
            } else if (type == char.class) {
                Array.setChar(array, i, (char) random.nextInt());
            } else if (type == int.class) {
                Array.setInt(array, i, random.nextInt());
            } else if (type == long.class) {
                Array.setLong(array, i, random.nextLong());
            } else if (type == float.class) {
                Array.setFloat(array, i, random.nextFloat());
            } else {
                Array.setDouble(array, i, random.nextDouble());
            }
        }
        return array;
    }

    static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static long arrayBytes(Object value) {
        SerializedValue serialized = SERIALIZER.serialize(value);
        return serialized.totalBytes() - serialized.bodyBytes();
    }

    private static byte[] renamed(byte[] bytes, String from, String to) {
        byte[] target = from.getBytes(StandardCharsets.UTF_8);
        byte[] copy = bytes.clone();
        for (int at = indexOf(copy, target); at >= 0; at = indexOf(copy, target)) {
            System.arraycopy(to.getBytes(StandardCharsets.UTF_8), 0, copy, at, target.length);
        }
        return copy;
    }

    private static int indexOf(byte[] bytes, byte[] target) {
        for (int i = 0; i <= bytes.length - target.length; i++) {
            if (Arrays.equals(bytes, i, i + target.length, target, 0, target.length)) {
                return i;
            }
        }
        return -1;
    }

    interface Greeter {
        String greet();
    }

    enum Constant {
        PLAIN,
        WITH_BODY {
            @Override
            int one() {
                return 2;
            }
        };

        int one() {
            return 1;
        }
    }

    record Inner(TimeUnit unit, long[] data) implements Serializable {}

    record Outer(String name, Inner first, List<Inner> rest) implements Serializable {}

    /** A record that guards its array with a copy, as careful records do. */
    record Cloning(double[] cells, int more) implements Serializable {
        Cloning {
            cells = Arrays.copyOf(cells, cells.length + more);
            more = 0;
        }
    }

    /** A key that is equal by what is in its array. */
    record ContentKey(byte[] content) implements Serializable {
        @Override
        public boolean equals(Object other) {
            return other instanceof ContentKey && Arrays.equals(content, ((ContentKey) other).content);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(content);
        }
    }

    static final class Holder implements Serializable {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial")
        private final Object content;

        Holder(Object content) {
            this.content = content;
        }
    }

    static final class Hinder implements Serializable {
        private static final long serialVersionUID = 2L;
    }

    static final class Handler implements InvocationHandler, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
            return "hello";
        }
    }

    static final class FailsOnRead implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) {
            throw new IllegalStateException("no licence");
        }
    }

    /** Writes one buffer three times, refilled in between. */
    static final class Refilling implements Serializable {
        private static final long serialVersionUID = 1L;

        private transient List<Long> sums = new ArrayList<>();

        private void writeObject(ObjectOutputStream out) throws IOException {
            long[] buffer = new long[1000];
            for (int i = 1; i <= 3; i++) {
                Arrays.fill(buffer, i);
                out.writeUnshared(buffer);
            }
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            sums = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                sums.add(Arrays.stream((long[]) in.readUnshared()).sum());
            }
        }
    }

    /** Defines one class anew instead of asking its parent. */
    static final class IsolatedLoader extends ClassLoader {
        private final Class<?> own;

        IsolatedLoader(Class<?> own) {
            super(own.getClassLoader());
            this.own = own;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(own.getName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
