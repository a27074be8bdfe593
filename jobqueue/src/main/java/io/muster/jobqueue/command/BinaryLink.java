package io.muster.jobqueue.command;

import io.muster.jobqueue.command.CommandException.Cause;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A link by the {@code ssh} binary. One process holds the connection (a ControlMaster with a socket in a folder of
 * ours, or one that the user has open already); each command and each tunnel is another that shares it.
 */
final class BinaryLink implements SshLink {
    private static final int MAX_SOCKET_PATH = 80;
    private static final int MAX_TALK = 1 << 16;
    private static final long POLL_MS = 10;
    private static final Duration CHECK = Duration.ofSeconds(5);

    private final SshLogin.Address address;
    private final SshLogin.Keys keys;
    private final Duration timeout;
    private final BinaryFailures failures;
    private @Nullable Path folder;
    private @Nullable LocalProcess master;
    private boolean shared;
    private boolean closed;

    BinaryLink(final String where, final SshLogin.Address address, final SshLogin.Keys keys, final Duration timeout) {
        this.address = address;
        this.keys = keys;
        this.timeout = timeout;
        final String knownHosts = keys.knownHosts().isEmpty()
                ? Path.of(System.getProperty("user.home"), ".ssh", "known_hosts")
                        .toString()
                : keys.knownHosts().get(0).toString();
        this.failures = new BinaryFailures(new LoginFailures(where, address, knownHosts), timeout);
    }

    @Override
    public synchronized void connect() {
        if (closed || master != null && master.isAlive()) {
            return;
        }
        shared = isShared();
        if (!shared) {
            master = startMaster();
        }
    }

    @Override
    public Channel run(final String line, final OutputStream output, final OutputStream errors) {
        return channel(List.of("-T"), List.of(line), output, errors);
    }

    @Override
    public Channel tunnel(final InetSocketAddress target, final OutputStream output) {
        final String host = target.getHostString();
        final String to = (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + target.getPort();
        return channel(List.of("-W", to), List.of(), output, new TextSink(MAX_TALK));
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (master != null) {
            master.kill();
        }
        if (folder != null) {
            delete(folder.resolve("s"));
            delete(folder);
        }
    }

    private Channel channel(
            final List<String> options, final List<String> line, final OutputStream output, final OutputStream errors) {
        final List<String> words = new ArrayList<>(words());
        words.addAll(List.of("-o", "ControlMaster=no"));
        words.addAll(socket());
        words.addAll(options);
        words.addAll(List.of("--", address.host()));
        words.addAll(line);
        final LocalProcess process = LocalProcess.start(words, null, output, errors);
        return new Channel() {
            @Override
            public OutputStream input() {
                return process.input();
            }

            @Override
            public void close() {
                process.kill();
            }
        };
    }

    private synchronized List<String> socket() {
        return shared || folder == null
                ? List.of()
                : List.of("-S", folder.resolve("s").toString());
    }

    private boolean isShared() {
        final List<String> words = new ArrayList<>(words());
        words.addAll(List.of("-O", "check", "--", address.host()));
        final TextSink ignored = new TextSink(MAX_TALK);
        final LocalProcess check = LocalProcess.start(words, null, ignored, ignored);
        check.feed(new byte[0]);
        return check.await(CHECK) == 0;
    }

    private LocalProcess startMaster() {
        final Path socket = folder().resolve("s");
        delete(socket);
        final List<String> words = new ArrayList<>(words());
        words.addAll(
                List.of("-v", "-N", "-M", "-S", socket.toString(), "-o", "ControlPersist=no", "--", address.host()));
        final TextSink talk = new TextSink(MAX_TALK);
        final LocalProcess process = LocalProcess.start(words, null, talk, talk);
        process.feed(new byte[0]);
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        while (!Files.exists(socket)) {
            if (!process.isAlive()) {
                process.await(CHECK);
                throw failures.of(talk.text());
            }
            if (System.nanoTime() - deadlineNs > 0) {
                process.kill();
                throw failures.noAnswer();
            }
            pause(process);
        }
        return process;
    }

    private static void pause(final LocalProcess process) {
        try {
            Thread.sleep(POLL_MS);
        } catch (final InterruptedException e) {
            process.kill();
            Thread.currentThread().interrupt();
            throw new CommandException(Cause.FAILED, "interrupted while ssh was connecting", e);
        }
    }

    private List<String> words() {
        final List<String> words = new ArrayList<>(List.of("ssh", "-x", "-a"));
        option(words, "BatchMode=yes");
        option(words, "StrictHostKeyChecking=yes");
        option(words, "ConnectTimeout=" + Math.max(1, timeout.toSeconds()));
        option(words, "ServerAliveInterval=15");
        option(words, "ServerAliveCountMax=3");
        option(words, "PermitLocalCommand=no");
        option(words, "ClearAllForwardings=yes");
        if (!keys.agent()) {
            option(words, "IdentityAgent=none");
        }
        keys.knownHosts().forEach(file -> option(words, "UserKnownHostsFile=\"" + file + "\""));
        keys.identities().forEach(file -> words.addAll(List.of("-i", file.toString())));
        if (address.user() != null) {
            words.addAll(List.of("-l", address.user()));
        }
        if (address.port() != null) {
            words.addAll(List.of("-p", address.port().toString()));
        }
        return words;
    }

    private static void option(final List<String> words, final String option) {
        words.addAll(List.of("-o", option));
    }

    private Path folder() {
        if (folder == null) {
            final Path usual = Path.of(System.getProperty("java.io.tmpdir"));
            folder = newFolder(usual.toString().length() > MAX_SOCKET_PATH - 30 ? Path.of("/tmp") : usual);
        }
        return folder;
    }

    private static Path newFolder(final Path parent) {
        try {
            return Files.createTempDirectory(
                    parent,
                    "muster-ssh",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (final IOException e) {
            throw new CommandException(Cause.FAILED, "no folder for the socket of ssh in " + parent, e);
        }
    }

    private static void delete(final Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            path.toFile().deleteOnExit();
        }
    }
}
