package io.muster.scheduler;

import io.muster.MusterException;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.protocol.Role;
import io.muster.security.Identity;
import io.muster.security.PrivateFiles;
import io.muster.security.SchedulerFile;
import io.muster.security.Secret;
import io.muster.transport.Doorman;
import io.muster.transport.EventLoop;
import io.muster.transport.HostAddress;
import io.muster.transport.LinkFactories;
import io.muster.transport.LinkFactory;
import io.muster.transport.PeerHello;
import io.muster.transport.TlsChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.ServiceLoader;
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

    /** How often superfluous copies of results are dropped, as in dask. */
    private static final long REDUCE_REPLICAS_NS = 2_000_000_000;

    private final Path file;
    private final Path directory;
    private final SchedulerFile contents;
    private final Doorman doorman;
    private final SchedulerAgent agent;
    private final Observers observers;
    private final EventLoop loop;
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private volatile @Nullable Throwable failure;
    private @Nullable Dashboard dashboard;
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
        final List<String> hosts =
                HostAddress.advertised(settings.get(Options.SCHEDULER_HOST), settings.get(Options.SCHEDULER_INTERFACE));
        final int port = settings.get(Options.SCHEDULER_PORT);
        final LinkFactory links = LinkFactories.choose(settings.get(Options.TRANSPORT));
        final Identity identity = Identity.create();
        final Secret secret = Secret.random();
        final String clusterId = UUID.randomUUID().toString();
        final long epoch = System.currentTimeMillis();
        directory = PrivateFiles.runtimeDirectory();
        doorman = new Doorman(
                hosts.size() == 1 ? new InetSocketAddress(hosts.get(0), port) : new InetSocketAddress(port),
                identity,
                secret,
                clusterId,
                this::admit);
        final List<String> addresses = hosts.stream()
                .map(host -> "tcp://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                        + doorman.address().getPort())
                .toList();
        final long leaseNs = settings.get(Options.SCHEDULER_LEASE).toNanos();
        final SchedulerSettings agentSettings = new SchedulerSettings(
                clusterId,
                epoch,
                file,
                addresses.get(0),
                Version.current(),
                settings.get(Options.SCHEDULER_ALLOWED_FAILURES),
                leaseNs,
                settings.get(Options.SCHEDULER_WORK_STEALING),
                settings.get(Options.SCHEDULER_NO_WORKERS_TIMEOUT).toNanos(),
                settings.get(Options.WORKER_FENCE).toNanos(),
                settings.get(Options.SESSION_HEARTBEAT).toNanos(),
                leaseNs * CLIENT_LEASES,
                settings.get(Options.SCHEDULER_IDLE_TIMEOUT).toNanos(),
                settings.get(Options.SCHEDULER_UNUSED_TIMEOUT).toNanos(),
                reduceReplicasNs(settings),
                settings.get(Options.SCHEDULER_CLOSE_TIMEOUT).toNanos(),
                settings.get(Options.DIAGNOSTICS_STREAM_ROWS),
                settings.get(Options.SCHEDULER_NETWORK_BANDWIDTH).bytes());
        agent = new SchedulerAgent(
                agentSettings,
                links == null ? null : links.openHost(directory, hosts.get(0)),
                ServiceLoader.load(ClusterManagerFactory.class, ClusterManagerFactory.class.getClassLoader()),
                reason -> stopAsked.countDown());
        if (settings.get(Options.SCHEDULER_VALIDATE)) {
            agent.validate();
        }
        agent.checkEvery(settings.get(Options.SCHEDULER_CHECK_INTERVAL).toNanos());
        observers = new Observers(
                new Examiner(
                        agent.core(),
                        agent.watch(),
                        agent::execute,
                        agent::describe,
                        agent.roleName(),
                        settings.toArguments(),
                        agent.recorder()::epochUs),
                agentSettings);
        loop = new EventLoop(agent, settings.get(Options.LOOP_SPIN).toNanos(), this::fail);
        agent.loop(loop);
        contents = new SchedulerFile(
                clusterId,
                epoch,
                addresses.get(0),
                addresses,
                HexFormat.of().formatHex(identity.fingerprint()),
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
            server.dashboard = Dashboards.start(server.agent.dashboardSource(), settings);
            server.agent.dashboardUrl(server.dashboardUrl());
            server.observers.start();
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
     * Where it is reached first.
     *
     * @return {@code tcp://host:port}
     */
    public String address() {
        return contents.address();
    }

    /**
     * Where it is reached.
     *
     * @return {@code tcp://host:port} each, the preferred one first
     */
    public List<String> addresses() {
        return contents.addresses();
    }

    /**
     * Where the dashboard is.
     *
     * @return the link with its token, which is not for everybody's eyes; empty if there is no dashboard
     */
    public String dashboardUrl() {
        return Dashboards.url(dashboard);
    }

    /**
     * One line for people.
     *
     * @return where it listens and where its file is
     */
    public String description() {
        return "scheduler at " + String.join(", ", addresses()) + ", scheduler file " + file;
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

    /**
     * Ends the cluster: first what gets workers for it, which takes its jobs back, then the scheduler itself. Who calls it while another
     * thread is at it waits for that one.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        Dashboards.close(dashboard);
        agent.management().close();
        removeFile();
        doorman.close();
        loop.close();
        observers.close();
        PrivateFiles.deleteRecursively(directory);
        stopAsked.countDown();
    }

    private void admit(final TlsChannel tls, final PeerHello hello) {
        if (hello.role() == Role.OBSERVER) {
            observers.admit(tls);
        } else {
            agent.admit(tls, hello);
        }
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

    /** How often superfluous copies are dropped; 0: never. */
    static long reduceReplicasNs(final Settings settings) {
        return settings.get(Options.SCHEDULER_REDUCE_REPLICAS) ? REDUCE_REPLICAS_NS : 0;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (final UnknownHostException e) {
            return "localhost";
        }
    }
}
