package io.muster.worker;

import io.muster.MusterException;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.config.TransportChoice;
import io.muster.data.BulkClient;
import io.muster.data.BulkServer;
import io.muster.protocol.Role;
import io.muster.scheduler.RemoteClientLink;
import io.muster.security.Identity;
import io.muster.security.PrivateFiles;
import io.muster.security.SchedulerFile;
import io.muster.serialize.Serializer;
import io.muster.transport.Dialer;
import io.muster.transport.HostAddress;
import io.muster.transport.HostId;
import io.muster.transport.LinkFactories;
import io.muster.transport.LinkFactory;
import io.muster.transport.PeerHello;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker in a process of its own: finds the scheduler by its file, keeps a session with it, and starts a new one with all that it
 * holds when the old one is lost, until the scheduler stops it or is gone for longer than the death timeout.
 */
public final class WorkerNode implements AutoCloseable {
    /** Exit code of a worker whose scheduler is gone: 69, as BSD's EX_UNAVAILABLE; a nanny starts no other. */
    public static final int EXIT_UNAVAILABLE = 69;

    private static final Logger LOG = LoggerFactory.getLogger(WorkerNode.class);
    private static final Duration RETRY_FIRST = Duration.ofMillis(200);
    private static final Duration RETRY_MAX = Duration.ofSeconds(5);
    private static final Duration DRAIN = Duration.ofSeconds(25);

    private final Settings settings;
    private final @Nullable LinkFactory links;
    private final SchedulerFile file;
    private final Path directory;
    private final RemoteReports reports = new RemoteReports();
    private final Identity identity;
    private final Serializer serializer;
    private final BulkClient dataPlane;
    private final Worker worker;
    private final BulkServer bulk;
    private final String host;
    private final CountDownLatch exited = new CountDownLatch(1);
    private final Thread thread;
    private volatile int exitCode;
    private volatile boolean leaving;
    private volatile @Nullable WorkerConversation conversation;
    private boolean deathReported;

    private WorkerNode(final Settings settings) {
        this.settings = settings;
        final String fileName = settings.get(Options.SCHEDULER_FILE);
        if (fileName.isEmpty()) {
            throw new MusterException("scheduler.file must name the scheduler's file; give --scheduler-file");
        }
        this.links = LinkFactories.choose(settings.get(Options.TRANSPORT));
        this.file = SchedulerFile.await(Path.of(fileName).toAbsolutePath(), settings.get(Options.WORKER_DEATH_TIMEOUT));
        final InetSocketAddress scheduler = RemoteClientLink.socketAddress(file.address());
        this.host = HostAddress.of(
                settings.get(Options.WORKER_HOST), settings.get(Options.WORKER_INTERFACE), routeTo(scheduler));
        final String name = settings.get(Options.WORKER_NAME).isEmpty()
                ? host + "-" + ProcessHandle.current().pid()
                : settings.get(Options.WORKER_NAME);
        this.identity = Identity.create();
        final ClassLoader loader = WorkerNode.class.getClassLoader();
        this.serializer = new Serializer(() -> loader, null, "worker " + name);
        this.dataPlane = new BulkClient(name, file.secret(), serializer);
        this.directory = hasNanny() ? NannyFiles.scratch(nannyDirectory()) : PrivateFiles.runtimeDirectory();
        WorkerSettings workerSettings = WorkerSettings.of(name, threads(settings))
                .withMemoryLimitBytes(Runtime.getRuntime().maxMemory())
                .withInlineResultBytes(
                        (int) settings.get(Options.WORKER_INLINE_RESULT).bytes());
        if (hasNanny()) {
            workerSettings = workerSettings.withRecorder(
                    RunRecorder.create(NannyFiles.runs(nannyDirectory()), workerSettings.threads()));
        }
        this.worker = Worker.start(workerSettings, reports, serializer, dataPlane);
        this.bulk = BulkServer.start(host, 0, identity, file.secret(), worker, serializer);
        this.thread = new Thread(this::keepSession, "muster-" + name + "-sessions");
    }

    /**
     * Starts a worker.
     *
     * @param settings {@code scheduler.file} must be set
     * @return the worker, which keeps trying to reach its scheduler
     * @throws MusterException if the scheduler file does not appear in time, or the settings can't be met
     */
    public static WorkerNode start(final Settings settings) {
        final WorkerNode node = new WorkerNode(settings.check());
        node.thread.start();
        return node;
    }

    /**
     * Waits for its end.
     *
     * @return the process's exit code, see {@link Nanny}
     * @throws InterruptedException if interrupted
     */
    public int awaitExit() throws InterruptedException {
        exited.await();
        return exitCode;
    }

    /** Takes no more tasks, lets the running ones end within 25 seconds, and leaves. */
    public void drain() {
        leaving = true;
        final WorkerConversation current = conversation;
        if (current != null) {
            current.drain("asked to end");
            try {
                worker.drain(DRAIN);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            current.leave("asked to end");
        }
        thread.interrupt();
    }

    @Override
    public void close() {
        leaving = true;
        final WorkerConversation current = conversation;
        if (current != null) {
            current.leave("closed");
        }
        thread.interrupt();
        bulk.close();
        dataPlane.close();
        worker.close();
        deleteFiles();
    }

    /** Deletes what the process keeps on disk and in shared memory; for a process that ends at once. */
    void deleteFiles() {
        PrivateFiles.deleteRecursively(directory);
    }

    private void keepSession() {
        long lostSinceNs = System.nanoTime();
        Duration pause = RETRY_FIRST;
        try {
            while (!leaving) {
                final WorkerConversation current = converse();
                if (current != null && current.wasRegistered()) {
                    lostSinceNs = System.nanoTime();
                    pause = RETRY_FIRST;
                }
                if (current != null && current.stopReason() != null) {
                    LOG.info("stopped by the scheduler: {}", current.stopReason());
                    exitCode = current.mayRestart() ? Nanny.EXIT_RESTART : Nanny.EXIT_DONE;
                    return;
                }
                if (System.nanoTime() - lostSinceNs
                        > settings.get(Options.WORKER_DEATH_TIMEOUT).toNanos()) {
                    LOG.warn(
                            "the scheduler at {} has been gone for worker.death-timeout={}; ending",
                            file.address(),
                            settings.get(Options.WORKER_DEATH_TIMEOUT));
                    exitCode = EXIT_UNAVAILABLE;
                    return;
                }
                Thread.sleep(pause.toMillis());
                pause = pause.multipliedBy(2).compareTo(RETRY_MAX) > 0 ? RETRY_MAX : pause.multipliedBy(2);
            }
        } catch (final InterruptedException e) {
            LOG.debug("asked to end", e);
        } catch (final RuntimeException e) {
            LOG.error("the worker ends: {}", e.getMessage(), e);
            exitCode = 1;
        } finally {
            exited.countDown();
        }
    }

    /** One session, from dialling to its end; null if there was none. */
    private @Nullable WorkerConversation converse() throws InterruptedException {
        final LinkFactory.Guest guest = links == null ? null : links.openGuest(directory, host);
        final Dialer.Welcomed welcomed;
        try {
            welcomed = Dialer.dial(
                    RemoteClientLink.socketAddress(file.address()),
                    file.fingerprintBytes(),
                    file.secret(),
                    file.clusterId(),
                    new PeerHello(
                            Role.WORKER,
                            Runtime.version().feature(),
                            guest == null ? 0 : guest.linkKinds(),
                            HostId.current(),
                            String.valueOf(System.getProperty("user.name"))),
                    settings.get(Options.SESSION_CONNECT_TIMEOUT));
        } catch (final MusterException e) {
            LOG.warn("{}", e.getMessage());
            if (guest != null) {
                guest.close();
            }
            return null;
        }
        final int number = welcomed.welcome().peerNumber();
        worker.number(number);
        if (hasNanny()) {
            NannyFiles.writeSession(nannyDirectory(), number);
        }
        final WorkerConversation current = new WorkerConversation(
                welcomed,
                registration(),
                worker,
                dataPlane,
                guest,
                settings.get(Options.TRANSPORT) == TransportChoice.AERON,
                settings.get(Options.LOOP_SPIN).toNanos());
        deathReported = true;
        conversation = current;
        reports.route(current.route());
        try {
            final String reason = current.run();
            LOG.info("session over: {}", reason);
        } finally {
            reports.route(null);
            conversation = null;
        }
        return current;
    }

    private WorkerConversation.Registration registration() {
        final boolean tellDeath = !deathReported && settings.get(Options.PROCESS_LAST_WORKER) >= 0;
        return new WorkerConversation.Registration(
                worker.settings().name(),
                host,
                bulk.port(),
                identity.fingerprint(),
                worker.settings().threads(),
                worker.settings().memoryLimitBytes(),
                String.join("\n", settings.get(Options.WORKER_RESOURCES)),
                hasNanny(),
                tellDeath ? Math.toIntExact(settings.get(Options.PROCESS_LAST_WORKER)) : -1,
                tellDeath ? settings.get(Options.PROCESS_LAST_DEATH) : "",
                tellDeath
                        ? settings.get(Options.PROCESS_LAST_RUNS).stream()
                                .mapToLong(Long::parseLong)
                                .toArray()
                        : new long[0]);
    }

    private boolean hasNanny() {
        return settings.get(Options.WORKER_NANNY)
                && !settings.get(Options.WORKER_LOCAL_DIRECTORY).isEmpty();
    }

    private Path nannyDirectory() {
        return Path.of(settings.get(Options.WORKER_LOCAL_DIRECTORY));
    }

    private static int threads(final Settings settings) {
        final int threads = settings.get(Options.WORKER_THREADS);
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** The address of this host from which the scheduler is reached. */
    private static String routeTo(final InetSocketAddress scheduler) {
        try (java.nio.channels.DatagramChannel probe = java.nio.channels.DatagramChannel.open()) {
            probe.connect(new InetSocketAddress(scheduler.getHostString(), scheduler.getPort()));
            return ((InetSocketAddress) probe.getLocalAddress()).getAddress().getHostAddress();
        } catch (final IOException | RuntimeException e) {
            return "";
        }
    }
}
