package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationCodec;
import io.muster.data.WorkerAddress;
import io.muster.protocol.AbandonRunsEncoder;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.AssignEncoder;
import io.muster.protocol.CommitAnswerEncoder;
import io.muster.protocol.CommitRequestDecoder;
import io.muster.protocol.CoordinationRequestDecoder;
import io.muster.protocol.DrainingDecoder;
import io.muster.protocol.ForgetFunctionsEncoder;
import io.muster.protocol.FreeResultsEncoder;
import io.muster.protocol.GoodbyeDecoder;
import io.muster.protocol.HeartbeatAckEncoder;
import io.muster.protocol.HeartbeatDecoder;
import io.muster.protocol.InputMissingDecoder;
import io.muster.protocol.InventoryDecoder;
import io.muster.protocol.KnownRunsDecoder;
import io.muster.protocol.LinkKind;
import io.muster.protocol.LinkReadyDecoder;
import io.muster.protocol.LogEventDecoder;
import io.muster.protocol.LongRunningDecoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.ProfileDecoder;
import io.muster.protocol.RecordKind;
import io.muster.protocol.RecordsDecoder;
import io.muster.protocol.RegisterFunctionEncoder;
import io.muster.protocol.RegisterWorkerDecoder;
import io.muster.protocol.ReplicaFailedDecoder;
import io.muster.protocol.ReplicaStoredDecoder;
import io.muster.protocol.ReplicateEncoder;
import io.muster.protocol.ReportRequestEncoder;
import io.muster.protocol.RunDoneDecoder;
import io.muster.protocol.RunFailedDecoder;
import io.muster.protocol.RunsTakenBackDecoder;
import io.muster.protocol.SaidDecoder;
import io.muster.protocol.StopWorkerEncoder;
import io.muster.protocol.TakeBackRunsEncoder;
import io.muster.protocol.WorkerDownEncoder;
import io.muster.protocol.WorkerReportDecoder;
import io.muster.protocol.WorkerStatusDecoder;
import io.muster.protocol.WorkerUpEncoder;
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
    private final PeerHello hello;
    private @Nullable PendingLink pending;
    private LinkKind linkKind = LinkKind.LIFELINE;
    private @Nullable WorkerState state;
    private boolean expectedEnd;
    private String lastWords = "";
    private long heardNs;
    private long owedAckNs;
    private boolean owesAck;
    private long pid;
    private long residentBytes;
    private int cpuPerMille;
    private int running;
    private long lastReport;
    private @Nullable Consumer<String> reportTaker;

    /** Whether {@link Crew} has it on its list of those with something to send. */
    boolean isTouched;

    private final MessageHeaderDecoder header;
    private final RegisterWorkerDecoder registerWorker;
    private final InventoryDecoder inventory;
    private final RunDoneDecoder runDone;
    private final RunFailedDecoder runFailed;
    private final LongRunningDecoder longRunning;
    private final CommitRequestDecoder commitRequest;
    private final InputMissingDecoder inputMissing;
    private final ReplicaStoredDecoder replicaStored;
    private final ReplicaFailedDecoder replicaFailed;
    private final RunsTakenBackDecoder runsTakenBack;
    private final HeartbeatDecoder heartbeat;
    private final WorkerStatusDecoder workerStatus;
    private final DrainingDecoder draining;
    private final GoodbyeDecoder goodbye;
    private final LinkReadyDecoder linkReady;
    private final InlineValue inlineValue;
    private final ClockOffset clock = new ClockOffset();

    private final MessageHeaderEncoder headerOut;
    private final RegisterFunctionEncoder registerFunction;
    private final AssignEncoder assign;
    private final FreeResultsEncoder freeResults;
    private final AbandonRunsEncoder abandonRuns;
    private final TakeBackRunsEncoder takeBackRuns;
    private final CommitAnswerEncoder commitAnswer;
    private final ReplicateEncoder replicate;
    private final ForgetFunctionsEncoder forgetFunctions;
    private final WorkerUpEncoder workerUp;
    private final WorkerDownEncoder workerDown;
    private final StopWorkerEncoder stopWorker;
    private final HeartbeatAckEncoder heartbeatAck;
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
        final WorkerCodecs codecs = crew.codecs();
        this.header = codecs.header;
        this.registerWorker = codecs.registerWorker;
        this.inventory = codecs.inventory;
        this.runDone = codecs.runDone;
        this.runFailed = codecs.runFailed;
        this.longRunning = codecs.longRunning;
        this.commitRequest = codecs.commitRequest;
        this.inputMissing = codecs.inputMissing;
        this.replicaStored = codecs.replicaStored;
        this.replicaFailed = codecs.replicaFailed;
        this.runsTakenBack = codecs.runsTakenBack;
        this.heartbeat = codecs.heartbeat;
        this.workerStatus = codecs.workerStatus;
        this.draining = codecs.draining;
        this.goodbye = codecs.goodbye;
        this.linkReady = codecs.linkReady;
        this.inlineValue = codecs.inlineValue;
        this.headerOut = codecs.headerOut;
        this.registerFunction = codecs.registerFunction;
        this.assign = codecs.assign;
        this.freeResults = codecs.freeResults;
        this.abandonRuns = codecs.abandonRuns;
        this.takeBackRuns = codecs.takeBackRuns;
        this.commitAnswer = codecs.commitAnswer;
        this.replicate = codecs.replicate;
        this.forgetFunctions = codecs.forgetFunctions;
        this.workerUp = codecs.workerUp;
        this.workerDown = codecs.workerDown;
        this.stopWorker = codecs.stopWorker;
        this.heartbeatAck = codecs.heartbeatAck;
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
            heartbeatAck
                    .wrapAndApplyHeader(session.out().begin(FIXED), 0, headerOut)
                    .sentNs(owedAckNs);
            session.out().end(HEADER + heartbeatAck.encodedLength());
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
                runFailed.wrapAndApplyHeader(message, 0, header);
                agent.recorder()
                        .ran(
                                worker,
                                runFailed.runId(),
                                runFailed.task(),
                                true,
                                clock.ns(),
                                agent.nowNs(),
                                runFailed.thread(),
                                runFailed.startNs(),
                                runFailed.stopNs(),
                                runFailed.fetchStartNs(),
                                runFailed.fetchStopNs(),
                                runFailed.diskNs());
                core.runFailed(
                        worker,
                        runFailed.runId(),
                        runFailed.task(),
                        runFailed.durationNs(),
                        runFailed.unknown() == 1,
                        Wire.bytes(
                                message,
                                runFailed.limit() + RunFailedDecoder.failureHeaderLength(),
                                runFailed.failureLength()));
            }
            case LongRunningDecoder.TEMPLATE_ID -> {
                longRunning.wrapAndApplyHeader(message, 0, header);
                core.longRunning(worker, longRunning.runId(), longRunning.task(), longRunning.seceded() != 0);
            }
            case CommitRequestDecoder.TEMPLATE_ID -> {
                commitRequest.wrapAndApplyHeader(message, 0, header);
                core.commitRequested(worker, commitRequest.runId(), commitRequest.task());
            }
            case InputMissingDecoder.TEMPLATE_ID -> onInputMissing(worker, message);
            case ReplicaStoredDecoder.TEMPLATE_ID -> {
                replicaStored.wrapAndApplyHeader(message, 0, header);
                core.replicaStored(worker, replicaStored.task(), replicaStored.sizeBytes());
            }
            case ReplicaFailedDecoder.TEMPLATE_ID -> {
                replicaFailed.wrapAndApplyHeader(message, 0, header);
                final Asked asked = asked(
                        message,
                        replicaFailed.limit() + ReplicaFailedDecoder.holdersHeaderLength(),
                        replicaFailed.holdersLength());
                core.replicaFailed(worker, replicaFailed.task(), asked.holders(), asked.gone());
            }
            case CoordinationRequestDecoder.TEMPLATE_ID ->
                core.sharing().coordinate(worker, CoordinationCodec.request(message));
            case RunsTakenBackDecoder.TEMPLATE_ID -> onRunsTakenBack(worker, message);
            case RecordsDecoder.TEMPLATE_ID -> {
                final RecordsDecoder records = new RecordsDecoder().wrapAndApplyHeader(message, 0, header);
                agent.recorder().told(worker, records.requestId(), records.json(), clock.ns());
            }
            case ProfileDecoder.TEMPLATE_ID -> onProfile(worker, message);
            case SaidDecoder.TEMPLATE_ID -> {
                final SaidDecoder said = new SaidDecoder().wrapAndApplyHeader(message, 0, header);
                agent.recorder().said(worker, said.task(), said.kind() == 1, said.text());
            }
            case LogEventDecoder.TEMPLATE_ID -> {
                final LogEventDecoder event = new LogEventDecoder().wrapAndApplyHeader(message, 0, header);
                final String topic = event.topic();
                agent.recorder().event(topic, worker.name, event.text());
            }
            case InventoryDecoder.TEMPLATE_ID -> {
                inventory.wrapAndApplyHeader(message, 0, header);
                final long[] held = Wire.longs(
                        message, inventory.limit() + InventoryDecoder.resultsHeaderLength(), inventory.resultsLength());
                for (int i = 0; i + 1 < held.length; i += 2) {
                    core.replicaStored(worker, held[i], held[i + 1]);
                }
            }
            case HeartbeatDecoder.TEMPLATE_ID -> onHeartbeat(worker, message);
            case WorkerStatusDecoder.TEMPLATE_ID -> {
                workerStatus.wrapAndApplyHeader(message, 0, header);
                final WorkerStatus status = new WorkerStatus(
                        workerStatus.paused() != 0,
                        workerStatus.managedBytes(),
                        workerStatus.spilledBytes(),
                        workerStatus.processBytes(),
                        workerStatus.hardLimitBytes());
                core.memory(worker, status);
                if (worker.paused != status.paused()) {
                    agent.recorder().workerEvent(worker, status.paused() ? "pauses: its memory is full" : "goes on");
                }
                core.pause(agent.nowNs(), worker, status.paused());
            }
            case KnownRunsDecoder.TEMPLATE_ID -> onKnownRuns(worker, message);
            case WorkerReportDecoder.TEMPLATE_ID -> onReport(message);
            case DrainingDecoder.TEMPLATE_ID -> {
                draining.wrapAndApplyHeader(message, 0, header);
                final long patienceNs = Math.max(0, draining.patienceNs());
                final String reason = draining.reason();
                agent.recorder().workerEvent(worker, "asks to leave: " + reason);
                core.drain(agent.nowNs(), worker, patienceNs, reason);
            }
            case GoodbyeDecoder.TEMPLATE_ID -> {
                goodbye.wrapAndApplyHeader(message, 0, header);
                expectedEnd = goodbye.expected() != 0;
                lastWords = goodbye.reason();
                session.end(lastWords);
            }
            default -> throw new ProtocolException("templateId=" + templateId + " is not one of a worker's messages");
        }
    }

    private void onRegister(final ArrayBuffer message) {
        if (state != null) {
            throw new ProtocolException("worker number=" + number + " registers twice in one session");
        }
        final RegisterWorkerDecoder worker = registerWorker.wrapAndApplyHeader(message, 0, header);
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
        linkReady.wrapAndApplyHeader(message, 0, header);
        if (pending == null) {
            return;
        }
        if (linkReady.linkKind() == pending.kind()) {
            pending.peerAddress(linkReady.linkAddress());
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
        runDone.wrapAndApplyHeader(message, 0, header);
        final boolean inline = runDone.inline() != 0;
        final int length = runDone.valueLength();
        final int offset = runDone.limit() + RunDoneDecoder.valueHeaderLength();
        inlineValue.wrap(message, offset, Wire.within(message, offset, length));
        agent.recorder()
                .ran(
                        worker,
                        runDone.runId(),
                        runDone.task(),
                        false,
                        clock.ns(),
                        agent.nowNs(),
                        runDone.thread(),
                        runDone.startNs(),
                        runDone.stopNs(),
                        runDone.fetchStartNs(),
                        runDone.fetchStopNs(),
                        runDone.diskNs());
        core.runDone(
                worker,
                runDone.runId(),
                runDone.task(),
                runDone.sizeBytes(),
                runDone.durationNs(),
                inline,
                inline ? inlineValue : null);
    }

    private void onProfile(final WorkerState worker, final ArrayBuffer message) {
        final String text =
                new ProfileDecoder().wrapAndApplyHeader(message, 0, header).text();
        try {
            agent.recorder().profiled(worker, text);
        } catch (final IllegalArgumentException e) {
            throw new ProtocolException("a profile is none: " + e.getMessage());
        }
    }

    private void onInputMissing(final WorkerState worker, final ArrayBuffer message) {
        inputMissing.wrapAndApplyHeader(message, 0, header);
        final Asked asked = asked(
                message,
                inputMissing.limit() + InputMissingDecoder.holdersHeaderLength(),
                inputMissing.holdersLength());
        core.inputMissing(
                worker, inputMissing.runId(), inputMissing.task(), inputMissing.input(), asked.holders(), asked.gone());
    }

    private void onRunsTakenBack(final WorkerState worker, final ArrayBuffer message) {
        runsTakenBack.wrapAndApplyHeader(message, 0, header);
        final int offset = runsTakenBack.limit() + RunsTakenBackDecoder.runsHeaderLength();
        final int count = Wire.count(message, offset, runsTakenBack.runsLength(), Wire.MARKED_LONG);
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
        heartbeat.wrapAndApplyHeader(message, 0, header);
        residentBytes = heartbeat.residentBytes();
        cpuPerMille = heartbeat.cpuPerMille();
        running = heartbeat.runningTasks();
        core.heartbeat(agent.nowNs(), worker);
        owedAckNs = heartbeat.sentNs();
        clock.heard(System.nanoTime(), owedAckNs);
        final WorkerFigures figures = new WorkerFigures(
                cpuPerMille,
                heartbeat.heapUsedBytes(),
                residentBytes,
                heartbeat.gcNs(),
                heartbeat.readBytes(),
                heartbeat.writtenBytes(),
                running,
                heartbeat.readyTasks());
        agent.recorder().heard(worker, figures, agent.nowNs());
        owesAck = true;
        crew.touch(this);
    }

    private void onKnownRuns(final WorkerState worker, final ArrayBuffer message) {
        final KnownRunsDecoder known = new KnownRunsDecoder().wrapAndApplyHeader(message, 0, header);
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
        final WorkerReportDecoder report = new WorkerReportDecoder().wrapAndApplyHeader(message, 0, header);
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
        encoder.wrapAndApplyHeader(out.begin(FIXED), 0, headerOut).requestId(++lastReport);
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
        registerFunction
                .wrapAndApplyHeader(out.begin(FIXED + bytes.length + text.length), 0, headerOut)
                .functionId(functionId)
                .putBody(bytes, 0, bytes.length)
                .putName(text, 0, text.length);
        out.end(HEADER + registerFunction.encodedLength());
    }

    @Override
    public void forgetFunction(final long functionId) {
        final byte[] one = new byte[Long.BYTES];
        final ArrayBuffer packed = new ArrayBuffer(one);
        Wire.putLong(packed, 0, functionId);
        final Outbox out = session.out();
        forgetFunctions.wrapAndApplyHeader(out.begin(FIXED), 0, headerOut).putFunctionIds(one, 0, one.length);
        out.end(HEADER + forgetFunctions.encodedLength());
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
        assign.wrapAndApplyHeader(buffer, 0, headerOut)
                .runId(runId)
                .task(task)
                .functionId(functionId)
                .attempt(attempt)
                .flags((short) flags);
        if (inputs.length == 0) {
            assign.putInputs(NOTHING, 0, 0);
        } else {
            final byte[] packed = new byte[inputBytes];
            final ArrayBuffer packer = new ArrayBuffer(packed);
            for (int i = 0; i < inputs.length; i++) {
                Wire.putLong(packer, 12 * i, inputs[i]);
                Wire.putInt(packer, 12 * i + 8, holders[i]);
            }
            assign.putInputs(packed, 0, inputBytes);
        }
        assign.putPayload(body, 0, body.length).putKey(text, 0, text.length);
        out.end(HEADER + assign.encodedLength());
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
        freeResults
                .wrapAndApplyHeader(out.begin(FIXED + packed.length), 0, headerOut)
                .putTasks(packed, 0, packed.length);
        out.end(HEADER + freeResults.encodedLength());
    }

    private void writeRecalled() {
        final byte[] packed = packed(recalled);
        recalled.clear();
        final Outbox out = session.out();
        takeBackRuns
                .wrapAndApplyHeader(out.begin(FIXED + packed.length), 0, headerOut)
                .putRunIds(packed, 0, packed.length);
        out.end(HEADER + takeBackRuns.encodedLength());
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
        abandonRuns
                .wrapAndApplyHeader(out.begin(FIXED), 0, headerOut)
                .interrupt((short) (interrupt ? 1 : 0))
                .putRunIds(one, 0, one.length);
        out.end(HEADER + abandonRuns.encodedLength());
    }

    @Override
    public void commit(final long runId, final boolean granted) {
        endBatch();
        final Outbox out = session.out();
        commitAnswer
                .wrapAndApplyHeader(out.begin(FIXED), 0, headerOut)
                .runId(runId)
                .granted((short) (granted ? 1 : 0));
        out.end(HEADER + commitAnswer.encodedLength());
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
        replicate
                .wrapAndApplyHeader(out.begin(FIXED + packed.length), 0, headerOut)
                .task(task)
                .putHolders(packed, 0, packed.length);
        out.end(HEADER + replicate.encodedLength());
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
        Messages.workerUp(session.out(), workerUp, headerOut, worker);
    }

    @Override
    public void workerDown(final int worker) {
        Messages.workerDown(session.out(), workerDown, headerOut, worker, "");
    }

    @Override
    public void stop(final boolean restart, final String reason) {
        expectedEnd = true;
        lastWords = reason;
        final byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        final Outbox out = session.out();
        stopWorker
                .wrapAndApplyHeader(out.begin(FIXED + text.length), 0, headerOut)
                .restart((short) (restart ? 1 : 0))
                .putReason(text, 0, text.length);
        out.end(HEADER + stopWorker.encodedLength());
    }

    /** Workers that were asked for a result, and whether each said that it has none. */
    private record Asked(int[] holders, boolean[] gone) {}
}
