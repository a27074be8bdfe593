package io.muster.mpi;

import io.muster.Client;
import io.muster.MusterException;
import io.muster.SchedulerLostException;
import io.muster.WaitTimeoutException;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.scheduler.RemoteClientLink;
import io.muster.scheduler.SchedulerServer;
import io.muster.security.PrivateFiles;
import io.muster.security.SchedulerFile;
import io.muster.transport.Dialer;
import io.muster.transport.Route;
import io.muster.worker.Nanny;
import io.muster.worker.WorkerNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What lives in this process of a launch: the scheduler, a worker, the client, as its rank's roles say. Ends with the JVM. */
final class Rank implements AutoCloseable {
    /*
     * All threads of the parts are daemons, so that the JVM of the client's rank ends when the program does; its shutdown hook then ends
     * the cluster, and only after that the launcher sees an exit code. The others see the end of their session. `close` may be called by
     * the hook while the main thread waits in `awaitEnd`; whoever comes second waits for the first.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Rank.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FOR_EVER = Duration.ofDays(365);
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration INTRODUCTION = Duration.ofSeconds(30);
    private static final Duration STOP_CONNECT = Duration.ofMillis(500);
    private static final byte[] NOTHING = {};

    private final LaunchPlan plan;
    private final int number;
    private final int localSize;
    private final int workers;
    private final boolean sharesJvm;
    private final Thread hook = new Thread(null, this::closeAtTheEnd, "muster-rank-shutdown", 0, false);
    private @Nullable Path directory;
    private @Nullable SchedulerFile contents;
    private @Nullable SchedulerServer server;
    private @Nullable WorkerNode worker;
    private @Nullable FutureTask<Integer> run;
    private @Nullable Client client;
    private volatile boolean introduced;
    private boolean jvmEnds;
    private volatile boolean closed;

    private Rank(final LaunchPlan plan, final RankTransport transport) {
        this.plan = plan;
        this.number = transport.rank();
        this.localSize = transport.localSize();
        this.workers = plan.roles().workers(transport.size());
        this.sharesJvm = transport.sharesJvm();
    }

    /**
     * Makes this process what its rank says; takes leave of the launcher.
     *
     * @param plan the same on all ranks
     * @param transport how the ranks meet; closed
     * @return the rank, running
     * @throws MusterException if the world is too small, or the ranks do not meet
     */
    static Rank join(final LaunchPlan plan, final RankTransport transport) {
        final Rank rank;
        try (transport) {
            plan.roles().check(transport.size());
            rank = new Rank(plan, transport);
            Runtime.getRuntime().addShutdownHook(rank.hook);
            rank.meet(transport);
        }
        try {
            rank.start();
        } catch (final RuntimeException e) {
            rank.close();
            if (!rank.isTolerated()) {
                throw e;
            }
            rank.tellTolerated(e.toString());
        }
        return rank;
    }

    /** The connected client; null on ranks that have none. */
    @Nullable
    Client client() {
        return client;
    }

    /** How many workers the launch has. */
    int workers() {
        return workers;
    }

    /** Whether other ranks live in this JVM. */
    boolean sharesJvm() {
        return sharesJvm;
    }

    /**
     * Waits until the scheduler here was stopped or, where there is none, the worker.
     *
     * @return the exit code: 0 if it ended in order, or its scheduler is gone, whose rank has a code of its own, or it may fail
     * @throws InterruptedException if interrupted
     */
    int awaitEnd() throws InterruptedException {
        final int code = awaitParts();
        if (code == 0 || !isTolerated()) {
            return code;
        }
        tellTolerated("exit code " + code);
        return 0;
    }

    private int awaitParts() throws InterruptedException {
        if (server != null) {
            try {
                server.awaitClose();
                return 0;
            } catch (final IllegalStateException e) {
                LOG.error("{}", e.getMessage());
                return 1;
            }
        }
        if (run != null) {
            try {
                return run.get();
            } catch (final ExecutionException e) {
                LOG.error("the worker of rank {} failed", number, e.getCause());
                return 1;
            }
        }
        if (worker == null) {
            return 0;
        }
        final int code = worker.awaitExit();
        final boolean schedulerTells = code == WorkerNode.EXIT_UNAVAILABLE && contents != null;
        return code == Nanny.EXIT_DONE || code == Nanny.EXIT_RESTART || schedulerTells ? 0 : 1;
    }

    /** Ends what lives here; on the client's rank the whole cluster, and returns when the scheduler has confirmed it. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (client != null) {
            endCluster(client);
            client.close();
        }
        if (server != null) {
            server.close();
        }
        if (worker != null) {
            if (jvmEnds && plan.settings().isSet(Options.WORKER_DRAIN_TIMEOUT)) {
                worker.drain("asked to end");
            }
            worker.close();
        }
        if (run != null && !jvmEnds) {
            awaitRun(run);
        }
        deleteFiles();
        if (!jvmEnds) {
            forgetHook();
        }
    }

    private void closeAtTheEnd() {
        final long startNs = System.nanoTime();
        jvmEnds = true;
        close();
        CommonEnd.await(System.getenv(), startNs);
        if (isTolerated() && !sharesJvm) {
            tellTolerated("its JVM ends before the cluster does");
            Runtime.getRuntime().halt(0);
        }
    }

    private boolean isTolerated() {
        final Roles roles = plan.roles();
        return plan.toleratesWorkerFailure() && !roles.isScheduler(number) && !roles.isClient(number);
    }

    private void tellTolerated(final String failure) {
        System.err.println("muster: the worker of rank=" + number + " failed: " + failure
                + "; failures are tolerated, so that the rank ends with 0");
    }

    /** The scheduler listens before the others hear of it; all have heard of it before anyone goes on. */
    private void meet(final RankTransport transport) {
        final int schedulerRank = plan.roles().scheduler();
        if (schedulerRank == Roles.NONE) {
            return;
        }
        if (number == schedulerRank) {
            announce(transport);
        } else {
            contents = Announcement.read(transport.broadcast(NOTHING, schedulerRank), schedulerRank);
        }
        transport.barrier();
    }

    private void announce(final RankTransport transport) {
        new Hints(plan.settings(), System.getenv())
                .lines(
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.getRuntime().maxMemory(),
                        RankSettings.memoryBytes(),
                        localSize)
                .forEach(line -> System.err.println("muster: " + line));
        try {
            final Settings settings = RankSettings.scheduler(plan, newDirectory());
            final SchedulerServer started =
                    Daemons.call("muster-rank-scheduler", () -> SchedulerServer.start(settings));
            server = started;
            contents = SchedulerFile.read(started.file());
            LOG.info("{}", started.description());
        } catch (final RuntimeException e) {
            transport.broadcast(Announcement.failure(String.valueOf(e.getMessage())), number);
            close();
            throw e;
        }
        transport.broadcast(Announcement.of(contents), number);
    }

    private void start() {
        if (plan.roles().isWorker(number)) {
            startWorker();
        }
        if (plan.roles().isClient(number)) {
            final RemoteClientLink link = link(plan.settings().get(Options.SESSION_CONNECT_TIMEOUT));
            final Client connected = Client.over(link);
            connected.makeCurrent();
            client = connected;
            Daemons.start("muster-scheduler-watch", () -> watch(connected, link));
        }
    }

    private void startWorker() {
        final Settings settings = RankSettings.worker(plan, schedulerFile(), number, localSize);
        final WorkerRunner runner = plan.runner();
        if (runner == null) {
            worker = Daemons.call("muster-rank-worker", () -> WorkerNode.start(settings));
            if (server == null) {
                deleteFiles();
            }
        } else {
            final FutureTask<Integer> task = new FutureTask<>(() -> runner.run(settings));
            run = task;
            Daemons.start("muster-rank-worker", task::run);
        }
    }

    /** The file that a worker here reads: the scheduler's own, else a private one. */
    private Path schedulerFile() {
        if (server != null) {
            return server.file();
        }
        if (contents == null) {
            return Path.of(plan.settings().get(Options.SCHEDULER_FILE)).toAbsolutePath();
        }
        final Path file = newDirectory().resolve("scheduler.json");
        contents.write(file);
        return file;
    }

    private RemoteClientLink link(final Duration timeout) {
        final SchedulerFile file = Objects.requireNonNull(contents, "contents");
        return RemoteClientLink.connect(file, Dialer.of(file, Route.DIRECT), timeout, Route.DIRECT);
    }

    /** A program that waits for something else would never learn that the scheduler's rank has died. */
    private void watch(final Client own, final RemoteClientLink link) throws InterruptedException {
        try {
            own.awaitWorkers(workers, INTRODUCTION);
            introduced = true;
        } catch (final WaitTimeoutException e) {
            introduced = true;
        } catch (final MusterException e) {
            LOG.debug("the session ended before all workers came", e);
        }
        while (!own.awaitEnd(FOR_EVER)) {
            LOG.debug("the session goes on");
        }
        if (!closed && !link.isDismissed() && own.isCurrent()) {
            TimeUnit.MILLISECONDS.sleep(GRACE.toMillis());
            System.err.println("muster: the scheduler's rank is gone, and so this program ends");
            RankExit.orphaned();
        }
    }

    private void endCluster(final Client own) {
        try {
            endClusterWith(own);
        } catch (final SchedulerLostException e) {
            LOG.debug("the cluster has ended before", e);
        } catch (final MusterException e) {
            LOG.debug("the program closed the client", e);
            try (Client another = Client.over(link(STOP_CONNECT))) {
                endClusterWith(another);
            } catch (final MusterException gone) {
                LOG.debug("the cluster has ended before", gone);
            }
        }
    }

    private void endClusterWith(final Client open) {
        awaitFirstWorkers(open);
        if (server == null) {
            open.stopCluster();
            if (!open.awaitEnd(STOP_TIMEOUT)) {
                LOG.warn("the scheduler did not confirm within {} ms that the cluster ends", STOP_TIMEOUT.toMillis());
            }
        }
    }

    /** A program may be over before all workers are there; they would look for a scheduler that has ended. */
    private void awaitFirstWorkers(final Client open) {
        if (introduced) {
            return;
        }
        try {
            open.awaitWorkers(workers, STOP_TIMEOUT);
        } catch (final WaitTimeoutException e) {
            LOG.debug("some workers are late or gone", e);
        }
    }

    private void awaitRun(final FutureTask<Integer> task) {
        try {
            task.get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final ExecutionException | TimeoutException e) {
            LOG.warn("the worker of rank {} did not end in order", number, e);
        }
    }

    private Path newDirectory() {
        final Path made = PrivateFiles.runtimeDirectory();
        directory = made;
        return made;
    }

    private void deleteFiles() {
        if (directory != null) {
            PrivateFiles.deleteRecursively(directory);
        }
    }

    private void forgetHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            LOG.debug("the JVM ends already", e);
        }
    }
}
