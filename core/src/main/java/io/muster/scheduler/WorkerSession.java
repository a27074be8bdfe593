package io.muster.scheduler;

import io.muster.classes.ResourceAnswer;
import io.muster.classes.ResourceCodec;
import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationCodec;
import io.muster.data.WorkerAddress;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.AskResourceDecoder;
import io.muster.protocol.CommitRequestDecoder;
import io.muster.protocol.CoordinationRequestDecoder;
import io.muster.protocol.DrainingDecoder;
import io.muster.protocol.GoodbyeDecoder;
import io.muster.protocol.HeartbeatDecoder;
import io.muster.protocol.InputMissingDecoder;
import io.muster.protocol.InventoryDecoder;
import io.muster.protocol.KnownRunsDecoder;
import io.muster.protocol.LinkKind;
import io.muster.protocol.LinkReadyDecoder;
import io.muster.protocol.LogEventDecoder;
import io.muster.protocol.LongRunningDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.ProfileDecoder;
import io.muster.protocol.RecordKind;
import io.muster.protocol.RecordsDecoder;
import io.muster.protocol.RegisterWorkerDecoder;
import io.muster.protocol.ReplicaFailedDecoder;
import io.muster.protocol.ReplicaStoredDecoder;
import io.muster.protocol.ReportRequestEncoder;
import io.muster.protocol.RunFailedDecoder;
import io.muster.protocol.RunsTakenBackDecoder;
import io.muster.protocol.SaidDecoder;
import io.muster.protocol.WorkerReportDecoder;
import io.muster.protocol.WorkerStatusDecoder;
import io.muster.transport.MessageHandler;
import io.muster.transport.Outbox;
import io.muster.transport.PeerHello;
import io.muster.transport.PendingLink;
import io.muster.transport.ProtocolException;
import io.muster.transport.Session;
import io.muster.transport.TlsChannel;
import io.muster.worker.RunList;
import io.muster.worker.WorkerCommands;
import io.muster.worker.WorkerStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import org.agrona.collections.LongArrayList;
import org.jspecify.annotations.Nullable;

/** A worker across a connection: adapter of what it says to the core, proxy of what the core says to it. */
final class WorkerSession implements MessageHandler, WorkerCommands, Described {
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int FIXED = 96;
    private static final byte[] NOTHING = {};

    private final SchedulerAgent agent;
    private final SchedulerCore core;
    private final int number;
    private final Crew crew;
    private final int index;
    private final WorkerCodecs codecs;
    private final PeerHello hello;
    private @Nullable PendingLink pending;
    private LinkKind linkKind = LinkKind.LIFELINE;
    private @Nullable WorkerState state;
    private boolean expectedEnd;
    private String lastWords = "";
    private long owedAckNs;

    private boolean owesAck;
    private long pid;
    private long residentBytes;
    private int cpuPerMille;
    private int running;
    private long lastReport;
    private @Nullable Consumer<String> reportTaker;

    private boolean isClosed;
    private String closeReason = "";

    /** Whether {@link Crew} has it on its list of those with something to send. */
    boolean isTouched;

    private final ClockOffset clock = new ClockOffset();

    /** Runs to ask back, if there are any. */
    private @Nullable LongArrayList recalled;

    /** The first, or only, worker of a process that has come through the door. */
    WorkerSession(
            final SchedulerAgent agent,
            final SchedulerCore core,
            final int number,
            final TlsChannel tls,
            final PeerHello hello,
            final @Nullable PendingLink pending) {
        this(agent, core, number, hello, new Crew(agent, tls, hello), 0);
        this.pending = pending;
        crew.add(this);
    }

    /** One of a crew. */
    WorkerSession(
            final SchedulerAgent agent,
            final SchedulerCore core,
            final int number,
            final PeerHello hello,
            final Crew crew,
            final int index) {
        this.agent = agent;
        this.core = core;
        this.number = number;
        this.hello = hello;
        this.crew = crew;
        this.index = index;
        this.codecs = crew.codecs();
    }

    int index() {
        return index;
    }

    int number() {
        return number;
    }

    /** What carries this worker's messages, and those of others of its process. */
    Session session() {
        return crew.session();
    }

    Crew crew() {
        return crew;
    }

    PeerHello hello() {
        return hello;
    }

    @Nullable
    WorkerState state() {
        return state;
    }

    long heardNs() {
        return crew.heardNs(index);
    }

    void heard(final long nowNs) {
        crew.heard(index, nowNs);
    }

    boolean hasExpectedEnd() {
        return expectedEnd;
    }

    String lastWords() {
        return lastWords;
    }

    void end(final String reason) {
        close(reason);
        closePending();
    }

    /** Whether a faster link is being set up, which needs this side's cycles. */
    boolean isLinking() {
        return pending != null;
    }

    /** Attaches the faster link once it is up. */
    int progressLink() {
        if (pending != null && pending.isConnected()) {
            linkKind = pending.kind();
            crew.session().attach(pending.link());
            pending = null;
            return 1;
        }
        return 0;
    }

    /** Puts what was batched into the outbox. */
    void endBatch() {
        crew.writeFreed();
        writeRecalled();
    }

    /** Puts what is to be asked back into the outbox. */
    void writeRecalled() {
        if (recalled != null) {
            writeRecalled(recalled);
            recalled = null;
        }
    }

    /** Sends what is there, and then, without waking the process for it, the answers to heartbeats; for its first worker. */
    int flush() {
        return crew.flush();
    }

    /** Answers a heartbeat. */
    void acknowledge() {
        if (owesAck) {
            owesAck = false;
            codecs.heartbeatAck
                    .wrapAndApplyHeader(crew.outFor(index).begin(FIXED), 0, codecs.headerOut)
                    .sentNs(owedAckNs);
            crew.outFor(index).end(HEADER + codecs.heartbeatAck.encodedLength());
        }
    }

    /** Ends it: the session if it is the first one. */
    private void close(final String reason) {
        if (index == 0) {
            crew.session().end(reason);
        } else if (!isClosed) {
            isClosed = true;
            closeReason = reason;
            crew.left(index);
        }
    }

    /** Why it is not here any more. */
    String closeReason() {
        return index == 0 ? crew.session().closeReason() : closeReason;
    }

    @Override
    public void onMessage(final int templateId, final ArrayBuffer message) {
        if (templateId == RegisterWorkerDecoder.TEMPLATE_ID) {
            onRegister(message);
            return;
        }
        if (templateId == LinkReadyDecoder.TEMPLATE_ID) {
            onLinkReady(message);
            return;
        }
        final WorkerState worker = state;
        if (worker == null || worker.gone) {
            throw new ProtocolException("templateId=" + templateId + " before registration");
        }
        switch (templateId) {
            case RunFailedDecoder.TEMPLATE_ID -> {
                codecs.runFailed.wrapAndApplyHeader(message, 0, codecs.header);
                agent.recorder()
                        .ran(
                                worker,
                                codecs.runFailed.runId(),
                                codecs.runFailed.task(),
                                true,
                                crew.offsetNs(index),
                                agent.nowNs(),
                                codecs.runFailed.thread(),
                                codecs.runFailed.startNs(),
                                codecs.runFailed.stopNs(),
                                codecs.runFailed.fetchStartNs(),
                                codecs.runFailed.fetchStopNs(),
                                codecs.runFailed.diskNs());
                core.runFailed(
                        worker,
                        codecs.runFailed.runId(),
                        codecs.runFailed.task(),
                        codecs.runFailed.durationNs(),
                        codecs.runFailed.unknown() == 1,
                        Wire.bytes(
                                message,
                                codecs.runFailed.limit() + RunFailedDecoder.failureHeaderLength(),
                                codecs.runFailed.failureLength()));
            }
            case LongRunningDecoder.TEMPLATE_ID -> {
                codecs.longRunning.wrapAndApplyHeader(message, 0, codecs.header);
                core.longRunning(
                        worker,
                        codecs.longRunning.runId(),
                        codecs.longRunning.task(),
                        codecs.longRunning.seceded() != 0);
            }
            case CommitRequestDecoder.TEMPLATE_ID -> {
                codecs.commitRequest.wrapAndApplyHeader(message, 0, codecs.header);
                core.commitRequested(worker, codecs.commitRequest.runId(), codecs.commitRequest.task());
            }
            case InputMissingDecoder.TEMPLATE_ID -> onInputMissing(worker, message);
            case ReplicaStoredDecoder.TEMPLATE_ID -> {
                codecs.replicaStored.wrapAndApplyHeader(message, 0, codecs.header);
                core.replicaStored(worker, codecs.replicaStored.task(), codecs.replicaStored.sizeBytes());
            }
            case ReplicaFailedDecoder.TEMPLATE_ID -> {
                codecs.replicaFailed.wrapAndApplyHeader(message, 0, codecs.header);
                final Asked asked = asked(
                        message,
                        codecs.replicaFailed.limit() + ReplicaFailedDecoder.holdersHeaderLength(),
                        codecs.replicaFailed.holdersLength());
                core.replicaFailed(worker, codecs.replicaFailed.task(), asked.holders(), asked.gone());
            }
            case CoordinationRequestDecoder.TEMPLATE_ID ->
                core.sharing().coordinate(worker, CoordinationCodec.request(message));
            case RunsTakenBackDecoder.TEMPLATE_ID -> onRunsTakenBack(worker, message);
            case AskResourceDecoder.TEMPLATE_ID ->
                agent.resources().asked(this::resource, ResourceCodec.question(message));
            case RecordsDecoder.TEMPLATE_ID -> {
                final RecordsDecoder records = new RecordsDecoder().wrapAndApplyHeader(message, 0, codecs.header);
                agent.recorder().told(worker, records.requestId(), records.json(), crew.offsetNs(index));
            }
            case ProfileDecoder.TEMPLATE_ID -> onProfile(worker, message);
            case SaidDecoder.TEMPLATE_ID -> {
                final SaidDecoder said = new SaidDecoder().wrapAndApplyHeader(message, 0, codecs.header);
                agent.recorder().said(worker, said.task(), said.kind() == 1, said.text());
            }
            case LogEventDecoder.TEMPLATE_ID -> {
                final LogEventDecoder event = new LogEventDecoder().wrapAndApplyHeader(message, 0, codecs.header);
                final String topic = event.topic();
                agent.recorder().event(topic, worker.name, event.text());
            }
            case InventoryDecoder.TEMPLATE_ID -> {
                codecs.inventory.wrapAndApplyHeader(message, 0, codecs.header);
                final long[] held = Wire.longs(
                        message,
                        codecs.inventory.limit() + InventoryDecoder.resultsHeaderLength(),
                        codecs.inventory.resultsLength());
                for (int i = 0; i + 1 < held.length; i += 2) {
                    core.replicaStored(worker, held[i], held[i + 1]);
                }
            }
            case HeartbeatDecoder.TEMPLATE_ID -> onHeartbeat(worker, message);
            case WorkerStatusDecoder.TEMPLATE_ID -> {
                codecs.workerStatus.wrapAndApplyHeader(message, 0, codecs.header);
                final WorkerStatus status = new WorkerStatus(
                        codecs.workerStatus.paused() != 0,
                        codecs.workerStatus.managedBytes(),
                        codecs.workerStatus.spilledBytes(),
                        codecs.workerStatus.processBytes(),
                        codecs.workerStatus.hardLimitBytes());
                core.memory(worker, status);
                if (worker.paused != status.paused()) {
                    agent.recorder().workerEvent(worker, status.paused() ? "pauses: its memory is full" : "goes on");
                }
                core.pause(agent.nowNs(), worker, status.paused());
            }
            case KnownRunsDecoder.TEMPLATE_ID -> onKnownRuns(worker, message);
            case WorkerReportDecoder.TEMPLATE_ID -> onReport(message);
            case DrainingDecoder.TEMPLATE_ID -> {
                codecs.draining.wrapAndApplyHeader(message, 0, codecs.header);
                final long patienceNs = Math.max(0, codecs.draining.patienceNs());
                final String reason = codecs.draining.reason();
                agent.recorder().workerEvent(worker, "asks to leave: " + reason);
                core.drain(agent.nowNs(), worker, patienceNs, reason);
            }
            case GoodbyeDecoder.TEMPLATE_ID -> {
                codecs.goodbye.wrapAndApplyHeader(message, 0, codecs.header);
                expectedEnd = codecs.goodbye.expected() != 0;
                lastWords = codecs.goodbye.reason();
                close(lastWords);
            }
            default -> throw new ProtocolException("templateId=" + templateId + " is not one of a worker's messages");
        }
    }

    private void onRegister(final ArrayBuffer message) {
        if (state != null) {
            throw new ProtocolException("worker number=" + number + " registers twice in one session");
        }
        final RegisterWorkerDecoder worker = codecs.registerWorker.wrapAndApplyHeader(message, 0, codecs.header);
        final int threads = worker.threads();
        final long memoryLimitBytes = worker.memoryLimitBytes();
        pid = worker.pid();
        final int port = worker.port();
        final boolean nanny = worker.nanny() != 0;
        final int lastWorker = worker.lastWorkerNumber();
        final boolean lastDeathExpected = worker.lastDeathExpected() != 0;
        final long leaveAtNs = fromNow(worker.leaveInNs());
        final long endAtNs = fromNow(worker.endInNs());
        final String name = worker.name();
        final String host = worker.host();
        final byte[] fingerprint = Wire.bytes(
                message, worker.limit() + RegisterWorkerDecoder.fingerprintHeaderLength(), worker.fingerprintLength());
        worker.skipFingerprint();
        final Resources resources = Resources.of(ResourceText.parse(worker.resources()));
        final String lastDeath = worker.lastDeath();
        final long[] lastRuns = Wire.longs(
                message, worker.limit() + RegisterWorkerDecoder.lastRunsHeaderLength(), worker.lastRunsLength());
        worker.skipLastRuns();
        final String job = worker.job();
        final String jobToken = worker.jobToken();
        if (threads < 1) {
            throw new ProtocolException("worker threads=" + threads + " must be >= 1");
        }
        final WorkerState registered =
                new WorkerState(number, core.uniqueName(name), host, threads, memoryLimitBytes, nanny, this);
        registered.leaveAtNs = leaveAtNs;
        registered.endAtNs = endAtNs;
        registered.job = job;
        registered.jobToken = jobToken;
        registered.offer(resources);
        state = agent.workerRegistered(
                this, registered, new WorkerAddress(number, name, threads, host, port, fingerprint));
        crew.registered(index, state);
        if (lastWorker >= 0) {
            agent.deathReported(lastWorker, lastDeath, lastDeathExpected ? new long[0] : lastRuns);
        }
    }

    /** A time of the core; one that does not fit in, or is below zero, is never. */
    private long fromNow(final long inNs) {
        final long nowNs = agent.nowNs();
        return inNs < 0 || inNs > Long.MAX_VALUE / 2 ? WorkerState.NEVER : nowNs + inNs;
    }

    private void onLinkReady(final ArrayBuffer message) {
        codecs.linkReady.wrapAndApplyHeader(message, 0, codecs.header);
        if (pending == null) {
            return;
        }
        if (codecs.linkReady.linkKind() == pending.kind()) {
            pending.peerAddress(codecs.linkReady.linkAddress());
        } else {
            closePending();
        }
    }

    private void closePending() {
        if (pending != null) {
            pending.close();
            pending = null;
        }
    }

    private void onProfile(final WorkerState worker, final ArrayBuffer message) {
        final String text = new ProfileDecoder()
                .wrapAndApplyHeader(message, 0, codecs.header)
                .text();
        try {
            agent.recorder().profiled(worker, text);
        } catch (final IllegalArgumentException e) {
            throw new ProtocolException("a profile is none: " + e.getMessage());
        }
    }

    private void onInputMissing(final WorkerState worker, final ArrayBuffer message) {
        codecs.inputMissing.wrapAndApplyHeader(message, 0, codecs.header);
        final Asked asked = asked(
                message,
                codecs.inputMissing.limit() + InputMissingDecoder.holdersHeaderLength(),
                codecs.inputMissing.holdersLength());
        core.inputMissing(
                worker,
                codecs.inputMissing.runId(),
                codecs.inputMissing.task(),
                codecs.inputMissing.input(),
                asked.holders(),
                asked.gone());
    }

    private void onRunsTakenBack(final WorkerState worker, final ArrayBuffer message) {
        codecs.runsTakenBack.wrapAndApplyHeader(message, 0, codecs.header);
        final int offset = codecs.runsTakenBack.limit() + RunsTakenBackDecoder.runsHeaderLength();
        final int count = Wire.count(message, offset, codecs.runsTakenBack.runsLength(), Wire.MARKED_LONG);
        for (int i = 0; i < count; i++) {
            final int at = offset + i * Wire.MARKED_LONG;
            final boolean isGivenUp = message.getByte(at + Long.BYTES) != 0;
            if (isGivenUp) {
                agent.recorder().stolen();
            }
            core.runTakenBack(worker, message.getLong(at, java.nio.ByteOrder.LITTLE_ENDIAN), isGivenUp);
        }
    }

    private static Asked asked(final ArrayBuffer message, final int offset, final int length) {
        final int count = Wire.count(message, offset, length, 5);
        final Asked asked = new Asked(new int[count], new boolean[count]);
        for (int i = 0; i < count; i++) {
            asked.holders[i] = message.getInt(offset + 5 * i, java.nio.ByteOrder.LITTLE_ENDIAN);
            asked.gone[i] = message.getByte(offset + 5 * i + 4) != 0;
        }
        return asked;
    }

    private void onHeartbeat(final WorkerState worker, final ArrayBuffer message) {
        codecs.heartbeat.wrapAndApplyHeader(message, 0, codecs.header);
        residentBytes = codecs.heartbeat.residentBytes();
        cpuPerMille = codecs.heartbeat.cpuPerMille();
        running = codecs.heartbeat.runningTasks();
        core.heartbeat(agent.nowNs(), worker);
        owedAckNs = codecs.heartbeat.sentNs();
        clock.heard(System.nanoTime(), owedAckNs);
        crew.offset(index, clock.ns());
        final WorkerFigures figures = new WorkerFigures(
                cpuPerMille,
                codecs.heartbeat.heapUsedBytes(),
                residentBytes,
                codecs.heartbeat.gcNs(),
                codecs.heartbeat.readBytes(),
                codecs.heartbeat.writtenBytes(),
                running,
                codecs.heartbeat.readyTasks());
        agent.recorder().heard(worker, figures, agent.nowNs());
        owesAck = true;
        crew.touch(this);
    }

    private void onKnownRuns(final WorkerState worker, final ArrayBuffer message) {
        final KnownRunsDecoder known = new KnownRunsDecoder().wrapAndApplyHeader(message, 0, codecs.header);
        final int offset = known.limit() + KnownRunsDecoder.oldestHeaderLength();
        final int count = Wire.count(message, offset, known.oldestLength(), Wire.MARKED_LONG);
        if (count > RunList.MAX_TOLD) {
            throw new ProtocolException("oldest runs=" + count + " must be <= " + RunList.MAX_TOLD);
        }
        final RunList list = new RunList(known.total(), new long[count], new byte[count]);
        for (int i = 0; i < count; i++) {
            final int at = offset + i * Wire.MARKED_LONG;
            list.runs()[i] = message.getLong(at, java.nio.ByteOrder.LITTLE_ENDIAN);
            list.states()[i] = message.getByte(at + Long.BYTES);
            if (i > 0 && list.runs()[i] <= list.runs()[i - 1]) {
                throw new ProtocolException("oldest runs must rise, run=" + list.runs()[i] + " does not");
            }
        }
        core.knownRuns(worker, list);
    }

    private void onReport(final ArrayBuffer message) {
        final WorkerReportDecoder report = new WorkerReportDecoder().wrapAndApplyHeader(message, 0, codecs.header);
        final Consumer<String> taker = reportTaker;
        if (taker != null && report.requestId() == lastReport) {
            reportTaker = null;
            taker.accept(report.json());
        }
    }

    @Override
    public void report(final Consumer<String> taker) {
        reportTaker = taker;
        final Outbox out = crew.outFor(index);
        final ReportRequestEncoder encoder = new ReportRequestEncoder();
        encoder.wrapAndApplyHeader(out.begin(FIXED), 0, codecs.headerOut).requestId(++lastReport);
        out.end(HEADER + encoder.encodedLength());
    }

    @Override
    public void describe(final long nowNs, final Map<String, Object> into) {
        into.put("pid", pid);
        into.put("running", (long) running);
        into.put("resident_bytes", residentBytes);
        into.put("cpu_percent", cpuPerMille / 10.0);
        into.put("transport", transport());
        into.put("link", linkKind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
        into.put("last_seen_ms", (nowNs - heardNs()) / 1_000_000);
    }

    @Override
    public PeerFigures figures(final long nowNs) {
        final WorkerState worker = state;
        final long processBytes = worker == null ? 0 : worker.memory.processBytes;
        return new PeerFigures(pid, processBytes, cpuPerMille / 10.0, running, nowNs - heardNs(), transport());
    }

    private String transport() {
        return switch (linkKind) {
            case AERON_IPC, AERON_UDP -> "aeron";
            case LIFELINE, NULL_VAL, SBE_UNKNOWN -> "tcp";
        };
    }

    // What the core says. Frees and recalls are batched, and go out before anything that might speak of the same task
    // again.

    @Override
    public void registerFunction(final long functionId, final Object body, final String name) {
        final byte[] bytes = (byte[]) body;
        final byte[] text = name.getBytes(StandardCharsets.UTF_8);
        final Outbox out = crew.outFor(index);
        codecs.registerFunction
                .wrapAndApplyHeader(out.begin(FIXED + bytes.length + text.length), 0, codecs.headerOut)
                .functionId(functionId)
                .putBody(bytes, 0, bytes.length)
                .putName(text, 0, text.length);
        out.end(HEADER + codecs.registerFunction.encodedLength());
    }

    @Override
    public void forgetFunction(final long functionId) {
        final byte[] one = new byte[Long.BYTES];
        final ArrayBuffer packed = new ArrayBuffer(one);
        Wire.putLong(packed, 0, functionId);
        final Outbox out = crew.outFor(index);
        codecs.forgetFunctions
                .wrapAndApplyHeader(out.begin(FIXED), 0, codecs.headerOut)
                .putFunctionIds(one, 0, one.length);
        out.end(HEADER + codecs.forgetFunctions.encodedLength());
    }

    @Override
    public void assign(
            final long runId,
            final long task,
            final long functionId,
            final int attempt,
            final int flags,
            final long[] inputs,
            final int[] holders,
            final Object payload,
            final @Nullable String key) {
        crew.assign(index, runId, task, functionId, attempt, flags, inputs, holders, (byte[]) payload, key);
    }

    @Override
    public void free(final long task) {
        crew.free(index, task);
    }

    private void writeRecalled(final LongArrayList runs) {
        final byte[] packed = packed(runs);
        final Outbox out = crew.outFor(index);
        codecs.takeBackRuns
                .wrapAndApplyHeader(out.begin(FIXED + packed.length), 0, codecs.headerOut)
                .putRunIds(packed, 0, packed.length);
        out.end(HEADER + codecs.takeBackRuns.encodedLength());
    }

    private static byte[] packed(final LongArrayList values) {
        final byte[] packed = new byte[values.size() * Long.BYTES];
        final ArrayBuffer packer = new ArrayBuffer(packed);
        for (int i = 0; i < values.size(); i++) {
            Wire.putLong(packer, i * Long.BYTES, values.getLong(i));
        }
        return packed;
    }

    @Override
    public void takeBack(final long[] runIds) {
        if (recalled == null) {
            recalled = new LongArrayList();
        }
        for (final long runId : runIds) {
            recalled.addLong(runId);
        }
        crew.touch(this);
    }

    @Override
    public void abandon(final long runId, final boolean interrupt) {
        endBatch();
        final byte[] one = new byte[Long.BYTES];
        Wire.putLong(new ArrayBuffer(one), 0, runId);
        final Outbox out = crew.outFor(index);
        codecs.abandonRuns
                .wrapAndApplyHeader(out.begin(FIXED), 0, codecs.headerOut)
                .interrupt((short) (interrupt ? 1 : 0))
                .putRunIds(one, 0, one.length);
        out.end(HEADER + codecs.abandonRuns.encodedLength());
    }

    @Override
    public void commit(final long runId, final boolean granted) {
        endBatch();
        final Outbox out = crew.outFor(index);
        codecs.commitAnswer
                .wrapAndApplyHeader(out.begin(FIXED), 0, codecs.headerOut)
                .runId(runId)
                .granted((short) (granted ? 1 : 0));
        out.end(HEADER + codecs.commitAnswer.encodedLength());
    }

    @Override
    public void replicate(final long task, final int[] holders) {
        endBatch();
        final byte[] packed = new byte[holders.length * Integer.BYTES];
        final ArrayBuffer packer = new ArrayBuffer(packed);
        for (int i = 0; i < holders.length; i++) {
            Wire.putInt(packer, i * Integer.BYTES, holders[i]);
        }
        final Outbox out = crew.outFor(index);
        codecs.replicate
                .wrapAndApplyHeader(out.begin(FIXED + packed.length), 0, codecs.headerOut)
                .task(task)
                .putHolders(packed, 0, packed.length);
        out.end(HEADER + codecs.replicate.encodedLength());
    }

    @Override
    public void askRecords(final long requestId, final RecordKind kind, final long since, final int limit) {
        RecordCodec.ask(requestId, kind, since, limit, "").into(crew.outFor(index));
    }

    @Override
    public void coordinated(final CoordinationAnswer answer) {
        CoordinationCodec.write(answer, crew.outFor(index));
    }

    /** Answers what was asked of a client's class path, unless the worker is gone. */
    void resource(final ResourceAnswer answer) {
        final WorkerState worker = state;
        if (worker != null && !worker.gone) {
            ResourceCodec.message(answer).into(crew.outFor(index));
        }
    }

    @Override
    public void workerUp(final WorkerAddress worker) {
        Messages.workerUp(crew.outFor(index), codecs.workerUp, codecs.headerOut, worker);
    }

    @Override
    public void workerDown(final int worker) {
        Messages.workerDown(crew.outFor(index), codecs.workerDown, codecs.headerOut, worker, "");
    }

    @Override
    public void stop(final boolean restart, final String reason) {
        expectedEnd = true;
        lastWords = reason;
        final byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        final Outbox out = crew.outFor(index);
        codecs.stopWorker
                .wrapAndApplyHeader(out.begin(FIXED + text.length), 0, codecs.headerOut)
                .restart((short) (restart ? 1 : 0))
                .putReason(text, 0, text.length);
        out.end(HEADER + codecs.stopWorker.encodedLength());
    }

    /** Workers that were asked for a result, and whether each said that it has none. */
    private record Asked(int[] holders, boolean[] gone) {}
}
