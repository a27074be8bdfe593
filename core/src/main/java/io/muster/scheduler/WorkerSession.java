package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationCodec;
import io.muster.data.WorkerAddress;
import io.muster.protocol.ArrayBuffer;
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
import io.muster.protocol.RunDoneDecoder;
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
    private final CrewLine session;
    private final WorkerCodecs codecs;
    private final PeerHello hello;
    private @Nullable PendingLink pending;
    private LinkKind linkKind = LinkKind.LIFELINE;
    private @Nullable WorkerState state;
    private boolean expectedEnd;
    private String lastWords = "";
    private long heardNs;
    private long owedAckNs;

    /** What is to be added to the worker's times. */
    private long offsetNs;

    private boolean owesAck;
    private long pid;
    private long residentBytes;
    private int cpuPerMille;
    private int running;
    private long lastReport;
    private @Nullable Consumer<String> reportTaker;

    /** Whether {@link Crew} has it on its list of those with something to send. */
    boolean isTouched;

    private final ClockOffset clock = new ClockOffset();

    private final LongArrayList freed = new LongArrayList();
    private final LongArrayList recalled = new LongArrayList();

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
        this.session = new CrewLine(crew, index);
        this.codecs = crew.codecs();
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
        return heardNs;
    }

    void heard(final long nowNs) {
        heardNs = nowNs;
    }

    boolean hasExpectedEnd() {
        return expectedEnd;
    }

    String lastWords() {
        return lastWords;
    }

    void end(final String reason) {
        session.end(reason);
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
        if (!isTouched) {
            return;
        }
        if (!freed.isEmpty()) {
            writeFreed();
        }
        if (!recalled.isEmpty()) {
            writeRecalled();
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
                    .wrapAndApplyHeader(session.out().begin(FIXED), 0, codecs.headerOut)
                    .sentNs(owedAckNs);
            session.out().end(HEADER + codecs.heartbeatAck.encodedLength());
        }
    }

    /** Why it is not here any more. */
    String closeReason() {
        return session.closeReason();
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
            case RunDoneDecoder.TEMPLATE_ID -> onRunDone(worker, message);
            case RunFailedDecoder.TEMPLATE_ID -> {
                codecs.runFailed.wrapAndApplyHeader(message, 0, codecs.header);
                agent.recorder()
                        .ran(
                                worker,
                                codecs.runFailed.runId(),
                                codecs.runFailed.task(),
                                true,
                                offsetNs,
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
            case RecordsDecoder.TEMPLATE_ID -> {
                final RecordsDecoder records = new RecordsDecoder().wrapAndApplyHeader(message, 0, codecs.header);
                agent.recorder().told(worker, records.requestId(), records.json(), offsetNs);
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
                session.end(lastWords);
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

    private void onRunDone(final WorkerState worker, final ArrayBuffer message) {
        codecs.runDone.wrapAndApplyHeader(message, 0, codecs.header);
        final boolean inline = codecs.runDone.inline() != 0;
        final int length = codecs.runDone.valueLength();
        final int offset = codecs.runDone.limit() + RunDoneDecoder.valueHeaderLength();
        codecs.inlineValue.wrap(message, offset, Wire.within(message, offset, length));
        agent.recorder()
                .ran(
                        worker,
                        codecs.runDone.runId(),
                        codecs.runDone.task(),
                        false,
                        offsetNs,
                        agent.nowNs(),
                        codecs.runDone.thread(),
                        codecs.runDone.startNs(),
                        codecs.runDone.stopNs(),
                        codecs.runDone.fetchStartNs(),
                        codecs.runDone.fetchStopNs(),
                        codecs.runDone.diskNs());
        if (codecs.runDone.fetchStartNs() != 0) {
            core.fetched(
                    worker,
                    codecs.runDone.runId(),
                    codecs.runDone.task(),
                    codecs.runDone.fetchStopNs() - codecs.runDone.fetchStartNs());
        }
        core.runDone(
                worker,
                codecs.runDone.runId(),
                codecs.runDone.task(),
                codecs.runDone.sizeBytes(),
                codecs.runDone.durationNs(),
                inline,
                inline ? codecs.inlineValue : null);
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
        offsetNs = clock.ns();
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
        final Outbox out = session.out();
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
        into.put("last_seen_ms", (nowNs - heardNs) / 1_000_000);
    }

    @Override
    public PeerFigures figures(final long nowNs) {
        final WorkerState worker = state;
        final long processBytes = worker == null ? 0 : worker.memory.processBytes;
        return new PeerFigures(pid, processBytes, cpuPerMille / 10.0, running, nowNs - heardNs, transport());
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
        final Outbox out = session.out();
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
        final Outbox out = session.out();
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
        endBatch();
        final byte[] body = (byte[]) payload;
        final byte[] text = key == null ? NOTHING : key.getBytes(StandardCharsets.UTF_8);
        final int inputBytes = inputs.length * (Long.BYTES + Integer.BYTES);
        final Outbox out = session.out();
        final ArrayBuffer buffer = out.begin(FIXED + inputBytes + body.length + text.length);
        codecs.assign
                .wrapAndApplyHeader(buffer, 0, codecs.headerOut)
                .runId(runId)
                .task(task)
                .functionId(functionId)
                .attempt(attempt)
                .flags((short) flags);
        if (inputs.length == 0) {
            codecs.assign.putInputs(NOTHING, 0, 0);
        } else {
            final byte[] packed = new byte[inputBytes];
            final ArrayBuffer packer = new ArrayBuffer(packed);
            for (int i = 0; i < inputs.length; i++) {
                Wire.putLong(packer, 12 * i, inputs[i]);
                Wire.putInt(packer, 12 * i + 8, holders[i]);
            }
            codecs.assign.putInputs(packed, 0, inputBytes);
        }
        codecs.assign.putPayload(body, 0, body.length).putKey(text, 0, text.length);
        out.end(HEADER + codecs.assign.encodedLength());
    }

    @Override
    public void free(final long task) {
        freed.addLong(task);
        crew.touch(this);
    }

    private void writeFreed() {
        final byte[] packed = packed(freed);
        freed.clear();
        final Outbox out = session.out();
        codecs.freeResults
                .wrapAndApplyHeader(out.begin(FIXED + packed.length), 0, codecs.headerOut)
                .putTasks(packed, 0, packed.length);
        out.end(HEADER + codecs.freeResults.encodedLength());
    }

    private void writeRecalled() {
        final byte[] packed = packed(recalled);
        recalled.clear();
        final Outbox out = session.out();
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
        final Outbox out = session.out();
        codecs.abandonRuns
                .wrapAndApplyHeader(out.begin(FIXED), 0, codecs.headerOut)
                .interrupt((short) (interrupt ? 1 : 0))
                .putRunIds(one, 0, one.length);
        out.end(HEADER + codecs.abandonRuns.encodedLength());
    }

    @Override
    public void commit(final long runId, final boolean granted) {
        endBatch();
        final Outbox out = session.out();
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
        final Outbox out = session.out();
        codecs.replicate
                .wrapAndApplyHeader(out.begin(FIXED + packed.length), 0, codecs.headerOut)
                .task(task)
                .putHolders(packed, 0, packed.length);
        out.end(HEADER + codecs.replicate.encodedLength());
    }

    @Override
    public void askRecords(final long requestId, final RecordKind kind, final long since, final int limit) {
        final RecordCodec.Message message = RecordCodec.ask(requestId, kind, since, limit, "");
        final Outbox out = session.out();
        out.end(message.writer().write(out.begin(message.maxBytes())));
    }

    @Override
    public void coordinated(final CoordinationAnswer answer) {
        CoordinationCodec.write(answer, session.out());
    }

    @Override
    public void workerUp(final WorkerAddress worker) {
        Messages.workerUp(session.out(), codecs.workerUp, codecs.headerOut, worker);
    }

    @Override
    public void workerDown(final int worker) {
        Messages.workerDown(session.out(), codecs.workerDown, codecs.headerOut, worker, "");
    }

    @Override
    public void stop(final boolean restart, final String reason) {
        expectedEnd = true;
        lastWords = reason;
        final byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        final Outbox out = session.out();
        codecs.stopWorker
                .wrapAndApplyHeader(out.begin(FIXED + text.length), 0, codecs.headerOut)
                .restart((short) (restart ? 1 : 0))
                .putReason(text, 0, text.length);
        out.end(HEADER + codecs.stopWorker.encodedLength());
    }

    /** Workers that were asked for a result, and whether each said that it has none. */
    private record Asked(int[] holders, boolean[] gone) {}
}
