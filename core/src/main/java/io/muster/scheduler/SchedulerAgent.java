package io.muster.scheduler;

import io.muster.data.WorkerAddress;
import io.muster.protocol.LinkKind;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.transport.EventLoop;
import io.muster.transport.HostId;
import io.muster.transport.LinkFactory;
import io.muster.transport.PeerHello;
import io.muster.transport.PendingLink;
import io.muster.transport.ProtocolException;
import io.muster.transport.Session;
import io.muster.transport.TlsChannel;
import io.muster.transport.Welcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scheduler's duty cycle: takes in what peers say, has the core decide once per cycle, and sends what came of it. */
final class SchedulerAgent implements EventLoop.Agent {
    private static final Logger LOG = LoggerFactory.getLogger(SchedulerAgent.class);
    private static final long TICK_NS = 100_000_000;
    private static final long LAST_WORDS_NS = 500_000_000;
    private static final long LAST_WORDS_PAUSE_NS = 1_000_000;

    /** How long a scheduler that may end when idle waits for its first client, which may start beside it on a busy host. */
    private static final long FIRST_CLIENT_NS = 30_000_000_000L;

    private static final int MAX_DEAD_REMEMBERED = 10_000;

    /** An epoch is at least a millisecond, in which fewer tokens than these are given. */
    private static final int TOKENS_PER_EPOCH_BITS = 20;

    /** How much later a heartbeat is for each worker. */
    private static final long HEARTBEAT_SHARE_NS = 1_000_000;

    private static final int MAX_UNREAD_BYTES = 512 << 20;

    private final SchedulerSettings settings;
    private final SchedulerCore core;
    private final Router router = new Router(false);
    private final Recorder recorder;
    private final LinkFactory.@Nullable Host linkHost;
    private final Consumer<String> onStop;
    private final Management management;
    private final ResourceRelay resources = new ResourceRelay(this::client);
    private final StuckWatch watch;
    private final ConcurrentLinkedQueue<Runnable> guests = new ConcurrentLinkedQueue<>();
    private final List<ClientSession> clients = new ArrayList<>();

    /** The first of each process. */
    private final List<WorkerSession> workers = new ArrayList<>();

    private final Int2ObjectHashMap<WorkerState> dead = new Int2ObjectHashMap<>();
    private final long startedNs = System.nanoTime();
    private @Nullable EventLoop loop;
    private @Nullable StateCheck check;
    private int lastClient;
    private int lastWorker = -1;
    private long lastSession;
    private long nowNs;
    private long lastTickNs = System.nanoTime();
    private long lastBusyNs = System.nanoTime();
    private long lastClientNs = System.nanoTime();
    private long seenTransitions;
    private String dashboardUrl = "";
    private long checkIntervalNs;
    private long lastCheckNs = System.nanoTime();
    private boolean stopping;
    private boolean sought;

    /**
     * Makes one; it needs its {@link #loop} before it is used.
     *
     * @param managers makes the cluster manager when a client asks for one
     * @param onStop told once when the cluster is to end
     */
    SchedulerAgent(
            final SchedulerSettings settings,
            final LinkFactory.@Nullable Host linkHost,
            final Iterable<ClusterManagerFactory> managers,
            final Consumer<String> onStop) {
        this.settings = settings;
        this.linkHost = linkHost;
        this.onStop = onStop;
        this.core = new SchedulerCore(
                router,
                new CoreSettings(
                        settings.allowedFailures(),
                        settings.leaseNs(),
                        settings.isStealing(),
                        settings.noWorkersTimeoutNs()));
        core.reduceReplicasEvery(settings.reduceReplicasNs());
        core.links().bandwidth(settings.networkBandwidth());
        core.state().coordination.tokensFrom(settings.epoch() << TOKENS_PER_EPOCH_BITS);
        router.core(core);
        recorder = new Recorder(core, settings.streamRows());
        management = new Management(this, settings, managers);
        watch = new StuckWatch(core, management::pendingJobs);
    }

    /** Has the core's whole state checked after every batch of commands. */
    void validate() {
        check = new StateCheck(core);
    }

    void loop(final EventLoop runsOn) {
        this.loop = runsOn;
    }

    SchedulerCore core() {
        return core;
    }

    Management management() {
        return management;
    }

    /** What a dashboard shows. */
    DashboardSource dashboardSource() {
        return new LiveSource(
                core,
                recorder,
                watch,
                this::execute,
                this::users,
                System::nanoTime,
                management::jobs,
                settings.clusterId(),
                settings.epoch(),
                settings.address());
    }

    /** Tells where the dashboard is; from any thread. */
    void dashboardUrl(final String url) {
        execute(() -> dashboardUrl = url);
    }

    /** What happened; for the agent's thread, as in {@link #execute}. */
    Recorder recorder() {
        return recorder;
    }

    /** What workers ask of clients. */
    ResourceRelay resources() {
        return resources;
    }

    private @Nullable ClientEvents client(final int number) {
        final ClientState known = core.clients().get(number);
        return known == null ? null : (ClientEvents) known.peer;
    }

    /** What makes no progress. */
    StuckWatch watch() {
        return watch;
    }

    /** Has it looked every so often whether something makes no progress; 0: never. */
    void checkEvery(final long intervalNs) {
        checkIntervalNs = intervalNs;
    }

    /** Takes a peer that has proved the secret; from any thread. */
    void admit(final TlsChannel tls, final PeerHello hello) {
        execute(() -> begin(tls, hello));
    }

    /** Has something done by the agent in its next cycle; from any thread. Nothing happens once the loop has ended. */
    void execute(final Runnable action) {
        guests.add(action);
        owner().wakeup();
    }

    @Override
    public String roleName() {
        return "muster-scheduler";
    }

    @Override
    public int doWork(final long nowNs) {
        this.nowNs = nowNs;
        core.storyTime(nowNs);
        int work = 0;
        Runnable guest = guests.poll();
        while (guest != null) {
            guest.run();
            work++;
            guest = guests.poll();
        }
        if (linkHost != null) {
            work += linkHost.doWork();
        }
        work += pollWorkers(nowNs);
        work += pollClients(nowNs);
        if (nowNs - lastTickNs > TICK_NS) {
            lastTickNs = nowNs;
            tick(nowNs);
        }
        if (work > 0) {
            core.schedule();
            if (check != null) {
                check.checkScheduled();
            }
        }
        for (int i = 0; i < workers.size(); i++) {
            work += workers.get(i).flush();
        }
        for (int i = 0; i < clients.size(); i++) {
            final Session session = clients.get(i).session();
            work += session.flush();
            if (session.out().size() > MAX_UNREAD_BYTES) {
                session.end("it does not read what it is sent: unreadBytes="
                        + session.out().size() + " must be <= " + MAX_UNREAD_BYTES);
            }
        }
        return work;
    }

    @Override
    public boolean prepareToPark() {
        boolean ready = true;
        for (int i = 0; i < workers.size(); i++) {
            ready &= workers.get(i).session().prepareToPark() && !workers.get(i).isLinking();
        }
        for (int i = 0; i < clients.size(); i++) {
            ready &= clients.get(i).session().prepareToPark();
        }
        return ready;
    }

    @Override
    public void onClose() {
        for (final WorkerSession first : workers) {
            for (final WorkerSession worker : first.crew().workers()) {
                worker.endBatch();
                worker.stop(false, "the scheduler is closing");
            }
            first.session().flush();
        }
        for (final ClientSession client : clients) {
            client.disconnected("the scheduler is closing");
        }
        awaitWorkersEnd();
        for (final WorkerSession worker : workers) {
            worker.end("the scheduler is closing");
        }
        if (linkHost != null) {
            linkHost.close();
        }
    }

    /** Keeps what carries the last words going until the workers have hung up, for a short while. */
    private void awaitWorkersEnd() {
        final long deadlineNs = System.nanoTime() + LAST_WORDS_NS;
        boolean isAnyThere = !workers.isEmpty();
        while (isAnyThere && System.nanoTime() - deadlineNs < 0) {
            isAnyThere = false;
            if (linkHost != null) {
                linkHost.doWork();
            }
            for (final WorkerSession worker : workers) {
                if (!worker.session().isClosed()) {
                    poll(worker.session(), worker.hello());
                    worker.session().flush();
                    isAnyThere |= !worker.session().isClosed();
                }
            }
            LockSupport.parkNanos(LAST_WORDS_PAUSE_NS);
        }
    }

    /** Ends everything, after what was decided is sent. */
    void stopCluster(final String reason) {
        if (!stopping) {
            stopping = true;
            LOG.info("stopping: {}", reason);
            onStop.accept(reason);
        }
    }

    /** The time of the cycle in progress. */
    long nowNs() {
        return nowNs;
    }

    WorkerState workerRegistered(final WorkerSession session, final WorkerState worker, final WorkerAddress address) {
        router.workerJoined(new WorkerAddress(
                address.number(),
                worker.name,
                address.threads(),
                address.host(),
                address.port(),
                address.fingerprint()));
        router.workerIsOf(session.crew(), session.index(), worker.number);
        core.addWorker(System.nanoTime(), worker);
        recorder.workerJoined(worker);
        LOG.info(
                "worker {} is here: number={} threads={} host={}",
                worker.name,
                worker.number,
                worker.threads,
                worker.host);
        management.workerJoined(worker);
        return worker;
    }

    /** Drops all tasks and has workers start anew; gives the numbers of those as JSON. */
    String restart(final int client) {
        final String reason = "client " + client + " restarted the cluster";
        LOG.info("{}", reason);
        recorder.clusterEvent(reason);
        final int[] restarted = core.restart(nowNs, reason);
        return Arrays.toString(restarted);
    }

    /** A nanny's report on the process before the one that registers. */
    void deathReported(final int worker, final String cause, final long[] runIds) {
        final WorkerState lost = dead.remove(worker);
        if (lost != null) {
            LOG.warn("worker {} died: {}; runs under way: {}", lost.name, cause, runIds.length);
            recorder.workerEvent(lost, "died: " + cause + "; runs under way: " + runIds.length);
            core.blame(lost, runIds, cause);
        }
    }

    /** What {@code muster info} shows. */
    String describe() {
        final Map<String, Object> info = new LinkedHashMap<>();
        info.put("cluster_id", settings.clusterId());
        info.put("epoch", settings.epoch());
        info.put("address", settings.address());
        info.put("dashboard_url", dashboardUrl);
        info.put("uptime_s", (System.nanoTime() - startedNs) / 1_000_000 / 1000.0);
        info.put("version", settings.version());
        info.put("java", System.getProperty("java.version"));
        info.put("taken_back", recorder.steals());
        return InfoJson.write(info, core, users(), System.nanoTime());
    }

    private void begin(final TlsChannel tls, final PeerHello hello) {
        final EventLoop runsOn = owner();
        switch (hello.role()) {
            case CLIENT, WORKER_CLIENT -> {
                final ClientSession client = new ClientSession(this, core, ++lastClient, tls, hello);
                client.heard(System.nanoTime());
                welcome(client.session(), lastClient, null);
                clients.add(client);
                core.addClient(client.state());
                router.clientJoined(client);
                runsOn.register(client.session());
            }
            case WORKER -> {
                final boolean sameHost = hello.hostId().equals(HostId.current());
                final PendingLink pending = linkHost == null ? null : linkHost.offer(sameHost, hello.linkKinds());
                final WorkerSession worker = new WorkerSession(this, core, ++lastWorker, tls, hello, pending);
                worker.heard(System.nanoTime());
                welcome(worker.session(), lastWorker, pending);
                workers.add(worker);
                runsOn.register(worker.session());
            }
            case PEER, OBSERVER, NULL_VAL, SBE_UNKNOWN -> {
                final Session session = new Session(tls, (templateId, message) -> {});
                io.muster.transport.Greeting.writeRefused(
                        session.out(), "role=" + hello.role() + " must be CLIENT or WORKER at a scheduler's port");
                session.flush();
                session.end("refused");
            }
        }
    }

    /** Another worker of a process that is here. */
    WorkerSession joins(final Crew crew, final int index, final PeerHello hello) {
        final WorkerSession worker = new WorkerSession(this, core, ++lastWorker, hello, crew, index);
        worker.heard(nowNs);
        return worker;
    }

    private void welcome(final Session session, final int number, final @Nullable PendingLink pending) {
        final String address = pending == null ? "" : pending.localAddress();
        new Welcome(
                        ++lastSession,
                        settings.epoch(),
                        number,
                        settings.leaseNs(),
                        settings.fenceNs(),
                        heartbeatNs(),
                        pending == null ? LinkKind.LIFELINE : pending.kind(),
                        pending == null ? 0 : pending.streamToScheduler(),
                        pending == null ? 0 : pending.streamFromScheduler(),
                        address == null ? "" : address,
                        pending == null ? new byte[0] : pending.key())
                .write(session.lifelineOut());
        session.flush();
    }

    /** Grows with the number of workers, so that those who have nothing to say cost no more when they are thousands. */
    private long heartbeatNs() {
        final long shareNs = Math.min(settings.fenceNs() / 3, core.livingWorkers() * HEARTBEAT_SHARE_NS);
        return Math.max(settings.heartbeatNs(), shareNs);
    }

    private int pollWorkers(final long nowNs) {
        int work = 0;
        for (int i = workers.size() - 1; i >= 0; i--) {
            final WorkerSession worker = workers.get(i);
            work += worker.progressLink();
            final int bytes = poll(worker.session(), worker.hello());
            if (bytes > 0) {
                worker.heard(nowNs);
                work += bytes;
            }
            work += crewEnded(worker.crew());
            if (worker.session().isClosed()) {
                workers.remove(i);
                worker.crew().workers().forEach(this::workerEnded);
                work++;
            }
        }
        return work;
    }

    private int crewEnded(final Crew crew) {
        int count = 0;
        WorkerSession worker = crew.nextEnded();
        while (worker != null) {
            workerEnded(worker);
            count++;
            worker = crew.nextEnded();
        }
        return count;
    }

    private void workerEnded(final WorkerSession worker) {
        worker.end("");
        final WorkerState state = worker.state();
        if (state == null) {
            return;
        }
        final String reason = worker.lastWords().isEmpty() ? worker.closeReason() : worker.lastWords();
        LOG.info("worker {} is gone: {}", state.name, reason);
        recorder.workerLeft(state, reason);
        management.workerLeft(state, reason, worker.hasExpectedEnd() || state.draining);
        if (state.gone) {
            return;
        }
        core.removeWorker(state, reason, worker.hasExpectedEnd());
        if (state.hasNanny && !worker.hasExpectedEnd() && dead.size() < MAX_DEAD_REMEMBERED) {
            dead.put(state.number, state);
        }
    }

    private int pollClients(final long nowNs) {
        int work = 0;
        for (int i = clients.size() - 1; i >= 0; i--) {
            final ClientSession client = clients.get(i);
            final int bytes = poll(client.session(), client.hello());
            if (bytes > 0) {
                client.heard(nowNs);
                work += bytes;
            }
            if (client.session().isClosed()) {
                clients.remove(i);
                router.clientLeft(client);
                core.removeClient(client.state().number);
                management.clientLeft(client.state().number);
                resources.clientLeft(client.state().number);
                LOG.info(
                        "client {} is gone: {}",
                        client.state().number,
                        client.session().closeReason());
                work++;
            }
        }
        return work;
    }

    /** A peer that breaks the protocol loses its session; it does not take the scheduler with it. */
    private static int poll(final Session session, final PeerHello hello) {
        try {
            return session.poll();
        } catch (final ProtocolException | InvalidRequestException e) {
            LOG.warn("ending the session of a {} of user {}: {}", hello.role(), hello.userName(), e.getMessage());
            Messages.goodbye(session.out(), new MessageHeaderEncoder(), true, String.valueOf(e.getMessage()));
            session.flush();
            session.end(String.valueOf(e.getMessage()));
            return 1;
        }
    }

    private void tick(final long nowNs) {
        core.tick(nowNs);
        if (checkIntervalNs > 0 && nowNs - lastCheckNs >= checkIntervalNs) {
            lastCheckNs = nowNs;
            watch.tick();
        }
        recorder.tick(nowNs);
        for (final WorkerSession worker : workers) {
            if (nowNs - worker.heardNs() > settings.leaseNs()
                    && !worker.session().isClosed()) {
                worker.end("no sign of life for " + settings.leaseNs() / 1_000_000 + " ms");
            }
        }
        for (final ClientSession client : clients) {
            if (nowNs - client.heardNs() > settings.clientLeaseNs()) {
                client.session().end("no sign of life for " + settings.clientLeaseNs() / 1_000_000 + " ms");
            }
        }
        if (core.transitions() != seenTransitions || hasWork()) {
            seenTransitions = core.transitions();
            lastBusyNs = nowNs;
        }
        sought |= !clients.isEmpty();
        if (users() > 0) {
            lastClientNs = nowNs;
        }
        stopAfter(settings.unusedTimeoutNs(), nowNs - lastBusyNs, "without work");
        final long idleNs = nowNs - Math.max(lastBusyNs, lastClientNs);
        if (sought || idleNs > FIRST_CLIENT_NS) {
            stopAfter(settings.idleTimeoutNs(), idleNs, "without clients");
        }
    }

    private boolean hasWork() {
        final TaskTable tasks = core.tasks();
        return tasks.count(TaskPhase.PROCESSING) + tasks.count(TaskPhase.QUEUED) + tasks.count(TaskPhase.NO_WORKER) > 0;
    }

    private void stopAfter(final long timeoutNs, final long idleNs, final String what) {
        if (timeoutNs > 0 && idleNs > timeoutNs) {
            stopCluster(what + " for " + timeoutNs / 1_000_000 + " ms");
        }
    }

    /** How many clients there are but for those of workers. */
    private int users() {
        int users = 0;
        for (final ClientSession client : clients) {
            users += client.isOfWorker() ? 0 : 1;
        }
        return users;
    }

    private EventLoop owner() {
        return Objects.requireNonNull(loop, "loop");
    }
}
