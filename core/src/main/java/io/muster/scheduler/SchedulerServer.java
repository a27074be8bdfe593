package io.muster.scheduler;

import io.muster.MusterException;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.security.Identity;
import io.muster.security.PrivateFiles;
import io.muster.security.SchedulerFile;
import io.muster.security.Secret;
import io.muster.transport.Doorman;
import io.muster.transport.EventLoop;
import io.muster.transport.HostAddress;
import io.muster.transport.LinkFactories;
import io.muster.transport.LinkFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A scheduler that listens: its port, its duty cycle, and the scheduler file by which others find it. */
public final class SchedulerServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SchedulerServer.class);

    /** A client that is silent for so many leases is dropped: ten minutes by default, as people suspend programs and debug them. */
    private static final long CLIENT_LEASES = 40;

    private final Path file;
    private final Path directory;
    private final SchedulerFile contents;
    private final Doorman doorman;
    private final EventLoop loop;
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private volatile @Nullable Throwable failure;
    private boolean closed;

    private SchedulerServer(final Settings settings) {
        final String fileName = settings.get(Options.SCHEDULER_FILE);
        if (fileName.isEmpty()) {
            throw new MusterException("scheduler.file must name the file by which others find the scheduler");
        }
        file = Path.of(fileName).toAbsolutePath();
        if (file.getParent() == null || !Files.isDirectory(file.getParent())) {
            throw new MusterException("scheduler.file=" + file + " must lie in a directory that exists");
        }
        final String host =
                HostAddress.of(settings.get(Options.SCHEDULER_HOST), settings.get(Options.SCHEDULER_INTERFACE), "");
        final LinkFactory links = LinkFactories.choose(settings.get(Options.TRANSPORT));
        final Identity identity = Identity.create();
        final Secret secret = Secret.random();
        final String clusterId = UUID.randomUUID().toString();
        final long epoch = System.currentTimeMillis();
        directory = PrivateFiles.runtimeDirectory();
        final SchedulerAgent[] agent = new SchedulerAgent[1];
        doorman = new Doorman(
                new InetSocketAddress(host, settings.get(Options.SCHEDULER_PORT)),
                identity,
                secret,
                clusterId,
                (tls, hello) -> agent[0].admit(tls, hello));
        final String address = "tcp://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + doorman.address().getPort();
        final long leaseNs = settings.get(Options.SCHEDULER_LEASE).toNanos();
        agent[0] = new SchedulerAgent(
                new SchedulerSettings(
                        clusterId,
                        epoch,
                        address,
                        Version.current(),
                        settings.get(Options.SCHEDULER_ALLOWED_FAILURES),
                        leaseNs,
                        settings.get(Options.WORKER_FENCE).toNanos(),
                        settings.get(Options.SESSION_HEARTBEAT).toNanos(),
                        leaseNs * CLIENT_LEASES,
                        settings.get(Options.SCHEDULER_IDLE_TIMEOUT).toNanos()),
                links == null ? null : links.openHost(directory, host),
                reason -> stopAsked.countDown());
        loop = new EventLoop(agent[0], settings.get(Options.LOOP_SPIN).toNanos(), this::fail);
        agent[0].loop(loop);
        contents = new SchedulerFile(
                clusterId,
                epoch,
                address,
                List.of(address),
                java.util.HexFormat.of().formatHex(identity.fingerprint()),
                secret,
                ProcessHandle.current().pid(),
                hostName(),
                String.valueOf(System.getProperty("user.name")),
                Instant.now(),
                Version.current());
    }

    /**
     * Starts a scheduler.
     *
     * @param settings {@code scheduler.file} must be set
     * @return the scheduler, listening, its file written
     * @throws MusterException if it can't listen or write the file
     */
    public static SchedulerServer start(final Settings settings) {
        final SchedulerServer server = new SchedulerServer(settings.check());
        try {
            server.loop.start();
            server.doorman.start();
            server.contents.write(server.file);
        } catch (final RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /**
     * The scheduler file.
     *
     * @return its absolute path
     */
    public Path file() {
        return file;
    }

    /**
     * Where it listens.
     *
     * @return {@code tcp://host:port}
     */
    public String address() {
        return contents.address();
    }

    /**
     * One line for people.
     *
     * @return where it listens and where its file is
     */
    public String description() {
        return "scheduler at " + address() + ", scheduler file " + file;
    }

    /**
     * Waits until a client stops the cluster, the scheduler was idle for too long, or it failed.
     *
     * @throws InterruptedException if interrupted
     * @throws IllegalStateException if the scheduler failed
     */
    public void awaitClose() throws InterruptedException {
        stopAsked.await();
        if (failure != null) {
            throw new IllegalStateException("the scheduler failed; this is a bug in Muster: " + failure, failure);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        removeFile();
        doorman.close();
        loop.close();
        PrivateFiles.deleteRecursively(directory);
        stopAsked.countDown();
    }

    private void fail(final Throwable e) {
        LOG.error("the scheduler failed; this is a bug in Muster", e);
        failure = e;
        stopAsked.countDown();
    }

    private void removeFile() {
        try {
            if (Files.exists(file) && SchedulerFile.read(file).clusterId().equals(contents.clusterId())) {
                Files.deleteIfExists(file);
            }
        } catch (final IOException | MusterException e) {
            LOG.debug("the scheduler file is left as it is", e);
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (final UnknownHostException e) {
            return "localhost";
        }
    }
}
