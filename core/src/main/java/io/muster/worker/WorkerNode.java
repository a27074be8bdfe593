package io.muster.worker;

import io.muster.MusterException;
import io.muster.classes.ClientClasses;
import io.muster.config.DurationText;
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
import io.muster.transport.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final Settings settings;
    private final Lifetime lifetime;
    private final @Nullable LinkFactory links;
    private final SchedulerFile file;
    private final Dialer dialer;
    private final Path directory;
    private final RemoteReports reports = new RemoteReports();
    private final Identity identity;
    private final ClientClasses classes;
    private final Serializer serializer;
    private final BulkClient dataPlane;
    private final Worker worker;
    private final BulkServer bulk;
    private final String host;
    private final CountDownLatch exited = new CountDownLatch(1);
    private final Thread thread;
    private volatile int exitCode;
    private volatile @Nullable String leaving;
    private volatile @Nullable WorkerConversation conversation;
    private boolean deathReported;
    private String lastTrouble = "";

    private WorkerNode(final Settings settings, final Future<Identity> made) {
        this.settings = settings;
        this.lifetime = Lifetime.of(settings);
        LOG.info("{}", StartLine.of("worker", settings));
        final String fileName = settings.get(Options.SCHEDULER_FILE);
        if (fileName.isEmpty()) {
            throw new MusterException("scheduler.file must name the scheduler's file; give --scheduler-file");
        }
        this.links = LinkFactories.choose(settings.get(Options.TRANSPORT));
        this.file = SchedulerFile.await(Path.of(fileName).toAbsolutePath(), settings.get(Options.WORKER_DEATH_TIMEOUT));
        this.dialer = Dialer.of(file, Route.DIRECT);
        this.host = HostAddress.of(
                settings.get(Options.WORKER_HOST),
                settings.get(Options.WORKER_INTERFACE),
                HostAddress.towards(dialer.addresses()));
        final String name = settings.get(Options.WORKER_NAME).isEmpty()
                ? host + "-" + ProcessHandle.current().pid()
                : settings.get(Options.WORKER_NAME);
        this.identity = await(made);
        this.classes = new ClientClasses(WorkerNode.class.getClassLoader(), reports::ask);
        this.serializer = Serializer.ofClients(classes::of, "worker " + name);
        this.dataPlane = new BulkClient(name, file.secret(), serializer);
        this.directory = hasNanny() ? NannyFiles.scratch(nannyDirectory()) : PrivateFiles.runtimeDirectory();
        WorkerSettings workerSettings = WorkerSettings.of(name, threads(settings))
                .withMemoryLimitBytes(memoryLimitBytes(settings))
                .withBlocking(
                        settings.get(Options.WORKER_MAX_BLOCKED_THREADS),
                        settings.get(Options.WORKER_INTERRUPT_PATIENCE))
                .withInlineResultBytes(
                        (int) settings.get(Options.WORKER_INLINE_RESULT).bytes())
                .withMemoryRules(MemoryRules.of(settings, hardLimitBytes()));
        if (hasNanny()) {
            workerSettings = workerSettings.withRecorder(RunRecorder.create(
                    NannyFiles.runs(nannyDirectory()), workerSettings.threads() + workerSettings.maxBlockedThreads()));
        }
        this.worker = Worker.start(workerSettings, reports, serializer, dataPlane);
        this.worker.clientsOver(
                () -> RemoteClientLink.connectWorker(file, settings.get(Options.SESSION_CONNECT_TIMEOUT)));
        this.worker.profileEvery(settings.get(Options.WORKER_PROFILE_INTERVAL));
        this.bulk = BulkServer.start(
                host, 0, identity, file.secret(), worker, serializer, settings.get(Options.WORKER_COMPRESSION));
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
        return start(settings, WorkerIdentity.begin());
    }

    /** The same for one who has begun to make the worker's identity before. */
    static WorkerNode start(final Settings settings, final Future<Identity> identity) {
        final WorkerNode node = new WorkerNode(settings.check(), identity);
        node.thread.start();
        if (node.lifetime.isLimited()) {
            final Thread end = new Thread(
                    node::leaveAtTheEnd, "muster-" + node.worker.settings().name() + "-lifetime");
            end.setDaemon(true);
            end.start();
        }
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

    /**
     * Leaves as the scheduler allows: it gives the worker no more tasks, running ones end, what only the worker holds goes to others.
     * Returns when that is done or {@code worker.drain-timeout} is over.
     *
     * @param reason why, for the log
     */
    public void drain(final String reason) {
        if (leaving != null || exited.getCount() == 0) {
            return;
        }
        leaving = reason;
        final Duration timeout = drainTimeout();
        LOG.info("worker {} leaves within {}: {}", worker.settings().name(), DurationText.format(timeout), reason);
        final WorkerConversation current = conversation;
        if (current != null) {
            current.drain(reason, timeout.minus(shorter(ANSWER, timeout.dividedBy(2))));
            try {
                if (!current.awaitEnd(timeout)) {
                    LOG.warn("the scheduler did not let the worker go within {}", DurationText.format(timeout));
                }
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            current.leave(reason);
        }
        thread.interrupt();
        awaitLastWord();
    }

    /** Lets the session's thread say why it stopped: a process that is asked to end is gone when {@link #drain} returns. */
    private void awaitLastWord() {
        try {
            if (!exited.await(ANSWER.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn(
                        "worker {} ends in the middle of a session",
                        worker.settings().name());
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        leave("closed");
        classes.close();
        bulk.close();
        dataPlane.close();
        worker.close();
        deleteFiles();
    }

    /** Deletes what the process keeps on disk and in shared memory; for a process that ends at once. */
    void deleteFiles() {
        worker.deleteFiles();
        PrivateFiles.deleteRecursively(directory);
    }

    private static Identity await(final Future<Identity> made) {
        try {
            return made.get();
        } catch (final ExecutionException e) {
            throw new MusterException("the worker has no identity: " + e.getMessage(), e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MusterException("interrupted while the worker starts", e);
        }
    }

    private void keepSession() {
        String why = "asked to end";
        try {
            why = converseUntilItIsOver();
        } catch (final InterruptedException e) {
            LOG.debug("asked to end", e);
            final String wish = leaving;
            why = wish == null ? why : wish;
        } catch (final RuntimeException e) {
            LOG.error("the worker ends: {}", e.getMessage(), e);
            exitCode = 1;
            why = "it failed: " + e.getMessage();
        } finally {
            LOG.info("worker {} has stopped: {}", worker.settings().name(), why);
            exited.countDown();
        }
    }

    /** Returns why it is over. */
    private String converseUntilItIsOver() throws InterruptedException {
        long lostSinceNs = System.nanoTime();
        Duration pause = RETRY_FIRST;
        String wish = leaving;
        while (wish == null) {
            final WorkerConversation current = converse();
            if (current != null && current.wasRegistered()) {
                lostSinceNs = System.nanoTime();
                pause = RETRY_FIRST;
            }
            if (current != null && current.ranOutOfMemory()) {
                exitCode = Nanny.EXIT_OUT_OF_MEMORY;
                return "its heap was full";
            }
            if (current != null && current.stopReason() != null) {
                final String stopReason = String.valueOf(current.stopReason());
                final boolean isFollowed = isFollowed() && stopReason.startsWith(Lifetime.OVER);
                exitCode = current.mayRestart() || isFollowed ? Nanny.EXIT_RESTART : Nanny.EXIT_DONE;
                return "the scheduler stopped it: " + stopReason;
            }
            final Duration deathTimeout = settings.get(Options.WORKER_DEATH_TIMEOUT);
            if (System.nanoTime() - lostSinceNs > deathTimeout.toNanos()) {
                exitCode = EXIT_UNAVAILABLE;
                return "the scheduler at " + file.address() + " could not be reached for worker.death-timeout="
                        + DurationText.format(deathTimeout) + (lastTrouble.isEmpty() ? "" : ": " + lastTrouble);
            }
            Thread.sleep(pause.toMillis());
            pause = shorter(pause.multipliedBy(2), RETRY_MAX);
            wish = leaving;
        }
        return wish;
    }

    private void leaveAtTheEnd() {
        try {
            long leftNs = lifetime.goneInNs(System.nanoTime());
            while (leftNs > 0) {
                if (exited.await(leftNs, TimeUnit.NANOSECONDS)) {
                    return;
                }
                leftNs = lifetime.goneInNs(System.nanoTime());
            }
            LOG.info(
                    "worker {} leaves: its job is about to end",
                    worker.settings().name());
            exitCode = isFollowed() ? Nanny.EXIT_RESTART : Nanny.EXIT_DONE;
            leave(Lifetime.OVER);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave(final String reason) {
        if (leaving == null) {
            leaving = reason;
        }
        final WorkerConversation current = conversation;
        if (current != null) {
            current.leave(reason);
        }
        thread.interrupt();
    }

    /** What the settings say, or less where the job ends before. */
    private Duration drainTimeout() {
        final Duration timeout = settings.get(Options.WORKER_DRAIN_TIMEOUT);
        final long leftNs = lifetime.goneInNs(System.nanoTime());
        return leftNs == Lifetime.NEVER ? timeout : shorter(timeout, Duration.ofNanos(leftNs));
    }

    /** One session, from dialling to its end; null if there was none. */
    private @Nullable WorkerConversation converse() throws InterruptedException {
        final LinkFactory.Guest guest = links == null ? null : links.openGuest(directory, host);
        final Dialer.Welcomed welcomed;
        try {
            welcomed = dialer.dial(
                    new PeerHello(
                            Role.WORKER,
                            Runtime.version().feature(),
                            guest == null ? 0 : guest.linkKinds(),
                            HostId.current(),
                            String.valueOf(System.getProperty("user.name"))),
                    settings.get(Options.SESSION_CONNECT_TIMEOUT));
        } catch (final MusterException e) {
            if (!lastTrouble.equals(e.getMessage())) {
                lastTrouble = String.valueOf(e.getMessage());
                LOG.warn("can't reach the scheduler, trying again: {}", lastTrouble);
            }
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
                classes,
                dataPlane,
                guest,
                settings.get(Options.TRANSPORT) == TransportChoice.AERON,
                settings.get(Options.LOOP_SPIN).toNanos());
        deathReported = true;
        conversation = current;
        reports.route(current.route());
        try {
            final String reason = current.run();
            LOG.info("worker {}: the session is over: {}", worker.settings().name(), reason);
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
                settings.get(Options.WORKER_JOB),
                settings.get(Options.WORKER_JOB_TOKEN),
                lifetime,
                hasNanny(),
                tellDeath ? Math.toIntExact(settings.get(Options.PROCESS_LAST_WORKER)) : -1,
                tellDeath ? settings.get(Options.PROCESS_LAST_DEATH) : "",
                tellDeath
                        ? settings.get(Options.PROCESS_LAST_RUNS).stream()
                                .mapToLong(Long::parseLong)
                                .toArray()
                        : new long[0]);
    }

    /** Whether another process follows when this one's lifetime is over. */
    private boolean isFollowed() {
        return hasNanny() && settings.get(Options.WORKER_LIFETIME_RESTART);
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

    private static Duration shorter(final Duration first, final Duration second) {
        return first.compareTo(second) <= 0 ? first : second;
    }

    /** The heap, or what a nanny enforces. */
    private long hardLimitBytes() {
        final boolean isEnforced = hasNanny() && settings.get(Options.WORKER_MEMORY_TERMINATE) > 0;
        return isEnforced ? memoryLimitBytes(settings) : Runtime.getRuntime().maxMemory();
    }

    /** What the settings say, if the heap is not smaller; a nanny has made the heap fit. */
    private static long memoryLimitBytes(final Settings settings) {
        final long heapBytes = Runtime.getRuntime().maxMemory();
        final long bytes = MemoryRules.limitBytes(settings);
        return bytes == 0 ? heapBytes : Math.min(bytes, heapBytes);
    }
}
