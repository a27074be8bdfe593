package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.security.SchedulerFile;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What another user of the same host sees of a running cluster: nothing. */
@ExtendWith(ShowLogs.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SecondUserTest implements ShowLogs.OnCluster {
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private static LocalCluster cluster;
    private static Client client;
    private static Path runtime;
    private static SchedulerFile file;

    @BeforeAll
    static void start() {
        cluster = ClusterKind.AERON.builder().start();
        client = cluster.connect();
        client.awaitWorkers(2, Duration.ofSeconds(10));
        runtime = cluster.schedulerFile().getParent();
        file = SchedulerFile.read(cluster.schedulerFile());
        client.gather(client.map(x -> x + 1, List.of(1, 2, 3, 4)));
    }

    @AfterAll
    static void stop() {
        client.close();
        cluster.close();
    }

    @Override
    public String logs() {
        return cluster + "\n" + cluster.logs();
    }

    @Test
    void nobodyElseMayListOrReadTheFilesOfACluster() throws Exception {
        asNobody();
        assertThat(nobody("cat", cluster.schedulerFile().toString())).isNotZero();
        for (final Path directory : runtimeDirectories()) {
            assertThat(nobody("ls", directory.toString())).as("%s", directory).isNotZero();
            assertThat(nobody("touch", directory.resolve("x").toString()))
                    .as("%s", directory)
                    .isNotZero();
            for (final Path each : tree(directory)) {
                assertThat(nobody("test", "-r", each.toString())).as("%s", each).isNotZero();
            }
        }
    }

    @Test
    void everyRuntimeDirectoryIsClosedToOthersWithAllThatIsInIt() throws IOException {
        assertThat(runtimeDirectories()).contains(runtime).hasSizeGreaterThanOrEqualTo(2);
        for (final Path directory : runtimeDirectories()) {
            assertThat(Files.getPosixFilePermissions(directory))
                    .as("%s", directory)
                    .doesNotContainAnyElementsOf(OTHERS);
        }
        assertThat(tree(runtime)).anyMatch(path -> path.toString().endsWith(".log"));
        assertThat(runtimeDirectories().stream().flatMap(directory -> tree(directory).stream()))
                .anyMatch(path -> path.getFileName().toString().equals("cnc.dat"));
    }

    @Test
    void thePortsTellNothingToWhoDoesNotKnowTheSecret() throws Exception {
        final List<Integer> ports = listeningPorts();
        assertThat(ports).hasSizeGreaterThanOrEqualTo(3);
        final int dashboard = URI.create(cluster.dashboardLink()).getPort();
        for (final int port : ports) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream()
                        .write("GET /info HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                final byte[] answer = answer(socket);
                if (port == dashboard) {
                    assertThat(new String(answer, StandardCharsets.UTF_8))
                            .startsWith("HTTP/1.1 401 ")
                            .doesNotContain(file.clusterId());
                } else {
                    assertThat(answer).as("port %d: at most a TLS alert", port).hasSizeLessThanOrEqualTo(7);
                }
            }
        }
    }

    @Test
    void theSecretIsInNoCommandLineEnvironmentOrLog() throws IOException {
        final String secret = file.secret().toHex();
        for (final long pid : pids()) {
            for (final String each : List.of("cmdline", "environ")) {
                final byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), each));
                assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                        .as("%s of %d", each, pid)
                        .doesNotContain(secret);
            }
        }
        assertThat(cluster.logs()).doesNotContain(secret);
        for (final Path directory : runtimeDirectories()) {
            for (final Path each : tree(directory)) {
                if (Files.isRegularFile(each) && !each.equals(cluster.schedulerFile())) {
                    assertThat(new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1))
                            .as("%s", each)
                            .doesNotContain(secret);
                }
            }
        }
    }

    private static List<Long> pids() {
        return Stream.concat(
                        ClusterView.of(client).workers().stream().map(ClusterView.Seen::pid), Stream.of(file.pid()))
                .toList();
    }

    /** The cluster's own directory, and those that its processes have files of open or mapped in. */
    private static Set<Path> runtimeDirectories() throws IOException {
        final Set<Path> directories = new TreeSet<>();
        directories.add(runtime);
        for (final long pid : pids()) {
            for (final String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "maps"))) {
                final int at = line.indexOf(runtime.getParent() + File.separator + "muster-");
                if (at >= 0) {
                    directories.add(runtime.getParent()
                            .resolve(runtime.getParent()
                                    .relativize(Path.of(line.substring(at)))
                                    .getName(0)));
                }
            }
        }
        return directories;
    }

    /** All but the file that its owner, which this process may be, keeps locked: it is empty, and reading it would end the lock. */
    private static List<Path> tree(final Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> !path.endsWith(".owner")).toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Integer> listeningPorts() throws Exception {
        final List<Integer> ports = new ArrayList<>();
        for (final long pid : pids()) {
            final Set<String> sockets = new HashSet<>();
            for (final Path fd : tree(Path.of("/proc", Long.toString(pid), "fd"))) {
                try {
                    if (Files.isSymbolicLink(fd)) {
                        sockets.add(Files.readSymbolicLink(fd).toString());
                    }
                } catch (final NoSuchFileException e) {
                    assertThat(Files.exists(fd, LinkOption.NOFOLLOW_LINKS)).isFalse();
                }
            }
            for (final String table : List.of("tcp", "tcp6")) {
                for (final String line : Files.readAllLines(Path.of("/proc/net", table))) {
                    final String[] fields = line.trim().split("\\s+");
                    if (fields[3].equals("0A") && sockets.contains("socket:[" + fields[9] + "]")) {
                        ports.add(Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16));
                    }
                }
            }
        }
        return ports;
    }

    private static byte[] answer(final Socket socket) throws IOException {
        try (InputStream input = socket.getInputStream()) {
            return input.readAllBytes();
        } catch (final SocketException e) {
            return new byte[0];
        }
    }

    private static void asNobody() throws Exception {
        Assumptions.assumeTrue(System.getProperty("user.name").equals("root"), "only root can act as another user");
        Assumptions.assumeTrue(run("setpriv", "--version") == 0, "there is no setpriv here");
        Assumptions.assumeTrue(run("id", "nobody") == 0, "there is no user nobody here");
        assertThat(nobody("true")).isZero();
    }

    private static int nobody(final String... command) throws Exception {
        final List<String> line =
                new ArrayList<>(List.of("setpriv", "--reuid=nobody", "--regid=65534", "--clear-groups", "--"));
        line.addAll(List.of(command));
        return run(line.toArray(String[]::new));
    }

    private static int run(final String... command) throws InterruptedException {
        try {
            final Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } catch (final IOException e) {
            return -1;
        }
    }
}
