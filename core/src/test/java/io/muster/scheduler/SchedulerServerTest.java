package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.config.TransportChoice;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.AssignDecoder;
import io.muster.protocol.FreeResultsDecoder;
import io.muster.protocol.InfoReplyDecoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.Role;
import io.muster.security.SchedulerFile;
import io.muster.transport.RawPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that know the secret and break the protocol lose their session; the scheduler and the others go on. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SchedulerServerTest {
    @TempDir
    private static Path directory;

    private static SchedulerServer server;
    private static SchedulerFile file;

    @BeforeAll
    static void start() {
        server = SchedulerServer.start(Settings.defaults()
                .with(
                        Options.SCHEDULER_FILE,
                        directory.resolve("scheduler.json").toString())
                .with(Options.SCHEDULER_HOST, "127.0.0.1")
                .with(Options.TRANSPORT, TransportChoice.TCP));
        file = SchedulerFile.read(server.file());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void theSchedulerLivesOn() {
        try (Client client = Client.connect(server.file(), Duration.ofSeconds(10))) {
            await().untilAsserted(() ->
                    assertThat(client.info()).contains("\"clients\":1,").contains("\"workers\":[]"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("breaches")
    void aPeerThatBreaksTheProtocolIsToldHowAndLosesItsSession(
            final String name, final Role role, final List<byte[]> said, final String told) throws IOException {
        try (RawPeer peer = connect(role).welcomed()) {
            for (final byte[] message : said) {
                peer.send(message);
            }

            assertThat(peer.goodbye()).contains(told);
            assertThat(peer.isDropped()).isTrue();
        }
    }

    static Stream<Arguments> breaches() {
        final byte[] function = Said.registerFunction(0);
        return Stream.of(
                breach("task out of order", Role.CLIENT, "taskId=7 must be 0", function, Said.submit(7, 0)),
                breach("negative task", Role.CLIENT, "taskId=-1 must be 0", function, Said.submit(-1, 0)),
                breach("unknown function", Role.CLIENT, "functionId=5", function, Said.submit(0, 5)),
                breach("odd needs", Role.CLIENT, "resource 'gpu=x' must be name=amount", Said.terms(0, 0, "", "gpu=x")),
                breach("task from the future", Role.CLIENT, "depends on taskId=3", function, Said.submit(0, 0, 3)),
                breach("task that needs itself", Role.CLIENT, "depends on taskId=0", function, Said.submit(0, 0, 0)),
                breach("function twice", Role.CLIENT, "functionId=0 must be new", function, function),
                breach("negative function", Role.CLIENT, "functionId=-1 must be", Said.registerFunction(-1)),
                breach("unknown message", Role.CLIENT, "templateId=999", Said.unheardOf()),
                breach("a worker's message", Role.CLIENT, "not one of a client's", Said.runDone(1, 1)),
                breach("registration as a worker", Role.CLIENT, "not one of a client's", Said.registerWorker(1)),
                breach("not of this schema", Role.CLIENT, "schemaId=", RawPeer.framed(new byte[8])),
                breach("shorter than a header", Role.CLIENT, "messageBytes=3", RawPeer.framed(new byte[3])),
                breach("negative length", Role.CLIENT, "messageBytes=-1", new byte[] {-1, -1, -1, -1}),
                breach("huge text", Role.CLIENT, "fieldBytes=1073741824", function, lyingKey(1 << 30)),
                breach("text below zero", Role.CLIENT, "fieldBytes=4294967295", function, lyingKey(-1)),
                breach("result before registration", Role.WORKER, "before registration", Said.runDone(1, 1)),
                breach("inventory before registration", Role.WORKER, "before registration", Said.inventory(1, 1)),
                breach("drain before registration", Role.WORKER, "before registration", Said.draining()),
                breach("no threads", Role.WORKER, "threads=0 must be >= 1", Said.registerWorker(0)),
                breach("odd resources", Role.WORKER, "resource 'gpu=x' must be name=amount", offering("gpu=x")),
                breach("resource twice", Role.WORKER, "resource 'gpu=2' comes twice", offering("gpu=1\ngpu=2")),
                breach("copy before registration", Role.WORKER, "before registration", Said.replicaFailed(1, 1)),
                breach("observer that submits", Role.OBSERVER, "not one of an observer's", Said.submit(0, 0)),
                breach("known runs before registration", Role.WORKER, "before registration", Said.knownRuns(1)),
                breach("runs that fall", Role.WORKER, "must rise", Said.registerWorker(1), Said.knownRuns(2, 1)),
                breach("too many runs", Role.WORKER, "must be <= 64", Said.registerWorker(1), tooManyRuns()),
                breach("twice", Role.WORKER, "registers twice", Said.registerWorker(1), Said.registerWorker(1)),
                breach("no such worker", Role.WORKER, "index=2 must be in [0, 1]", Said.forWorker(2)),
                breach("negative worker", Role.WORKER, "index=-1 must be", Said.forWorker(-1)),
                breach(
                        "result of a new worker",
                        Role.WORKER,
                        "before registration",
                        Said.registerWorker(1),
                        Said.forWorker(1),
                        Said.runDone(1, 1, 1)),
                breach(
                        "result of no worker",
                        Role.WORKER,
                        "index=1 must be in [0, 0]",
                        Said.registerWorker(1),
                        Said.runDone(1, 1, 1)),
                breach(
                        "result of worker -1",
                        Role.WORKER,
                        "index=-1 must be",
                        Said.registerWorker(1),
                        Said.runDone(-1, 1, 1)),
                breach("a client's message", Role.WORKER, "templateId=38", Said.registerWorker(1), Said.submit(0, 0)));
    }

    private static byte[] tooManyRuns() {
        return Said.knownRuns(LongStream.rangeClosed(1, 65).toArray());
    }

    private static byte[] offering(final String resources) {
        return Said.registerWorker(1, resources, -1, -1);
    }

    private static Arguments breach(final String name, final Role role, final String told, final byte[]... said) {
        return Arguments.of(name, role, List.of(said), told);
    }

    /** A submission whose key is said to be longer than all of it. */
    private static byte[] lyingKey(final int keyBytes) {
        final byte[] submission = Said.submit(0, 0);
        Wire.putInt(new ArrayBuffer(submission), submission.length - 8, keyBytes);
        return submission;
    }

    @Test
    void aBulkPeerIsRefusedAtTheSchedulersPort() throws IOException {
        try (RawPeer peer = connect(Role.PEER)) {
            assertThat(peer.refusal()).contains("role=PEER must be CLIENT or WORKER");
            assertThat(peer.isDropped()).isTrue();
        }
    }

    @Test
    void reportsOfRunsThatNeverWereChangeNothing() throws IOException {
        try (RawPeer client = connect(Role.CLIENT).welcomed();
                RawPeer worker = connect(Role.WORKER).welcomed()) {
            client.send(Said.registerFunction(0)).send(Said.submit(0, 0));
            worker.send(Said.registerWorker(1))
                    .send(Said.runDone(99, 0))
                    .send(Said.runFailed(99, -1))
                    .send(Said.inputMissing(99, Long.MIN_VALUE, Long.MAX_VALUE, 77))
                    .send(Said.replicaStored(Long.MAX_VALUE))
                    .send(Said.replicaFailed(Long.MIN_VALUE, 77))
                    .send(Said.replicaFailed(0, -1))
                    .send(Said.inventory(5, 5, -1, -1))
                    .send(Said.heartbeat());
            client.send(Said.resultMissing(0, -1))
                    .send(Said.resultMissing(-1, 0))
                    .send(Said.release(-1, 5));

            await().untilAsserted(() -> assertThat(info(client)).contains("\"processing\":1"));
        }
    }

    @Test
    void aWorkerThatSharesASessionLeavesItToTheOthers() throws IOException {
        try (RawPeer client = connect(Role.CLIENT).welcomed();
                RawPeer process = connect(Role.WORKER).welcomed()) {
            process.send(Said.registerWorker(1))
                    .send(Said.forWorker(1))
                    .send(Said.registerWorker(1))
                    .send(Said.forWorker(2))
                    .send(Said.registerWorker(1));
            await().untilAsserted(() -> assertThat(workers(client)).isEqualTo(3));

            process.send(Said.forWorker(1)).send(Said.goodbye());
            await().untilAsserted(() -> assertThat(workers(client)).isEqualTo(2));

            process.send(Said.runDone(1, 1, 1)).send(Said.forWorker(0)).send(Said.heartbeat());
            assertThat(workers(client)).isEqualTo(2);
            process.send(Said.goodbye());
            await().untilAsserted(() -> assertThat(workers(client)).isZero());
        }
    }

    @Test
    void theRunsAndResultsOfWorkersThatShareASessionSayWhoseTheyAre() throws IOException {
        try (RawPeer client = connect(Role.CLIENT).welcomed();
                RawPeer process = connect(Role.WORKER).welcomed()) {
            process.send(Said.registerWorker(1)).send(Said.forWorker(1)).send(Said.registerWorker(1));
            await().untilAsserted(() -> assertThat(workers(client)).isEqualTo(2));

            client.send(Said.registerFunction(0)).send(Said.submit(0, 0)).send(Said.submit(1, 0));
            final AssignDecoder one = assigned(process);
            final AssignDecoder other = assigned(process);
            assertThat(List.of(one.worker(), other.worker())).containsExactlyInAnyOrder(0, 1);

            process.send(Said.runDone(other.worker(), other.runId(), other.task()))
                    .send(Said.runDone(one.worker(), one.runId(), one.task()));
            await().untilAsserted(() -> assertThat(info(client)).contains("\"memory\":2"));

            client.send(Said.release(0, 1));
            final ArrayBuffer message = process.receive(FreeResultsDecoder.TEMPLATE_ID);
            final FreeResultsDecoder freed =
                    new FreeResultsDecoder().wrapAndApplyHeader(message, 0, new MessageHeaderDecoder());
            final long[] tasks = Wire.longs(message, freed.limit() + Integer.BYTES, freed.tasksLength());
            freed.skipTasks();
            final int[] workers = Wire.ints(message, freed.limit() + Integer.BYTES, freed.workersLength(), new int[0]);
            assertThat(tasks).containsExactly(one.task(), other.task());
            assertThat(workers).containsExactly(one.worker(), other.worker());
        }
    }

    private static AssignDecoder assigned(final RawPeer worker) throws IOException {
        return new AssignDecoder()
                .wrapAndApplyHeader(worker.receive(AssignDecoder.TEMPLATE_ID), 0, new MessageHeaderDecoder());
    }

    private static int workers(final RawPeer client) throws IOException {
        return info(client).split("\"number\":", -1).length - 1;
    }

    @Test
    void aFunctionOfTheGreatestNumberCostsNoTimeWhenItsClientLeaves() throws IOException {
        try (RawPeer peer = connect(Role.CLIENT).welcomed()) {
            peer.send(Said.registerFunction(Integer.MAX_VALUE))
                    .send(Said.infoRequest())
                    .receive(InfoReplyDecoder.TEMPLATE_ID);
        }
        final long startNs = System.nanoTime();
        try (RawPeer other = connect(Role.CLIENT).welcomed()) {
            info(other);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aHundredPeersThatLeaveAtOnceAreForgotten() throws IOException {
        final List<RawPeer> crowd = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            crowd.add(connect(i % 2 == 0 ? Role.CLIENT : Role.WORKER));
        }
        for (final RawPeer each : crowd) {
            each.close();
        }
    }

    private static String info(final RawPeer client) throws IOException {
        final var reply = client.send(Said.infoRequest()).receive(InfoReplyDecoder.TEMPLATE_ID);
        return new InfoReplyDecoder()
                .wrapAndApplyHeader(reply, 0, new MessageHeaderDecoder())
                .json();
    }

    private static RawPeer connect(final Role role) throws IOException {
        final var address = RemoteClientLink.socketAddress(file.address());
        return RawPeer.connect(new InetSocketAddress(address.getHostString(), address.getPort()))
                .send(RawPeer.hello(role, file.secret(), file.fingerprintBytes(), file.clusterId()));
    }
}
