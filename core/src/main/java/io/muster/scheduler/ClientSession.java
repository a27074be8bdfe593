package io.muster.scheduler;

import io.muster.classes.ResourceCodec;
import io.muster.classes.ResourceQuestion;
import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationCodec;
import io.muster.data.WorkerAddress;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.AskRecordsDecoder;
import io.muster.protocol.CallActorDecoder;
import io.muster.protocol.CancelTasksDecoder;
import io.muster.protocol.CoordinationRequestDecoder;
import io.muster.protocol.GoodbyeDecoder;
import io.muster.protocol.HeartbeatDecoder;
import io.muster.protocol.InfoReplyEncoder;
import io.muster.protocol.InfoRequestDecoder;
import io.muster.protocol.LogEventDecoder;
import io.muster.protocol.ManageClusterDecoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RebalanceDecoder;
import io.muster.protocol.RegisterFunctionDecoder;
import io.muster.protocol.ReleaseTasksDecoder;
import io.muster.protocol.ReplicateTasksDecoder;
import io.muster.protocol.ResourceReplyDecoder;
import io.muster.protocol.RestartDecoder;
import io.muster.protocol.ResultMissingDecoder;
import io.muster.protocol.RetryTasksDecoder;
import io.muster.protocol.Role;
import io.muster.protocol.ScatterTaskDecoder;
import io.muster.protocol.ScatterToEncoder;
import io.muster.protocol.StopClusterDecoder;
import io.muster.protocol.SubmitPublishedDecoder;
import io.muster.protocol.SubmitTaskDecoder;
import io.muster.protocol.TaskCancelledEncoder;
import io.muster.protocol.TaskErredEncoder;
import io.muster.protocol.TaskFinishedEncoder;
import io.muster.protocol.TaskTermsDecoder;
import io.muster.protocol.WarningEncoder;
import io.muster.protocol.WhoHasDecoder;
import io.muster.protocol.WorkerDownEncoder;
import io.muster.protocol.WorkerUpEncoder;
import io.muster.transport.MessageHandler;
import io.muster.transport.Outbox;
import io.muster.transport.PeerHello;
import io.muster.transport.ProtocolException;
import io.muster.transport.Session;
import io.muster.transport.TlsChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client across a connection: adapter of what it says to the core, proxy of what the core says to it. */
final class ClientSession implements MessageHandler, ClientEvents {
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int MAX_REPLY_BYTES = 256 << 20;
    private static final int FIXED = 64;

    /** Up to how long payloads are compared with the one before. */
    private static final int MAX_SHARED_BYTES = 64;

    private static final byte[] NOTHING = {};

    private final SchedulerAgent agent;
    private final SchedulerCore core;
    private final ClientState state;
    private final Session session;
    private final PeerHello hello;

    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final RegisterFunctionDecoder registerFunction = new RegisterFunctionDecoder();
    private final SubmitTaskDecoder submitTask = new SubmitTaskDecoder();
    private final CallActorDecoder callActor = new CallActorDecoder();
    private final ReleaseTasksDecoder releaseTasks = new ReleaseTasksDecoder();
    private final CancelTasksDecoder cancelTasks = new CancelTasksDecoder();
    private final RetryTasksDecoder retryTasks = new RetryTasksDecoder();
    private final RestartDecoder restart = new RestartDecoder();
    private final ScatterTaskDecoder scatterTask = new ScatterTaskDecoder();
    private final ReplicateTasksDecoder replicateTasks = new ReplicateTasksDecoder();
    private final RebalanceDecoder rebalance = new RebalanceDecoder();
    private final WhoHasDecoder whoHas = new WhoHasDecoder();
    private final ResultMissingDecoder resultMissing = new ResultMissingDecoder();
    private final InfoRequestDecoder infoRequest = new InfoRequestDecoder();
    private final ManageClusterDecoder manageCluster = new ManageClusterDecoder();
    private final HeartbeatDecoder heartbeat = new HeartbeatDecoder();
    private final GoodbyeDecoder goodbye = new GoodbyeDecoder();

    private final MessageHeaderEncoder headerOut = new MessageHeaderEncoder();
    private final TaskFinishedEncoder taskFinished = new TaskFinishedEncoder();
    private final TaskErredEncoder taskErred = new TaskErredEncoder();
    private final TaskCancelledEncoder taskCancelled = new TaskCancelledEncoder();
    private final ScatterToEncoder scatterTo = new ScatterToEncoder();
    private final WorkerUpEncoder workerUp = new WorkerUpEncoder();
    private final WorkerDownEncoder workerDown = new WorkerDownEncoder();
    private final InfoReplyEncoder infoReply = new InfoReplyEncoder();
    private int[] numbers = new int[16];
    private byte[] shared = {};
    private TaskTerms terms = TaskTerms.NONE;
    private long heardNs;

    ClientSession(
            final SchedulerAgent agent,
            final SchedulerCore core,
            final int number,
            final TlsChannel tls,
            final PeerHello hello) {
        this.agent = agent;
        this.core = core;
        this.hello = hello;
        this.state = new ClientState(number, this);
        this.state.isOfWorker = hello.role() == Role.WORKER_CLIENT;
        this.session = new Session(tls, this);
    }

    ClientState state() {
        return state;
    }

    Session session() {
        return session;
    }

    PeerHello hello() {
        return hello;
    }

    /** Whether it is there for the tasks of a worker, not for a user. */
    boolean isOfWorker() {
        return hello.role() == Role.WORKER_CLIENT;
    }

    long heardNs() {
        return heardNs;
    }

    void heard(final long nowNs) {
        heardNs = nowNs;
    }

    @Override
    public void onMessage(final int templateId, final ArrayBuffer message) {
        switch (templateId) {
            case SubmitTaskDecoder.TEMPLATE_ID -> onSubmit(message);
            case TaskTermsDecoder.TEMPLATE_ID -> onTerms(message);
            case ReleaseTasksDecoder.TEMPLATE_ID -> onRelease(message);
            case RegisterFunctionDecoder.TEMPLATE_ID -> onRegisterFunction(message);
            case CancelTasksDecoder.TEMPLATE_ID -> onCancel(message);
            case RetryTasksDecoder.TEMPLATE_ID -> onRetry(message);
            case RestartDecoder.TEMPLATE_ID -> {
                restart.wrapAndApplyHeader(message, 0, header);
                infoReply(restart.requestId(), agent.restart(state.number));
            }
            case ScatterTaskDecoder.TEMPLATE_ID -> onScatter(message);
            case ReplicateTasksDecoder.TEMPLATE_ID -> {
                replicateTasks.wrapAndApplyHeader(message, 0, header);
                final int at = replicateTasks.limit() + ReplicateTasksDecoder.taskIdsHeaderLength();
                final int copies = replicateTasks.copies();
                core.replicate(state, numbers, count(message, at, replicateTasks.taskIdsLength()), copies);
            }
            case RebalanceDecoder.TEMPLATE_ID -> {
                rebalance.wrapAndApplyHeader(message, 0, header);
                final int at = rebalance.limit() + RebalanceDecoder.taskIdsHeaderLength();
                final long requestId = rebalance.requestId();
                core.rebalance(state, requestId, numbers, count(message, at, rebalance.taskIdsLength()));
            }
            case WhoHasDecoder.TEMPLATE_ID -> {
                whoHas.wrapAndApplyHeader(message, 0, header);
                final int at = whoHas.limit() + WhoHasDecoder.taskIdsHeaderLength();
                final long requestId = whoHas.requestId();
                final int count = count(message, at, whoHas.taskIdsLength());
                infoReply(requestId, core.whereabouts(state, numbers, count));
            }
            case ResultMissingDecoder.TEMPLATE_ID -> {
                resultMissing.wrapAndApplyHeader(message, 0, header);
                core.resultMissing(
                        state, resultMissing.taskId(), resultMissing.workerNumber(), resultMissing.gone() != 0);
            }
            case CoordinationRequestDecoder.TEMPLATE_ID ->
                core.sharing().coordinate(state, CoordinationCodec.request(message));
            case ResourceReplyDecoder.TEMPLATE_ID ->
                agent.resources().answered(state.number, ResourceCodec.answer(message));
            case SubmitPublishedDecoder.TEMPLATE_ID -> onSubmitPublished(message);
            case CallActorDecoder.TEMPLATE_ID -> onCallActor(message);
            case InfoRequestDecoder.TEMPLATE_ID -> {
                infoRequest.wrapAndApplyHeader(message, 0, header);
                infoReply(infoRequest.requestId(), agent.describe());
            }
            case ManageClusterDecoder.TEMPLATE_ID -> {
                manageCluster.wrapAndApplyHeader(message, 0, header);
                agent.management().request(this, manageCluster.requestId(), manageCluster.json());
            }
            case AskRecordsDecoder.TEMPLATE_ID -> onAskRecords(message);
            case LogEventDecoder.TEMPLATE_ID -> {
                final LogEventDecoder event = new LogEventDecoder().wrapAndApplyHeader(message, 0, header);
                final String topic = event.topic();
                agent.recorder().event(topic, "client-" + state.number, event.text());
            }
            case HeartbeatDecoder.TEMPLATE_ID -> heartbeat.wrapAndApplyHeader(message, 0, header);
            case StopClusterDecoder.TEMPLATE_ID -> agent.stopCluster("client " + state.number + " asked for it");
            case GoodbyeDecoder.TEMPLATE_ID -> {
                goodbye.wrapAndApplyHeader(message, 0, header);
                session.end("it said goodbye: " + goodbye.reason());
            }
            default -> throw new ProtocolException("templateId=" + templateId + " is not one of a client's messages");
        }
    }

    private void onAskRecords(final ArrayBuffer message) {
        final AskRecordsDecoder asked = new AskRecordsDecoder().wrapAndApplyHeader(message, 0, header);
        final long requestId = asked.requestId();
        agent.recorder().ask(asked.kind(), asked.since(), asked.most(), asked.name(), json -> {
            if (!session.isClosed()) {
                infoReply(requestId, json);
            }
        });
    }

    private void onSubmit(final ArrayBuffer message) {
        final SubmitTaskDecoder task = submitTask.wrapAndApplyHeader(message, 0, header);
        final int taskId = task.taskId();
        final int functionId = task.functionId();
        final int flags = task.flags();
        final int inputBytes = task.dependenciesLength();
        numbers = Wire.ints(message, task.limit() + SubmitTaskDecoder.dependenciesHeaderLength(), inputBytes, numbers);
        task.skipDependencies();
        final int payloadBytes = task.payloadLength();
        final byte[] payload = payload(message, task.limit() + SubmitTaskDecoder.payloadHeaderLength(), payloadBytes);
        task.skipPayload();
        final String key = task.key();
        core.submit(
                state,
                taskId,
                functionId,
                flags,
                numbers,
                inputBytes / Integer.BYTES,
                payload,
                key.isEmpty() ? null : key,
                terms);
    }

    private void onTerms(final ArrayBuffer message) {
        final TaskTermsDecoder said = new TaskTermsDecoder().wrapAndApplyHeader(message, 0, header);
        final int priority = said.priority();
        final int retries = said.retries();
        final long parent = said.parent();
        final long expectedUs = Math.max(0, said.expectedUs());
        final List<String> workers = workers(said.workers());
        terms = new TaskTerms(priority, retries, workers, ResourceText.parse(said.resources()), parent, expectedUs);
    }

    /** A short payload that is the same as the one before is the same object: calls without arguments, or with equal ones, are many. */
    private byte[] payload(final ArrayBuffer message, final int offset, final int length) {
        if (length == shared.length && areAt(message, offset, shared)) {
            return shared;
        }
        final byte[] payload = Wire.bytes(message, offset, length);
        if (length <= MAX_SHARED_BYTES) {
            shared = payload;
        }
        return payload;
    }

    private static boolean areAt(final ArrayBuffer message, final int offset, final byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (message.getByte(offset + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private void onSubmitPublished(final ArrayBuffer message) {
        final SubmitPublishedDecoder task = new SubmitPublishedDecoder().wrapAndApplyHeader(message, 0, header);
        final int taskId = task.taskId();
        final int functionId = task.functionId();
        final int index = task.index();
        final byte[] payload =
                Wire.bytes(message, task.limit() + SubmitPublishedDecoder.payloadHeaderLength(), task.payloadLength());
        task.skipPayload();
        core.submitPublished(state, taskId, functionId, payload, task.dataset(), index);
    }

    private void onCallActor(final ArrayBuffer message) {
        final CallActorDecoder call = callActor.wrapAndApplyHeader(message, 0, header);
        final int taskId = call.taskId();
        final int functionId = call.functionId();
        final long actor = call.actor();
        final int flags = call.flags();
        final byte[] payload =
                Wire.bytes(message, call.limit() + CallActorDecoder.payloadHeaderLength(), call.payloadLength());
        core.callActor(state, taskId, functionId, actor, flags, payload);
    }

    private static List<String> workers(final String lines) {
        return lines.isEmpty() ? List.of() : List.of(lines.split("\n"));
    }

    private void onRelease(final ArrayBuffer message) {
        releaseTasks.wrapAndApplyHeader(message, 0, header);
        final int length = releaseTasks.taskIdsLength();
        numbers = Wire.ints(message, releaseTasks.limit() + ReleaseTasksDecoder.taskIdsHeaderLength(), length, numbers);
        for (int i = 0; i < length / Integer.BYTES; i++) {
            core.release(state, numbers[i]);
        }
    }

    private void onCancel(final ArrayBuffer message) {
        cancelTasks.wrapAndApplyHeader(message, 0, header);
        final boolean interrupt = cancelTasks.interrupt() == 1;
        final int length = cancelTasks.taskIdsLength();
        numbers = Wire.ints(message, cancelTasks.limit() + CancelTasksDecoder.taskIdsHeaderLength(), length, numbers);
        core.cancel(state, numbers, length / Integer.BYTES, interrupt);
    }

    private void onRetry(final ArrayBuffer message) {
        retryTasks.wrapAndApplyHeader(message, 0, header);
        final int length = retryTasks.taskIdsLength();
        numbers = Wire.ints(message, retryTasks.limit() + RetryTasksDecoder.taskIdsHeaderLength(), length, numbers);
        core.retry(state, numbers, length / Integer.BYTES);
    }

    /** Reads task numbers into {@link #numbers}; tells how many. */
    private int count(final ArrayBuffer message, final int offset, final int length) {
        numbers = Wire.ints(message, offset, length, numbers);
        return length / Integer.BYTES;
    }

    private void onRegisterFunction(final ArrayBuffer message) {
        registerFunction.wrapAndApplyHeader(message, 0, header);
        final long functionId = registerFunction.functionId();
        final byte[] body = Wire.bytes(
                message,
                registerFunction.limit() + RegisterFunctionDecoder.bodyHeaderLength(),
                registerFunction.bodyLength());
        registerFunction.skipBody();
        core.registerFunction(state, (int) functionId, body, registerFunction.name());
    }

    private void onScatter(final ArrayBuffer message) {
        scatterTask.wrapAndApplyHeader(message, 0, header);
        final int taskId = scatterTask.taskId();
        final long sizeBytes = scatterTask.sizeBytes();
        final String key = scatterTask.key();
        core.scatter(state, taskId, sizeBytes, key.isEmpty() ? null : key, workers(scatterTask.workers()));
    }

    // What the core says.

    @Override
    public void finished(
            final int taskId,
            final int worker,
            final long sizeBytes,
            final boolean inline,
            final @Nullable Object value) {
        final InlineValue bytes = value instanceof InlineValue some ? some : null;
        final int length = bytes == null ? 0 : bytes.buffer.capacity();
        final Outbox out = session.out();
        taskFinished
                .wrapAndApplyHeader(out.begin(FIXED + length), 0, headerOut)
                .taskId(taskId)
                .workerNumber(worker)
                .sizeBytes(sizeBytes)
                .inline((short) (inline ? 1 : 0));
        if (bytes == null) {
            taskFinished.putValue(NOTHING, 0, 0);
        } else {
            taskFinished.putValue(bytes.buffer, 0, length);
        }
        out.end(HEADER + taskFinished.encodedLength());
    }

    @Override
    public void erred(final int taskId, final Object failure) {
        final byte[] bytes = (byte[]) failure;
        final Outbox out = session.out();
        taskErred
                .wrapAndApplyHeader(out.begin(FIXED + bytes.length), 0, headerOut)
                .taskId(taskId)
                .putFailure(bytes, 0, bytes.length);
        out.end(HEADER + taskErred.encodedLength());
    }

    @Override
    public void cancelled(final int taskId, final boolean lost, final String reason) {
        final byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        final Outbox out = session.out();
        taskCancelled
                .wrapAndApplyHeader(out.begin(FIXED + text.length), 0, headerOut)
                .taskId(taskId)
                .lost((short) (lost ? 1 : 0))
                .putReason(text, 0, text.length);
        out.end(HEADER + taskCancelled.encodedLength());
    }

    @Override
    public void scatterTo(final int taskId, final int worker) {
        final Outbox out = session.out();
        scatterTo
                .wrapAndApplyHeader(out.begin(FIXED), 0, headerOut)
                .taskId(taskId)
                .workerNumber(worker);
        out.end(HEADER + scatterTo.encodedLength());
    }

    @Override
    public void said(final boolean isLog, final String text) {
        RecordCodec.said(0, 0, isLog, text).into(session.out());
    }

    @Override
    public void resourceAsked(final ResourceQuestion question) {
        ResourceCodec.message(question).into(session.out());
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
    public void workerDown(final int worker, final String reason) {
        Messages.workerDown(session.out(), workerDown, headerOut, worker, reason);
    }

    @Override
    public void infoReply(final long requestId, final String json) {
        final byte[] whole = json.getBytes(StandardCharsets.UTF_8);
        final byte[] text = whole.length <= MAX_REPLY_BYTES
                ? whole
                : RecordText.refusal("the answer's bytes=" + whole.length + " must be <= " + MAX_REPLY_BYTES)
                        .getBytes(StandardCharsets.UTF_8);
        final Outbox out = session.out();
        infoReply
                .wrapAndApplyHeader(out.begin(FIXED + text.length), 0, headerOut)
                .requestId(requestId)
                .putJson(text, 0, text.length);
        out.end(HEADER + infoReply.encodedLength());
    }

    @Override
    public void warning(final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        final Outbox out = session.out();
        final WarningEncoder encoder = new WarningEncoder();
        encoder.wrapAndApplyHeader(out.begin(FIXED + bytes.length), 0, headerOut)
                .putText(bytes, 0, bytes.length);
        out.end(HEADER + encoder.encodedLength());
    }

    @Override
    public void disconnected(final String reason) {
        Messages.goodbye(session.out(), headerOut, true, reason);
        session.flush();
        session.end(reason);
    }
}
