package io.muster.worker;

import io.muster.MusterException;
import io.muster.classes.ClientClasses;
import io.muster.classes.ResourceCodec;
import io.muster.classes.ResourceQuestion;
import io.muster.coordination.CoordinationCodec;
import io.muster.data.BulkClient;
import io.muster.data.DataTraffic;
import io.muster.protocol.AbandonRunsDecoder;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.AskRecordsDecoder;
import io.muster.protocol.AssignDecoder;
import io.muster.protocol.CommitAnswerDecoder;
import io.muster.protocol.CoordinationAnswerDecoder;
import io.muster.protocol.DrainingEncoder;
import io.muster.protocol.ForgetFunctionsDecoder;
import io.muster.protocol.FreeResultsDecoder;
import io.muster.protocol.GoodbyeDecoder;
import io.muster.protocol.HeartbeatAckDecoder;
import io.muster.protocol.HeartbeatEncoder;
import io.muster.protocol.InventoryEncoder;
import io.muster.protocol.KnownRunsEncoder;
import io.muster.protocol.LinkKind;
import io.muster.protocol.LinkReadyEncoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RegisterFunctionDecoder;
import io.muster.protocol.RegisterWorkerEncoder;
import io.muster.protocol.ReplicateDecoder;
import io.muster.protocol.ReportRequestDecoder;
import io.muster.protocol.ResourceReplyDecoder;
import io.muster.protocol.StopWorkerDecoder;
import io.muster.protocol.TakeBackRunsDecoder;
import io.muster.protocol.WorkerDownDecoder;
import io.muster.protocol.WorkerStatusEncoder;
import io.muster.protocol.WorkerUpDecoder;
import io.muster.scheduler.Messages;
import io.muster.scheduler.Wire;
import io.muster.transport.Dialer;
import io.muster.transport.EventLoop;
import io.muster.transport.LinkFactory;
import io.muster.transport.MessageHandler;
import io.muster.transport.PendingLink;
import io.muster.transport.ProtocolException;
import io.muster.transport.Session;
import io.muster.transport.SharedOutbox;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's side of one session, from the welcome to the end: sets up the link, registers with what it holds, hands commands to the
 * worker, and fences itself when the scheduler is silent for too long.
 */
final class WorkerConversation implements EventLoop.Agent, MessageHandler {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerConversation.class);
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int FIXED = 256;
    private static final int INVENTORY_PER_MESSAGE = 8192;
    private static final long MAX_LINK_PATIENCE_NS = 10_000_000_000L;
    private static final long MAX_PARK_NS = 1_000_000_000;

    /** How many heartbeats must fit into the time until the fence for their answers to wait until the next one is due. */
    private static final int PLENTY_OF_HEARTBEATS = 4;

    private static final long[] NO_TASKS = {};
    private static final int[] NO_HOLDERS = {};

    private final Dialer.Welcomed welcomed;
    private final Registration registration;
    private final Worker worker;
    private final ClientClasses classes;
    private final BulkClient dataPlane;
    private final LinkFactory.@Nullable Guest guest;
    private final boolean mustLink;
    private final Session session;
    private final SharedOutbox box = new SharedOutbox();
    private final EventLoop loop;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ProcessFigures figures = new ProcessFigures();
    private @Nullable PendingLink pending;
    private long joinedNs;
    private boolean saidReady;
    private boolean registered;
    private @Nullable Leave leave;
    private long lastHeartbeatNs;
    private long lastAckNs = System.nanoTime();
    private volatile @Nullable String stopReason;
    private volatile boolean restart;
    private volatile boolean outOfMemory;
    private volatile String endReason = "";

    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final AssignDecoder assign = new AssignDecoder();
    private final FreeResultsDecoder freeResults = new FreeResultsDecoder();
    private final AbandonRunsDecoder abandonRuns = new AbandonRunsDecoder();
    private final TakeBackRunsDecoder takeBackRuns = new TakeBackRunsDecoder();
    private final CommitAnswerDecoder commitAnswer = new CommitAnswerDecoder();
    private final ReplicateDecoder replicate = new ReplicateDecoder();
    private final RegisterFunctionDecoder registerFunction = new RegisterFunctionDecoder();
    private final ForgetFunctionsDecoder forgetFunctions = new ForgetFunctionsDecoder();
    private final WorkerUpDecoder workerUp = new WorkerUpDecoder();
    private final WorkerDownDecoder workerDown = new WorkerDownDecoder();
    private final StopWorkerDecoder stopWorker = new StopWorkerDecoder();
    private final HeartbeatAckDecoder heartbeatAck = new HeartbeatAckDecoder();
    private final GoodbyeDecoder goodbye = new GoodbyeDecoder();
    private final MessageHeaderEncoder headerOut = new MessageHeaderEncoder();
    private final HeartbeatEncoder heartbeat = new HeartbeatEncoder();
    private final WorkerStatusEncoder workerStatus = new WorkerStatusEncoder();

    /** What a worker says of itself when it registers. */
    record Registration(
            String name,
            String host,
            int port,
            byte[] fingerprint,
            int threads,
            long memoryLimitBytes,
            String resources,
            String job,
            String jobToken,
            Lifetime lifetime,
            boolean nanny,
            int lastWorker,
            String lastDeath,
            long[] lastRuns) {}

    /** The wish to leave. */
    private record Leave(String reason, long deadlineNs) {}

    WorkerConversation(
            final Dialer.Welcomed welcomed,
            final Registration registration,
            final Worker worker,
            final ClientClasses classes,
            final BulkClient dataPlane,
            final LinkFactory.@Nullable Guest guest,
            final boolean mustLink,
            final long spinNs) {
        this.welcomed = welcomed;
        this.registration = registration;
        this.worker = worker;
        this.classes = classes;
        this.dataPlane = dataPlane;
        this.guest = guest;
        this.mustLink = mustLink;
        this.session = new Session(welcomed.tls(), this);
        this.loop = new EventLoop(this, spinNs, this::fail);
    }

    RemoteReports.Route route() {
        return new RemoteReports.Route(box, loop);
    }

    /** Runs until the session ends; returns why. */
    String run() throws InterruptedException {
        loop.register(session);
        loop.start();
        try {
            ended.await();
        } finally {
            loop.close();
        }
        return endReason;
    }

    /** Why the scheduler stopped this worker; null if it did not. */
    @Nullable
    String stopReason() {
        return stopReason;
    }

    boolean mayRestart() {
        return restart;
    }

    /** Whether the heap was full when a message was to be taken in or sent, so that the session's state can't be trusted. */
    boolean ranOutOfMemory() {
        return outOfMemory;
    }

    boolean wasRegistered() {
        return registered;
    }

    /** Asks the scheduler to let the worker go once nothing is lost by that; the scheduler stops it then. */
    void drain(final String reason, final Duration patience) {
        loop.runExclusively(() -> {
            if (leave == null) {
                final Leave wish = new Leave(reason, System.nanoTime() + patience.toNanos());
                leave = wish;
                if (registered) {
                    sendDraining(wish);
                }
            }
        });
    }

    /** Waits for the end of the session; false if it goes on. */
    boolean awaitEnd(final Duration timeout) throws InterruptedException {
        return ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Leaves: no task is to blame for it. */
    void leave(final String reason) {
        loop.runExclusively(() -> {
            if (!session.isClosed()) {
                sayGoodbye(reason);
                end(reason);
            }
        });
    }

    @Override
    public String roleName() {
        return "muster-" + registration.name() + "-agent";
    }

    @Override
    public int doWork(final long nowNs) {
        if (session.isClosed()) {
            end(session.closeReason());
            return 0;
        }
        if (registered && nowNs - lastAckNs > welcomed.welcome().fenceNs()) {
            LOG.warn(
                    "nothing heard of the scheduler for {} ms; this worker's runs are void",
                    (nowNs - lastAckNs) / 1_000_000);
            end("fenced: nothing heard of the scheduler for " + (nowNs - lastAckNs) / 1_000_000 + " ms");
            return 0;
        }
        int work = guest == null ? 0 : guest.doWork();
        if (!registered) {
            work += progressLink(nowNs);
        }
        try {
            work += session.poll();
        } catch (final ProtocolException e) {
            end("the scheduler broke the protocol: " + e.getMessage());
            return 0;
        }
        if (registered) {
            box.moveTo(session.out());
        }
        work += session.flush();
        if (registered
                && session.out().size() == 0
                && nowNs - lastHeartbeatNs > welcomed.welcome().heartbeatNs()) {
            lastHeartbeatNs = nowNs;
            sendHeartbeat(nowNs);
            work += session.flushQuietly();
        }
        return work;
    }

    @Override
    public boolean prepareToPark() {
        return session.prepareToPark() && registered;
    }

    /** Until the next heartbeat: what the scheduler says meanwhile rings. Only the answer to the last one does not. */
    @Override
    public long maxParkNs(final long nowNs) {
        final long heartbeatNs = welcomed.welcome().heartbeatNs();
        final long fenceNs = welcomed.welcome().fenceNs();
        final long dueNs = lastHeartbeatNs + heartbeatNs - nowNs;
        if (!session.wakesByItself() || fenceNs / PLENTY_OF_HEARTBEATS < heartbeatNs || dueNs <= 0) {
            return EventLoop.Agent.super.maxParkNs(nowNs);
        }
        return Math.min(Math.min(dueNs + 1, MAX_PARK_NS), Math.max(1, lastAckNs + fenceNs - nowNs));
    }

    @Override
    public void onClose() {
        end("closed");
        if (guest != null) {
            guest.close();
        }
    }

    private void sayGoodbye(final String reason) {
        box.moveTo(session.out());
        Messages.goodbye(session.out(), headerOut, true, reason);
        session.flush();
    }

    private void end(final String reason) {
        if (ended.getCount() > 0) {
            endReason = reason;
            worker.abandonAll();
            box.close();
            session.end(reason);
            if (pending != null) {
                pending.close();
            }
            ended.countDown();
        }
    }

    private void fail(final Throwable e) {
        LOG.error("the worker's session failed", e);
        outOfMemory |= e instanceof OutOfMemoryError;
        end("failed: " + e);
    }

    private int progressLink(final long nowNs) {
        final var welcome = welcomed.welcome();
        if (guest == null || welcome.linkKind() == LinkKind.LIFELINE) {
            if (mustLink) {
                throw new MusterException("transport=aeron is asked for, but the scheduler does not offer it");
            }
            register(LinkKind.LIFELINE);
            return 1;
        }
        if (pending == null) {
            try {
                pending = guest.join(
                        welcome.linkKind(),
                        welcome.linkAddress(),
                        welcome.streamToScheduler(),
                        welcome.streamFromScheduler(),
                        welcome.linkKey());
            } catch (final MusterException e) {
                return fallBack(String.valueOf(e.getMessage()));
            }
            joinedNs = System.nanoTime();
            return 1;
        }
        final String address = pending.localAddress();
        if (!saidReady && address != null) {
            saidReady = true;
            sendLinkReady(pending.kind(), address);
            return 1;
        }
        if (pending.isConnected()) {
            session.attach(pending.link());
            final LinkKind kind = pending.kind();
            pending = null;
            register(kind);
            return 1;
        }
        final long patienceNs = Math.min(MAX_LINK_PATIENCE_NS, welcome.fenceNs());
        return nowNs - joinedNs > patienceNs
                ? fallBack("it did not connect within " + patienceNs / 1_000_000 + " ms; is UDP blocked?")
                : 0;
    }

    private int fallBack(final String reason) {
        if (mustLink) {
            throw new MusterException("transport=aeron is asked for, but can't be used: " + reason);
        }
        LOG.warn("using TCP instead of {}: {}", welcomed.welcome().linkKind(), reason);
        if (pending != null) {
            pending.close();
            pending = null;
        }
        sendLinkReady(LinkKind.LIFELINE, "");
        register(LinkKind.LIFELINE);
        return 1;
    }

    private void sendLinkReady(final LinkKind kind, final String address) {
        final byte[] text = address.getBytes(StandardCharsets.UTF_8);
        final LinkReadyEncoder encoder = new LinkReadyEncoder();
        encoder.wrapAndApplyHeader(session.lifelineOut().begin(FIXED + text.length), 0, headerOut)
                .linkKind(kind)
                .putLinkAddress(text, 0, text.length);
        session.lifelineOut().end(HEADER + encoder.encodedLength());
    }

    private void sendDraining(final Leave wish) {
        final byte[] text = wish.reason().getBytes(StandardCharsets.UTF_8);
        final DrainingEncoder encoder = new DrainingEncoder();
        encoder.wrapAndApplyHeader(session.out().begin(FIXED + text.length), 0, headerOut)
                .patienceNs(Math.max(1, wish.deadlineNs() - System.nanoTime()))
                .putReason(text, 0, text.length);
        session.out().end(HEADER + encoder.encodedLength());
    }

    private void register(final LinkKind kind) {
        final long[] held = worker.inventory();
        final Registration self = registration;
        final byte[] name = self.name().getBytes(StandardCharsets.UTF_8);
        final byte[] host = self.host().getBytes(StandardCharsets.UTF_8);
        final byte[] resources = self.resources().getBytes(StandardCharsets.UTF_8);
        final byte[] death = self.lastDeath().getBytes(StandardCharsets.UTF_8);
        final byte[] job = self.job().getBytes(StandardCharsets.UTF_8);
        final byte[] jobToken = self.jobToken().getBytes(StandardCharsets.UTF_8);
        final byte[] runs = packed(self.lastRuns(), 0, self.lastRuns().length);
        final byte[] fingerprint = self.fingerprint();
        final int size = FIXED
                + name.length
                + host.length
                + resources.length
                + death.length
                + runs.length
                + fingerprint.length
                + job.length
                + jobToken.length;
        final long nowNs = System.nanoTime();
        final RegisterWorkerEncoder encoder = new RegisterWorkerEncoder();
        encoder.wrapAndApplyHeader(session.out().begin(size), 0, headerOut)
                .threads(self.threads())
                .memoryLimitBytes(self.memoryLimitBytes())
                .pid(ProcessHandle.current().pid())
                .port(self.port())
                .nanny((short) (self.nanny() ? 1 : 0))
                .heldResults(held.length / 2)
                .lastWorkerNumber(self.lastWorker())
                .lastDeathExpected((short) 0)
                .leaveInNs(self.lifetime().leaveInNs(nowNs))
                .endInNs(self.lifetime().endInNs(nowNs))
                .putName(name, 0, name.length)
                .putHost(host, 0, host.length)
                .putFingerprint(fingerprint, 0, fingerprint.length)
                .putResources(resources, 0, resources.length)
                .putLastDeath(death, 0, death.length)
                .putLastRuns(runs, 0, runs.length)
                .putJob(job, 0, job.length)
                .putJobToken(jobToken, 0, jobToken.length);
        session.out().end(HEADER + encoder.encodedLength());
        for (int from = 0; from < held.length; from += 2 * INVENTORY_PER_MESSAGE) {
            final byte[] part = packed(held, from, Math.min(held.length, from + 2 * INVENTORY_PER_MESSAGE));
            final InventoryEncoder inventory = new InventoryEncoder();
            inventory
                    .wrapAndApplyHeader(session.out().begin(FIXED + part.length), 0, headerOut)
                    .putResults(part, 0, part.length);
            session.out().end(HEADER + inventory.encodedLength());
        }
        sendStatus();
        for (final ResourceQuestion question : classes.open()) {
            ResourceCodec.message(question).into(session.out());
        }
        registered = true;
        lastAckNs = System.nanoTime();
        LOG.info(
                "worker {} is registered: number={} address={}:{} link={} results held={}",
                self.name(),
                welcomed.welcome().peerNumber(),
                self.host(),
                self.port(),
                kind,
                held.length / 2);
        final Leave wish = leave;
        if (wish != null) {
            sendDraining(wish);
        }
    }

    private static byte[] packed(final long[] values, final int from, final int to) {
        final byte[] bytes = new byte[(to - from) * Long.BYTES];
        final ArrayBuffer buffer = new ArrayBuffer(bytes);
        for (int i = from; i < to; i++) {
            Wire.putLong(buffer, (i - from) * Long.BYTES, values[i]);
        }
        return bytes;
    }

    private void sendHeartbeat(final long nowNs) {
        final WorkerCounters counters = worker.counters();
        final long[] running = worker.runningRuns();
        final byte[] runs = packed(running, 0, running.length);
        heartbeat
                .wrapAndApplyHeader(session.out().begin(FIXED + runs.length), 0, headerOut)
                .sentNs(nowNs)
                .runningTasks(counters.running())
                .readyTasks(counters.ready())
                .storedBytes(counters.storedBytes())
                .heapUsedBytes(figures.heapUsedBytes())
                .residentBytes(figures.residentBytes())
                .cpuPerMille(figures.cpuPerMille(nowNs))
                .gcNs(figures.gcNs())
                .readBytes(DataTraffic.readBytes())
                .writtenBytes(DataTraffic.writtenBytes())
                .putRunningRuns(runs, 0, runs.length);
        session.out().end(HEADER + heartbeat.encodedLength());
        sendStatus();
        sendKnownRuns();
    }

    private void sendKnownRuns() {
        final RunList list = worker.oldestRuns();
        final byte[] packed = new byte[list.runs().length * Wire.MARKED_LONG];
        final ArrayBuffer packer = new ArrayBuffer(packed);
        for (int i = 0; i < list.runs().length; i++) {
            Wire.putLong(packer, i * Wire.MARKED_LONG, list.runs()[i]);
            packed[i * Wire.MARKED_LONG + Long.BYTES] = list.states()[i];
        }
        final KnownRunsEncoder encoder = new KnownRunsEncoder();
        encoder.wrapAndApplyHeader(session.out().begin(FIXED + packed.length), 0, headerOut)
                .total(list.total())
                .putOldest(packed, 0, packed.length);
        session.out().end(HEADER + encoder.encodedLength());
    }

    private void sendStatus() {
        session.out().end(RemoteReports.encode(worker.status(), session.out().begin(FIXED), workerStatus, headerOut));
    }

    @Override
    public void onMessage(final int templateId, final ArrayBuffer message) {
        switch (templateId) {
            case AssignDecoder.TEMPLATE_ID -> onAssign(message);
            case FreeResultsDecoder.TEMPLATE_ID -> {
                freeResults.wrapAndApplyHeader(message, 0, header);
                for (final long task : Wire.longs(
                        message,
                        freeResults.limit() + FreeResultsDecoder.tasksHeaderLength(),
                        freeResults.tasksLength())) {
                    worker.free(task);
                }
            }
            case AbandonRunsDecoder.TEMPLATE_ID -> {
                abandonRuns.wrapAndApplyHeader(message, 0, header);
                final boolean interrupt = abandonRuns.interrupt() == 1;
                for (final long run : Wire.longs(
                        message,
                        abandonRuns.limit() + AbandonRunsDecoder.runIdsHeaderLength(),
                        abandonRuns.runIdsLength())) {
                    worker.abandon(run, interrupt);
                }
            }
            case TakeBackRunsDecoder.TEMPLATE_ID -> {
                takeBackRuns.wrapAndApplyHeader(message, 0, header);
                worker.takeBack(Wire.longs(
                        message,
                        takeBackRuns.limit() + TakeBackRunsDecoder.runIdsHeaderLength(),
                        takeBackRuns.runIdsLength()));
            }
            case CommitAnswerDecoder.TEMPLATE_ID -> {
                commitAnswer.wrapAndApplyHeader(message, 0, header);
                worker.commit(commitAnswer.runId(), commitAnswer.granted() == 1);
            }
            case ReplicateDecoder.TEMPLATE_ID -> {
                replicate.wrapAndApplyHeader(message, 0, header);
                final int[] holders = Wire.ints(
                        message,
                        replicate.limit() + ReplicateDecoder.holdersHeaderLength(),
                        replicate.holdersLength(),
                        NO_HOLDERS);
                worker.replicate(replicate.task(), holders);
            }
            case AskRecordsDecoder.TEMPLATE_ID -> {
                final AskRecordsDecoder asked = new AskRecordsDecoder().wrapAndApplyHeader(message, 0, header);
                worker.askRecords(asked.requestId(), asked.kind(), asked.since(), asked.most());
            }
            case ResourceReplyDecoder.TEMPLATE_ID -> classes.answered(ResourceCodec.answer(message));
            case CoordinationAnswerDecoder.TEMPLATE_ID -> worker.coordinated(CoordinationCodec.answer(message));
            case HeartbeatAckDecoder.TEMPLATE_ID -> {
                heartbeatAck.wrapAndApplyHeader(message, 0, header);
                lastAckNs = Math.max(lastAckNs, heartbeatAck.sentNs());
            }
            case RegisterFunctionDecoder.TEMPLATE_ID -> {
                registerFunction.wrapAndApplyHeader(message, 0, header);
                final long functionId = registerFunction.functionId();
                final byte[] body = Wire.bytes(
                        message,
                        registerFunction.limit() + RegisterFunctionDecoder.bodyHeaderLength(),
                        registerFunction.bodyLength());
                registerFunction.skipBody();
                worker.registerFunction(functionId, body, registerFunction.name());
            }
            case ForgetFunctionsDecoder.TEMPLATE_ID -> {
                forgetFunctions.wrapAndApplyHeader(message, 0, header);
                for (final long function : Wire.longs(
                        message,
                        forgetFunctions.limit() + ForgetFunctionsDecoder.functionIdsHeaderLength(),
                        forgetFunctions.functionIdsLength())) {
                    worker.forgetFunction(function);
                    classes.forget((int) (function >>> Integer.SIZE));
                }
            }
            case WorkerUpDecoder.TEMPLATE_ID -> {
                final var address = Messages.address(workerUp.wrapAndApplyHeader(message, 0, header));
                dataPlane.workerUp(address);
                worker.workerUp(address);
            }
            case WorkerDownDecoder.TEMPLATE_ID -> {
                workerDown.wrapAndApplyHeader(message, 0, header);
                final int gone = workerDown.workerNumber();
                dataPlane.workerDown(gone);
                worker.workerDown(gone);
            }
            case StopWorkerDecoder.TEMPLATE_ID -> {
                stopWorker.wrapAndApplyHeader(message, 0, header);
                restart = stopWorker.restart() != 0;
                final String reason = stopWorker.reason();
                stopReason = reason;
                sayGoodbye(reason);
                end("stopped by the scheduler: " + reason);
            }
            case ReportRequestDecoder.TEMPLATE_ID ->
                WorkerReport.answer(
                        new ReportRequestDecoder()
                                .wrapAndApplyHeader(message, 0, header)
                                .requestId(),
                        worker,
                        box,
                        loop);
            case GoodbyeDecoder.TEMPLATE_ID -> {
                goodbye.wrapAndApplyHeader(message, 0, header);
                end(goodbye.reason());
            }
            default ->
                throw new ProtocolException(
                        "templateId=" + templateId + " is not one of a scheduler's messages to a worker");
        }
    }

    private void onAssign(final ArrayBuffer message) {
        assign.wrapAndApplyHeader(message, 0, header);
        final long runId = assign.runId();
        final long task = assign.task();
        final long functionId = assign.functionId();
        final int attempt = assign.attempt();
        final int flags = assign.flags();
        final int offset = assign.limit() + AssignDecoder.inputsHeaderLength();
        final int count = Wire.count(message, offset, assign.inputsLength(), Long.BYTES + Integer.BYTES);
        long[] inputs = NO_TASKS;
        int[] holders = NO_HOLDERS;
        if (count > 0) {
            inputs = new long[count];
            holders = new int[count];
            for (int i = 0; i < count; i++) {
                inputs[i] = message.getLong(offset + 12 * i, java.nio.ByteOrder.LITTLE_ENDIAN);
                holders[i] = message.getInt(offset + 12 * i + 8, java.nio.ByteOrder.LITTLE_ENDIAN);
            }
        }
        assign.skipInputs();
        final byte[] payload =
                Wire.bytes(message, assign.limit() + AssignDecoder.payloadHeaderLength(), assign.payloadLength());
        assign.skipPayload();
        final String key = assign.key();
        worker.assign(runId, task, functionId, attempt, flags, inputs, holders, payload, key.isEmpty() ? null : key);
    }
}
