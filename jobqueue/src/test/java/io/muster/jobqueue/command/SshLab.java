package io.muster.jobqueue.command;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A real sshd in a folder of its own, by the lab's scripts. */
final class SshLab implements AutoCloseable {
    /** Why tests that need one may be skipped. */
    static final String NEEDED = "needs /usr/sbin/sshd (package openssh-server)";

    private static final Duration LONG = Duration.ofSeconds(60);

    private final LocalCommandRunner runner = new LocalCommandRunner();
    private final Path folder;
    private final int port;

    private SshLab(final Path folder, final int port) {
        this.folder = folder;
        this.port = port;
    }

    static boolean isPossible() {
        return Files.isExecutable(Path.of("/usr/sbin/sshd"));
    }

    static SshLab start(final Path folder) {
        final SshLab lab = new SshLab(folder, freePort());
        try {
            Files.writeString(
                    Files.createDirectory(lab.home()).resolve(".bashrc"),
                    "echo 'Welcome! 4711 users'; echo 'Quota 99%' >&2\n");
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        lab.up();
        return lab;
    }

    /** A login that works. */
    SshLogin login(final SshProgram program) {
        return stranger(program).knownHosts(knownHosts()).identity(key());
    }

    /** A login that knows no host and has no key. */
    SshLogin stranger(final SshProgram program) {
        return SshLogin.to(address()).agent(false).program(program);
    }

    String address() {
        return System.getProperty("user.name") + "@127.0.0.1:" + port;
    }

    Path key() {
        return folder.resolve("id");
    }

    Path knownHosts() {
        return folder.resolve("known_hosts");
    }

    /** The folder whose start-up files the login shell runs. */
    Path home() {
        return folder.resolve("home");
    }

    /** The fingerprint of the host key of that type. */
    String fingerprint(final String type) {
        final String file = folder.resolve(type.equals("ssh-ed25519") ? "host.pub" : "host_rsa.pub")
                .toString();
        return runner.run(Command.of("ssh-keygen", "-l", "-f", file)).output().split(" ")[1];
    }

    /** Kills every session, by its process id. */
    void cut() {
        final List<ProcessHandle> all = sessions();
        all.forEach(ProcessHandle::destroyForcibly);
        await().until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** The processes that serve one connection each. */
    List<ProcessHandle> sessions() {
        try {
            final long pid =
                    Long.parseLong(Files.readString(folder.resolve("sshd.pid")).strip());
            return ProcessHandle.of(pid).stream()
                    .flatMap(ProcessHandle::children)
                    .toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void up() {
        script(
                "sshd-up.sh",
                folder.toString(),
                "--port",
                Integer.toString(port),
                "--env",
                "MUSTER_LAB=here",
                "--env",
                "HOME=" + home());
    }

    void down() {
        script("sshd-down.sh", folder.toString());
    }

    @Override
    public void close() {
        down();
    }

    private void script(final String name, final String... arguments) {
        final Path script = Stream.iterate(Path.of("").toAbsolutePath(), at -> at != null, Path::getParent)
                .map(at -> at.resolve("labs").resolve(name))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
        final List<String> words = Stream.concat(Stream.of(script.toString()), Stream.of(arguments))
                .toList();
        final CommandResult result = runner.run(Command.of(words).within(LONG));
        if (!result.isSuccess()) {
            throw new IllegalStateException(words + ": " + result.said());
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
