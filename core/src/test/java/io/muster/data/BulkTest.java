package io.muster.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.MusterException;
import io.muster.config.CompressionChoice;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.FetchedValueDecoder;
import io.muster.protocol.HelloDecoder;
import io.muster.protocol.HelloEncoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RefusedDecoder;
import io.muster.protocol.Role;
import io.muster.security.Identity;
import io.muster.security.Secret;
import io.muster.serialize.SerializedValue;
import io.muster.serialize.Serializer;
import io.muster.transport.HostId;
import io.muster.transport.Tunnel;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class BulkTest {
    private static final String HOST = InetAddress.getLoopbackAddress().getHostAddress();
    private static final long STALL_NS = TimeUnit.SECONDS.toNanos(20);

    private final Identity identity = Identity.create();
    private final Secret secret = Secret.random();
    private final Serializer serializer = Serializer.standard();
    private final MapStore store = new MapStore();
    private final BulkServer server = BulkServer.start(HOST, 0, identity, secret, store, serializer);
    private final BulkClient client = new BulkClient("test", secret, serializer);
    private final ConnectionGuard guard = new ConnectionGuard("test-guard");
    private final Outcome outcome = new Outcome();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    BulkTest() {
        client.workerUp(address(1, server.port(), identity));
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
        guard.close();
        for (final AutoCloseable closeable : toClose) {
            closeable.close();
        }
    }

    @Test
    void resultsOfAllSizesComeOverWhole() {
        final double[] large = IntStream.range(0, 8 << 20).asDoubleStream().toArray();
        store.keep(1, "small");
        store.keep(2, null);
        store.keep(3, large);
        store.keep(4, List.of(new int[1000], "mixed", new long[100_000]));

        fetch(1, 1, 2, 3, 4);

        outcome.awaitCalls(4);
        assertThat(outcome.values.get(1L)).contains("small");
        assertThat(outcome.values.get(2L)).isEmpty();
        assertThat((double[]) outcome.values.get(3L).orElseThrow()).isEqualTo(large);
        assertThat(((List<?>) outcome.values.get(4L).orElseThrow()).get(1)).isEqualTo("mixed");
    }

    @Test
    void aResultOnDiskIsSentFromThere() {
        final double[] large = IntStream.range(0, 1 << 17).asDoubleStream().toArray();
        store.keep(1, "not this one");
        store.putOnDisk(1, serializer.serialize(large));
        store.keep(2, "this one");

        fetch(1, 1, 2);

        outcome.awaitCalls(2);
        assertThat((double[]) outcome.values.get(1L).orElseThrow()).isEqualTo(large);
        assertThat(outcome.values.get(2L)).contains("this one");
    }

    @Test
    void largeResultsOfOneHostGoThroughMemoryThatLeavesNoNameBehind() throws Exception {
        final List<Object> large = List.of(
                new byte[3 << 20], new boolean[300_001], new short[400_001], new double[1_000_003], new char[1 << 20]);
        for (int i = 0; i < large.size(); i++) {
            store.keep(i, large.get(i));
            store.putOnDisk(100 + i, serializer.serialize(large.get(i)));
        }
        store.keep(50, "small");
        store.keep(51, List.of(new long[1 << 16], new Unreadable()));

        fetch(1, 0, 1, 2, 3, 4, 50, 51, 100, 101, 102, 103, 104);
        client.store(1, 60, large, outcome);

        outcome.awaitCalls(13);
        for (int i = 0; i < large.size(); i++) {
            assertThat(outcome.values.get((long) i).orElseThrow()).isEqualTo(large.get(i));
            assertThat(outcome.values.get(100L + i).orElseThrow()).isEqualTo(large.get(i));
        }
        assertThat(outcome.values.get(50L)).contains("small");
        assertThat(outcome.failures).containsOnlyKeys(51L);
        assertThat(((List<?>) store.get(60)).get(3)).isEqualTo(large.get(3));
        try (Stream<Path> names = Files.list(Path.of("/dev/shm"))) {
            assertThat(names).noneMatch(path -> path.getFileName().toString().startsWith("muster-bulk-"));
        }
    }

    @Test
    void memoryOfAnotherHostOrAnotherPlaceIsNotTaken() throws Exception {
        final BulkConnection connection = greeted();
        connection.writeStore(5);
        try (SharedMemory memory = SharedMemory.create()) {
            final String path = memory.path().toString();
            final String here = HostId.current();
            final int bytes = memory.slotBytes();
            final int slots = memory.slots();
            assertThat(connection.offer("elsewhere", path, bytes, slots)).isFalse();
            assertThat(connection.offer(here, "/etc/passwd", bytes, slots)).isFalse();
            assertThat(connection.offer(here, "/dev/shm/../../etc/passwd", bytes, slots))
                    .isFalse();
            assertThat(connection.offer(here, "\0", bytes, slots)).isFalse();
            assertThat(connection.offer(here, path, bytes + 1, slots)).isFalse();
            assertThat(connection.offer(here, path, -bytes, -slots)).isFalse();
            assertThat(connection.offer(here, path, Integer.MAX_VALUE, Integer.MAX_VALUE))
                    .isFalse();
            assertThat(connection.offer(here, path, bytes, slots)).isTrue();
        }
        final SerializedValue value = serializer.serialize(new long[1000]);
        connection.writeValue(BulkServer.headOf(5, value, 0), value);
        connection.flush();
        connection.readFrame(BulkConnection.MAX_FRAME_BYTES);

        assertThat(connection.storeObjection(5)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1", "4", "8", "3"})
    void aCompressedValueIsTheSame(final int stride) throws Exception {
        final double[] values =
                IntStream.range(0, 200_003).mapToDouble(Math::sqrt).toArray();
        final Object value = List.of(values, new long[100_000], noise(300_000), "text");
        final SerializedValue serialized = serializer.serialize(value);
        final BulkConnection connection = greeted();
        connection.writeStore(5);
        connection.writePacked(
                stride, new Packer(CompressionChoice.LZ4), BulkServer.headOf(5, serialized, 0), serialized);
        connection.flush();
        connection.readFrame(BulkConnection.MAX_FRAME_BYTES);

        assertThat(connection.storeObjection(5)).isEmpty();
        final List<?> kept = (List<?>) Objects.requireNonNull(store.get(5));
        assertThat(kept.get(0)).isEqualTo(values);
        assertThat(kept.get(1)).isEqualTo(new long[100_000]);
        assertThat(kept.get(2)).isEqualTo(noise(300_000));
    }

    @Test
    void compressedBytesThatLieNeverCrash() throws Exception {
        final SerializedValue value = serializer.serialize(
                IntStream.range(0, 1000).mapToDouble(i -> i).toArray());
        final Packer packer = new Packer(CompressionChoice.LZ4);
        final int length = (int) value.totalBytes();
        final int packedLength = packer.pack(value, 0, length, 8);
        final byte[] good = ByteBuffer.allocate(2 * Integer.BYTES + packedLength)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .putInt(packedLength)
                .put(packer.packed(), 0, packedLength)
                .array();
        final Random random = new Random(7);
        for (int i = 0; i < 60; i++) {
            final byte[] bad = good.clone();
            bad[i < 8 ? i : random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            final FakeHolder liar = new FakeHolder(connection -> {
                connection.writePackedHead(8, BulkServer.headOf(1, value, 0));
                return bad;
            });
            final int number = 100 + i;
            client.workerUp(address(number, liar.port(), liar.identity));
            final Outcome one = new Outcome();
            client.fetch(new long[] {1}, new int[][] {{number}}, one);
            one.awaitCalls(1);
            client.workerDown(number);
        }
        theServerStillServes();
    }

    @Test
    void compressingPaysOnASlowLinkAndForWhatGetsSmaller() throws Exception {
        final double slow = 0.000_1;
        final SerializedValue smooth = serializer.serialize(
                IntStream.range(0, 1 << 20).mapToDouble(Math::sqrt).toArray());
        final SerializedValue noise = serializer.serialize(noise(8 << 20));
        final Packer auto = new Packer(CompressionChoice.AUTO);

        assertThat(auto.stride(smooth, 0, slow))
                .as("bytes of doubles are put apart")
                .isEqualTo(8);
        assertThat(auto.stride(noise, 0, slow)).as("noise").isZero();
        assertThat(new Packer(CompressionChoice.LZ4).stride(smooth, 0, 2)).isEqualTo(8);
        assertThat(new Packer(CompressionChoice.LZ4).stride(noise, 0, slow)).isZero();
        final long large = smooth.totalBytes();
        assertThat(Packer.mayPay(CompressionChoice.AUTO, large, slow)).isTrue();
        assertThat(Packer.mayPay(CompressionChoice.AUTO, large, 2))
                .as("a fast link")
                .isFalse();
        assertThat(Packer.mayPay(CompressionChoice.AUTO, large, 0))
                .as("not known")
                .isFalse();
        assertThat(Packer.mayPay(CompressionChoice.AUTO, 10_000, slow))
                .as("small")
                .isFalse();
        assertThat(Packer.mayPay(CompressionChoice.LZ4, large, 2)).isTrue();
        assertThat(Packer.mayPay(CompressionChoice.NONE, large, slow)).isFalse();
    }

    private static byte[] noise(final int length) {
        final byte[] bytes = new byte[length];
        new Random(3).nextBytes(bytes);
        return bytes;
    }

    @Test
    void tenThousandSmallResultsComeInOneFetch() {
        final long[] tasks = LongStream.range(0, 10_000).toArray();
        for (final long task : tasks) {
            store.keep(task, task);
        }

        fetch(1, tasks);

        outcome.awaitCalls(10_000);
        assertThat(outcome.values.get(9_999L)).contains(9_999L);
    }

    @Test
    void aResultThatIsNotHeldIsGoneWithCertainty() {
        store.keep(2, "here");

        fetch(1, 1, 2);

        outcome.awaitCalls(2);
        assertThat(outcome.missing.get(1L).gone()).containsExactly(true);
        assertThat(outcome.values.get(2L)).contains("here");
    }

    @Test
    void aResultThatCannotBeSerializedFailsWithTheHoldersWords() {
        store.keep(1, List.of(new Object()));
        store.keep(2, "next");

        fetch(1, 1, 2);

        outcome.awaitCalls(2);
        assertThat(outcome.failures.get(1L))
                .hasMessageContaining("java.lang.Object")
                .hasMessageContaining("w-1");
        assertThat(outcome.values.get(2L)).contains("next");
    }

    @Test
    void aResultThatCannotBeReadHereFailsAndTheNextOnesCome() {
        store.keep(1, new Unreadable());
        store.keep(2, "next");

        fetch(1, 1, 2);

        outcome.awaitCalls(2);
        assertThat(outcome.failures).containsKey(1L);
        assertThat(outcome.values.get(2L)).contains("next");
    }

    @Test
    void aStoredValueIsKept() {
        final long[] value = LongStream.range(0, 1 << 20).toArray();

        client.store(1, 5, value, outcome);
        client.store(1, 6, "small", outcome);

        outcome.awaitCalls(2);
        assertThat(outcome.failures).isEmpty();
        assertThat((long[]) store.get(5)).isEqualTo(value);
        assertThat(store.get(6)).isEqualTo("small");
    }

    @Test
    void aValueThatCannotBeStoredSaysWhy() {
        client.store(1, 5, new Object(), outcome);
        client.store(1, 6, new Unreadable(), outcome);
        client.store(9, 7, "x", outcome);

        outcome.awaitCalls(3);
        assertThat(outcome.failures.get(5L)).hasMessageContaining("java.lang.Object");
        assertThat(outcome.failures.get(6L)).hasMessageContaining("did not keep the value");
        assertThat(outcome.failures.get(7L)).hasMessageContaining("worker=9");
    }

    @Test
    void aPeerWithAnotherSecretIsRefusedAndSeesNoResult() {
        store.keep(1, "secret");
        final BulkClient stranger = closeLater(new BulkClient("stranger", Secret.random(), serializer));
        stranger.workerUp(address(1, server.port(), identity));

        stranger.fetch(new long[] {1}, new int[][] {{1}}, outcome);

        outcome.awaitCalls(1);
        assertThat(outcome.missing.get(1L).gone()).containsExactly(false);
    }

    @Test
    void resultsComeByTheRouteThatIsGivenAndFromNobodyWhereThereIsNone() {
        store.keep(1, "here");
        final Tunnel tunnel = closeLater(new Tunnel());
        final BulkClient afar = closeLater(new BulkClient("afar", secret, serializer, tunnel));
        afar.workerUp(address(1, server.port(), identity));

        afar.fetch(new long[] {1}, new int[][] {{1}}, outcome);
        outcome.awaitCalls(1);
        assertThat(outcome.values.get(1L)).contains("here");
        assertThat(tunnel.targets()).containsExactly(HOST + ":" + server.port());

        tunnel.block();
        afar.workerUp(address(2, server.port(), identity));
        afar.fetch(new long[] {2}, new int[][] {{2}}, outcome);
        outcome.awaitCalls(2);
        assertThat(outcome.missing.get(2L).gone()).containsExactly(false);
    }

    @Test
    void theRefusalOfAWrongProofArrivesAsText() throws Exception {
        final BulkConnection connection = dial();
        connection.writeHello(new byte[32]);
        connection.writeFetch(new long[] {1}, new long[] {0});
        connection.flush();

        assertThat(connection.readFrame(BulkConnection.MAX_FRAME_BYTES)).isEqualTo(RefusedDecoder.TEMPLATE_ID);
        assertThat(connection.refusal()).contains("secret").contains("scheduler file");
        assertThat(connection.readFrame(BulkConnection.MAX_FRAME_BYTES)).isEqualTo(-1);
    }

    @Test
    void aProofForAnotherServerIsRefused() throws Exception {
        final BulkConnection connection = dial();
        connection.writeHello(secret.proof(Role.PEER.value(), Identity.create().fingerprint()));
        connection.flush();

        assertThat(connection.readFrame(BulkConnection.MAX_FRAME_BYTES)).isEqualTo(RefusedDecoder.TEMPLATE_ID);
    }

    @Test
    void aFetchBeforeTheHelloIsRefused() throws Exception {
        store.keep(1, "secret");
        final BulkConnection connection = dial();
        connection.writeFetch(new long[] {1}, new long[] {0});
        connection.flush();

        assertThat(connection.readFrame(BulkConnection.MAX_FRAME_BYTES)).isEqualTo(RefusedDecoder.TEMPLATE_ID);
    }

    @Test
    void aServerWithAnotherCertificateIsNotAsked() {
        store.keep(1, "x");
        client.workerUp(address(2, server.port(), Identity.create()));

        client.fetch(new long[] {1}, new int[][] {{2, 1}}, outcome);

        outcome.awaitCalls(1);
        assertThat(outcome.values.get(1L)).contains("x");
    }

    @ParameterizedTest
    @CsvSource({"-1", "0", "7", "4097", "2147483647", "-2147483648"})
    void aHelloWhoseLengthLiesEndsTheConnection(final int length) throws Exception {
        assertThat(answerTo(littleEndian(length), new byte[8])).isZero();
        theServerStillServes();
    }

    @Test
    void aHelloCutAtAnyByteEndsTheConnectionAndNothingElse() throws Exception {
        final byte[] hello = hello();
        for (int cut = 0; cut < hello.length; cut += 3) {
            assertThat(answerTo(Arrays.copyOf(hello, cut))).isZero();
        }
        theServerStillServes();
    }

    @Test
    void everyByteOfAHelloMayLieWithoutHarm() throws Exception {
        final byte[] hello = hello();
        for (int i = 0; i < hello.length; i += 2) {
            final byte[] bent = hello.clone();
            bent[i] = (byte) 0xff;
            answerTo(bent);
        }
        theServerStillServes();
    }

    @Test
    void anotherSchemaVersionIsNamedTogetherWithOurs() throws Exception {
        final FakeHolder holder = new FakeHolder(connection -> {
            final byte[] bytes = hello();
            bytes[10] = 99;
            return bytes;
        });
        final BulkConnection connection = dial(holder.port(), holder.identity);
        connection.writeHello(new byte[32]);
        connection.writeFetch(new long[] {1}, new long[] {0});
        connection.flush();

        assertThatThrownBy(() -> connection.readFrame(BulkConnection.MAX_FRAME_BYTES))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version=99")
                .hasMessageContaining("version=" + HelloDecoder.SCHEMA_VERSION);
    }

    @Test
    void plainTextIsNotTalkedTo() throws Exception {
        try (Socket socket = new Socket(HOST, server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            final byte[] answer = socket.getInputStream().readAllBytes();
            assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP");
        }
        theServerStillServes();
    }

    @Test
    void aStoreThatLiesAboutItsSizesIsNotKept() throws Exception {
        final SerializedValue value = serializer.serialize(new long[10_000]);
        final BulkConnection connection = greeted();
        connection.writeStore(5);
        connection.writeValue(
                new ValueHead(
                        5, ValueHead.HERE, value.totalBytes() + 8, value.bodyBytes(), value.bodyChecksum(), 0, ""),
                value);
        connection.writeStored(0, false, "padding");
        connection.flush();

        connection.readFrame(BulkConnection.MAX_FRAME_BYTES);
        assertThat(connection.storeObjection(5)).isNotEmpty();
        assertThat(store.get(5)).isSameAs(ResultStore.ABSENT);
        theServerStillServes();
    }

    @ParameterizedTest
    @CsvSource({"-1,-1,0", "10,20,0", "-5,1,0", "10,5,11"})
    void aHeadThatContradictsItselfEndsTheConnection(final long total, final long body, final long from)
            throws Exception {
        final BulkConnection connection = greeted();
        connection.writeStore(5);
        connection.writeHead(new ValueHead(5, ValueHead.HERE, total, body, 0, from, ""));
        connection.flush();

        assertThat(connection.readFrame(BulkConnection.MAX_FRAME_BYTES)).isEqualTo(-1);
        theServerStillServes();
    }

    @Test
    void aPositionBeyondTheValueStartsOver() throws Exception {
        store.keep(1, "x");
        final BulkConnection connection = greeted();
        connection.writeFetch(new long[] {1, 1}, new long[] {Long.MAX_VALUE, -1});
        connection.flush();

        for (int i = 0; i < 2; i++) {
            assertThat(connection.readFrame(BulkConnection.MAX_FRAME_BYTES)).isEqualTo(FetchedValueDecoder.TEMPLATE_ID);
            final ValueHead head = connection.head();
            assertThat(head.fromPosition()).isZero();
            connection.skip(head.totalBytes());
        }
    }

    @Test
    void aValueWhoseHolderDiesIsContinuedAtTheNextHolder() throws Exception {
        final double[] value = IntStream.range(0, 8 << 20).asDoubleStream().toArray();
        final SerializedValue serialized = serializer.serialize(value);
        final int half = (int) (serialized.totalBytes() / 2);
        final FakeHolder dying = new FakeHolder(connection -> {
            connection.writeHead(BulkServer.headOf(1, serialized, 0));
            final byte[] bytes = new byte[half];
            serialized.read(0, ByteBuffer.wrap(bytes, 0, half));
            return bytes;
        });
        client.workerUp(address(2, dying.port(), dying.identity));
        final CompletableFuture<Long> resumedAt = new CompletableFuture<>();
        final FakeHolder second = new FakeHolder(connection -> {
            final long from = connection.wanted()[1];
            resumedAt.complete(from);
            connection.writeValue(BulkServer.headOf(1, serialized, from), serialized);
            return new byte[0];
        });
        client.workerUp(address(3, second.port(), second.identity));

        client.fetch(new long[] {1}, new int[][] {{2, 3}}, outcome);

        outcome.awaitCalls(1);
        assertThat((double[]) outcome.values.get(1L).orElseThrow()).isEqualTo(value);
        assertThat(resumedAt.get(10, TimeUnit.SECONDS)).isEqualTo(half);
    }

    @Test
    void aHolderWithOtherBytesIsAskedFromTheStart() throws Exception {
        final SerializedValue other = serializer.serialize(List.of("other", new double[200_000]));
        final FakeHolder dying = new FakeHolder(connection -> {
            connection.writeHead(BulkServer.headOf(1, other, 0));
            final byte[] bytes = new byte[1_000_000];
            other.read(0, ByteBuffer.wrap(bytes));
            return bytes;
        });
        client.workerUp(address(2, dying.port(), dying.identity));
        final double[] value = new double[300_000];
        Arrays.fill(value, 3);
        store.keep(1, value);

        client.fetch(new long[] {1}, new int[][] {{2, 1}}, outcome);

        outcome.awaitCalls(1);
        assertThat((double[]) outcome.values.get(1L).orElseThrow()).isEqualTo(value);
    }

    @Test
    void holdersThatRefuseConnectionsDidNotAnswer() throws Exception {
        final int unused;
        try (ServerSocket socket = new ServerSocket(0)) {
            unused = socket.getLocalPort();
        }
        client.workerUp(address(2, unused, identity));

        client.fetch(new long[] {1}, new int[][] {{2, 9}}, outcome);

        outcome.awaitCalls(1);
        assertThat(outcome.missing.get(1L).holders()).containsExactly(2, 9);
        assertThat(outcome.missing.get(1L).gone()).containsExactly(false, false);
    }

    @Test
    void aWorkerThatGoesDownEndsItsTransfersAtOnce() throws Exception {
        final CompletableFuture<Void> release = new CompletableFuture<>();
        final CompletableFuture<Void> asked = new CompletableFuture<>();
        final FakeHolder silent = new FakeHolder(connection -> {
            asked.complete(null);
            release.join();
            return new byte[0];
        });
        client.workerUp(address(2, silent.port(), silent.identity));
        client.fetch(new long[] {1}, new int[][] {{2}}, outcome);
        asked.get(20, TimeUnit.SECONDS);

        client.workerDown(2);

        outcome.awaitCalls(1);
        assertThat(outcome.missing.get(1L).gone()).containsExactly(false);
        release.complete(null);
    }

    @Test
    void aPooledConnectionThatDiedMeanwhileIsReplaced() {
        store.keep(1, "x");
        fetch(1, 1);
        outcome.awaitCalls(1);
        server.close();
        final MapStore otherStore = new MapStore();
        otherStore.keep(2, "y");
        final BulkServer again = closeLater(Awaitility.await()
                .ignoreExceptions()
                .until(
                        () -> BulkServer.start(HOST, server.port(), identity, secret, otherStore, serializer),
                        Objects::nonNull));
        assertThat(again.port()).isEqualTo(server.port());

        fetch(1, 2);

        outcome.awaitCalls(2);
        assertThat(outcome.values.get(2L)).contains("y");
    }

    @Test
    void aClosedClientAnswersEveryFetch() {
        client.close();

        fetch(1, 1, 2, 3);

        outcome.awaitCalls(3);
        assertThat(outcome.missing).hasSize(3);
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        assertThatThrownBy(() -> BulkServer.start(HOST, server.port(), identity, secret, store, serializer))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("port=" + server.port());
    }

    @Test
    void theGuardClosesWhatIsOverdue() throws Exception {
        guard.start();
        final BulkConnection connection = greeted();
        connection.idle(0);

        await().until(() -> !connection.isOpen());
        assertThat(guard.size()).isZero();
    }

    private void fetch(final int worker, final long... tasks) {
        final int[][] holders = new int[tasks.length][];
        Arrays.fill(holders, new int[] {worker});
        client.fetch(tasks, holders, outcome);
    }

    private void theServerStillServes() {
        store.keep(99, "still");
        final Outcome after = new Outcome();
        client.fetch(new long[] {99}, new int[][] {{1}}, after);
        after.awaitCalls(1);
        assertThat(after.values.get(99L)).contains("still");
    }

    private BulkConnection greeted() throws IOException {
        final BulkConnection connection = dial();
        connection.greeted();
        connection.writeHello(secret.proof(Role.PEER.value(), identity.fingerprint()));
        return connection;
    }

    private BulkConnection dial() throws IOException {
        return dial(server.port(), identity);
    }

    private BulkConnection dial(final int port, final Identity of) throws IOException {
        final BulkConnection connection = new BulkConnection(tls(port, of), guard, STALL_NS);
        connection.handshake(STALL_NS);
        return closeLater(connection);
    }

    private static BlockingTls tls(final int port, final Identity of) throws IOException {
        final SocketChannel socket = SocketChannel.open(new InetSocketAddress(HOST, port));
        return BlockingTls.over(socket, Identity.pinning(of.fingerprint()).createSSLEngine());
    }

    /** Sends bytes inside TLS, ends the stream, and returns how many bytes came back. */
    private int answerTo(final byte[]... pieces) throws IOException {
        final long deadlineNs = System.nanoTime() + STALL_NS;
        final SocketChannel socket = SocketChannel.open(new InetSocketAddress(HOST, server.port()));
        try (BlockingTls tls = BlockingTls.over(
                socket, Identity.pinning(identity.fingerprint()).createSSLEngine())) {
            tls.handshake(deadlineNs);
            for (final byte[] piece : pieces) {
                for (int at = 0; at < piece.length; ) {
                    at += tls.write(piece, at, piece.length - at, deadlineNs);
                }
            }
            tls.flush(deadlineNs);
            socket.shutdownOutput();
            final byte[] answer = new byte[4096];
            int total = 0;
            for (int count = 0; count >= 0; count = tls.read(answer, 0, answer.length, deadlineNs)) {
                total += count;
            }
            return total;
        } catch (final SocketTimeoutException e) {
            throw e;
        } catch (final IOException e) {
            return 0;
        }
    }

    private byte[] hello() {
        final byte[] bytes = new byte[256];
        final byte[] proof = secret.proof(Role.PEER.value(), identity.fingerprint());
        final ArrayBuffer buffer = new ArrayBuffer(bytes);
        final HelloEncoder encoder = new HelloEncoder();
        encoder.wrapAndApplyHeader(buffer, Integer.BYTES, new MessageHeaderEncoder())
                .protocolVersion(1)
                .javaLevel(17)
                .role(Role.PEER)
                .linkKinds((short) 0)
                .putProof(proof, 0, proof.length)
                .clusterId("")
                .hostId("")
                .userName("");
        final int length = MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
        buffer.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
        return Arrays.copyOf(bytes, Integer.BYTES + length);
    }

    private static byte[] littleEndian(final int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private static WorkerAddress address(final int number, final int port, final Identity of) {
        return new WorkerAddress(number, "w-" + number, 1, HOST, port, of.fingerprint());
    }

    private <T extends AutoCloseable> T closeLater(final T closeable) {
        toClose.add(closeable);
        return closeable;
    }

    /** Answers the first request of one connection as a test says, and dies. */
    private final class FakeHolder implements AutoCloseable {
        private final Identity identity = Identity.create();
        private final ServerSocketChannel listener;

        FakeHolder(final Answer answer) throws IOException {
            listener = closeLater(ServerSocketChannel.open()).bind(new InetSocketAddress(HOST, 0));
            final Thread thread = new Thread(() -> serve(answer), "fake-holder");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return listener.socket().getLocalPort();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }

        private void serve(final Answer answer) {
            try (SocketChannel socket = listener.accept();
                    BlockingTls tls =
                            BlockingTls.over(socket, identity.serverContext().createSSLEngine())) {
                final BulkConnection connection = new BulkConnection(tls, guard, STALL_NS);
                connection.handshake(STALL_NS);
                connection.readFrame(BulkConnection.MAX_HELLO_BYTES);
                connection.readFrame(BulkConnection.MAX_FRAME_BYTES);
                final byte[] bytes = answer.to(connection);
                connection.flush();
                final long deadlineNs = System.nanoTime() + STALL_NS;
                for (int at = 0; at < bytes.length; ) {
                    at += tls.write(bytes, at, bytes.length - at, deadlineNs);
                }
                tls.flush(deadlineNs);
            } catch (final IOException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What a fake holder sends. */
    private interface Answer {
        byte[] to(BulkConnection connection) throws IOException;
    }

    /** Can be written but not read. */
    private static final class Unreadable implements Serializable {
        private static final long serialVersionUID = 1L;

        private Object readResolve() {
            throw new IllegalStateException("can't be read here");
        }
    }
}
