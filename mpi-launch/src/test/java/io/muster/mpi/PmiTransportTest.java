package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PmiTransportTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final ExecutorService ranks = Executors.newCachedThreadPool();

    @AfterEach
    void stopRanks() {
        ranks.shutdownNow();
    }

    @Test
    void theExchangeIsTheDocumentedOne() throws Exception {
        try (FakePmiServer server = server(1, UnaryOperator.identity())) {
            final PmiTransport transport = open(server, 0);
            assertThat(transport.broadcast("hello, ranks".getBytes(StandardCharsets.US_ASCII), 0))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("hello, ranks");
            transport.barrier();
            transport.close();

            assertThat(server.requests())
                    .containsExactly(
                            "cmd=initack pmiid=0",
                            "cmd=init pmi_version=1 pmi_subversion=1",
                            "cmd=get_maxes",
                            "cmd=get_my_kvsname",
                            "cmd=put kvsname=kvs_7 key=muster-0 value=vaGVsbG8sIHJhbmtz",
                            "cmd=barrier_in",
                            "cmd=get kvsname=kvs_7 key=muster-0",
                            "cmd=barrier_in",
                            "cmd=finalize");
        }
    }

    @Test
    void allRanksHearTheRoot() throws Exception {
        try (FakePmiServer server = server(3, UnaryOperator.identity())) {
            final byte[] all = new byte[700];
            Arrays.fill(all, (byte) 0xff);
            final List<Future<byte[]>> heard = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                final int rank = i;
                heard.add(ranks.submit(() -> {
                    try (PmiTransport transport = open(server, rank)) {
                        assertThat(transport.rank()).isEqualTo(rank);
                        assertThat(transport.size()).isEqualTo(3);
                        assertThat(transport.broadcast(new byte[0], 0)).isEmpty();
                        return transport.broadcast(rank == 2 ? all : new byte[] {1}, 2);
                    }
                }));
            }
            for (final Future<byte[]> each : heard) {
                assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo(all);
            }
        }
    }

    @Test
    void aRankOfTheWireThatTheVariablesContradictIsRefused() throws Exception {
        try (FakePmiServer server = server(2, UnaryOperator.identity())) {
            final Map<String, String> variables =
                    Map.of("PMI_PORT", address(server), "PMI_ID", "1", "PMI_RANK", "1", "PMI_SIZE", "3");

            assertThatThrownBy(() -> PmiTransport.open(variables, TIMEOUT))
                    .isInstanceOf(MpiLaunchException.class)
                    .hasMessageContaining("rank=1 size=3 by variables")
                    .hasMessageContaining("PMI-1 says rank=1 size=2");
        }
    }

    @Test
    void aLauncherThatSaysNoIsQuoted() throws Exception {
        try (FakePmiServer server =
                server(1, line -> line.contains("response_to_init") ? "cmd=response_to_init rc=-1 msg=no" : line)) {
            assertThatThrownBy(() -> open(server, 0))
                    .isInstanceOf(MpiLaunchException.class)
                    .hasMessageContaining("cmd=response_to_init rc=-1 msg=no")
                    .hasMessageContaining("-Dmuster.mpi.transport=shared-file");
        }
    }

    @Test
    void valuesThatWouldNotFitAreNoticedAtTheStart() throws Exception {
        try (FakePmiServer server = server(1, line -> line.replace("vallen_max=1024", "vallen_max=256"))) {
            assertThatThrownBy(() -> open(server, 0)).hasMessageContaining("vallen_max=256 must be at least 936");
        }
    }

    @Test
    void aSilentLauncherIsGivenUpOn() throws Exception {
        try (FakePmiServer server = server(1, line -> line.contains("maxes") ? "" : line)) {
            final Map<String, String> variables = Map.of("PMI_PORT", address(server), "PMI_ID", "0");

            assertThatThrownBy(() -> PmiTransport.open(variables, Duration.ofMillis(300)))
                    .isInstanceOf(MpiLaunchException.class)
                    .hasMessageContaining("waiting for cmd=maxes took longer than timeout=300ms");
        }
    }

    @Test
    void anEndlessLineIsNotRead() throws Exception {
        try (FakePmiServer server = server(1, line -> "x".repeat(1 << 17))) {
            assertThatThrownBy(() -> open(server, 0)).hasMessageContaining("longer than 65536");
        }
    }

    @Test
    void aLauncherThatHasGoneIsAnError() throws Exception {
        final FakePmiServer server = server(1, UnaryOperator.identity());
        final PmiTransport transport = open(server, 0);
        server.close();

        assertThatThrownBy(transport::barrier).isInstanceOf(MpiLaunchException.class);
    }

    @Test
    void anAddressThatIsNoneIsRefused() {
        assertThatThrownBy(() -> PmiTransport.open(Map.of("PMI_PORT", "n1", "PMI_ID", "0"), TIMEOUT))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("PMI_PORT=n1 must be host:port");
    }

    @Test
    void aDescriptorThatIsNotTheLaunchersSocketIsNotTouched(@TempDir final Path directory) throws Exception {
        final Path descriptors = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(descriptors), "this system has no /proc/self/fd");
        final Path file = Files.writeString(directory.resolve("file"), "untouched");
        try (var open = Files.newByteChannel(file)) {
            assertThat(open.isOpen()).isTrue();
            final Map<String, String> variables =
                    Map.of("PMI_FD", descriptorOf(descriptors, file), "PMI_RANK", "0", "PMI_SIZE", "2");

            assertThatThrownBy(() -> PmiTransport.open(variables, TIMEOUT))
                    .isInstanceOf(MpiLaunchException.class)
                    .hasMessageContaining("not a socket that the launcher left open")
                    .hasMessageContaining("strip the launcher's variables");
        }
        assertThat(file).hasContent("untouched");
    }

    @Test
    void anInheritedSocketIsTakenOver(@TempDir final Path directory) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "this system has no bash");
        try (FakePmiServer server = server(1, UnaryOperator.identity());
                RankPrograms programs = new RankPrograms(directory)) {
            final String connect = "exec 7<>/dev/tcp/127.0.0.1/" + server.port() + "; exec \"$@\"";
            final List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", connect, "bash"));
            command.addAll(programs.java(List.of(), List.of("a")));

            final String output = programs.run(Map.of("PMI_FD", "7", "PMI_RANK", "0", "PMI_SIZE", "1"), command);

            assertThat(output).contains("rank=0 size=1 by=pmi-1").contains("heard=" + RankHello.heard(1));
        }
    }

    private static String descriptorOf(final Path descriptors, final Path file) throws IOException {
        try (var links = Files.list(descriptors)) {
            return links.filter(link -> pointsTo(link, file))
                    .findFirst()
                    .orElseThrow()
                    .getFileName()
                    .toString();
        }
    }

    private static boolean pointsTo(final Path link, final Path file) {
        try {
            return Files.readSymbolicLink(link).equals(file.toRealPath());
        } catch (final IOException e) {
            return false;
        }
    }

    private static FakePmiServer server(final int size, final UnaryOperator<String> spoil) throws IOException {
        return new FakePmiServer(size, spoil);
    }

    private static PmiTransport open(final FakePmiServer server, final int rank) {
        return PmiTransport.open(Map.of("PMI_PORT", address(server), "PMI_ID", Integer.toString(rank)), TIMEOUT);
    }

    private static String address(final FakePmiServer server) {
        return "127.0.0.1:" + server.port();
    }
}
