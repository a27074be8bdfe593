package io.muster.scheduler;

import io.muster.classes.ResourceAnswer;
import io.muster.classes.ResourceCodec;
import io.muster.coordination.CoordinationCodec;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.AskResourceDecoder;
import io.muster.protocol.CallActorEncoder;
import io.muster.protocol.CancelTasksEncoder;
import io.muster.protocol.CoordinationAnswerDecoder;
import io.muster.protocol.GoodbyeDecoder;
import io.muster.protocol.HeartbeatEncoder;
import io.muster.protocol.InfoReplyDecoder;
import io.muster.protocol.InfoRequestEncoder;
import io.muster.protocol.ManageClusterEncoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RebalanceEncoder;
import io.muster.protocol.RecordKind;
import io.muster.protocol.RegisterFunctionEncoder;
import io.muster.protocol.ReleaseTasksEncoder;
import io.muster.protocol.ReplicateTasksEncoder;
import io.muster.protocol.RestartEncoder;
import io.muster.protocol.ResultMissingEncoder;
import io.muster.protocol.RetryTasksEncoder;
import io.muster.protocol.SaidDecoder;
import io.muster.protocol.ScatterTaskEncoder;
import io.muster.protocol.ScatterToDecoder;
import io.muster.protocol.StopClusterEncoder;
import io.muster.protocol.SubmitPublishedEncoder;
import io.muster.protocol.SubmitTaskEncoder;
import io.muster.protocol.TaskCancelledDecoder;
import io.muster.protocol.TaskErredDecoder;
import io.muster.protocol.TaskFinishedDecoder;
import io.muster.protocol.TaskTermsEncoder;
import io.muster.protocol.WarningDecoder;
import io.muster.protocol.WhoHasEncoder;
import io.muster.protocol.WorkerDownDecoder;
import io.muster.protocol.WorkerUpDecoder;
import io.muster.transport.Dialer;
import io.muster.transport.EventLoop;
import io.muster.transport.MessageHandler;
import io.muster.transport.ProtocolException;
import io.muster.transport.Session;
import io.muster.transport.SharedOutbox;
import io.muster.transport.Welcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client's side of its session: proxy for what it says, adapter for what it hears. */
final class ClientConversation implements ClientRequests, MessageHandler, EventLoop.Agent {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConversation.class);
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int FIXED = 96;
    private static final long SPIN_NS = 50_000;

    /** A client's lease is long, so it shows that it lives ten times less often than a worker. */
    private static final long HEARTBEATS_APART = 10;

    private static final byte[] NOTHING = {};

    private final Welcome welcome;
    private final ClientEvents events;
    private final Session session;
    private final EventLoop loop;
    private final SharedOutbox box = new SharedOutbox();

    // Codecs named below are used under the loop's duty, but submitTask, releaseTasks and boxHeader under the box's
    // lock.
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final TaskFinishedDecoder taskFinished = new TaskFinishedDecoder();
    private final TaskErredDecoder taskErred = new TaskErredDecoder();
    private final TaskCancelledDecoder taskCancelled = new TaskCancelledDecoder();
    private final ScatterToDecoder scatterTo = new ScatterToDecoder();
    private final WorkerUpDecoder workerUp = new WorkerUpDecoder();
    private final WorkerDownDecoder workerDown = new WorkerDownDecoder();
    private final InfoReplyDecoder infoReply = new InfoReplyDecoder();
    private final GoodbyeDecoder goodbye = new GoodbyeDecoder();
    private final MessageHeaderEncoder headerOut = new MessageHeaderEncoder();
    private final MessageHeaderEncoder boxHeader = new MessageHeaderEncoder();
    private final SubmitTaskEncoder submitTask = new SubmitTaskEncoder();
    private final CallActorEncoder callActor = new CallActorEncoder();
    private final ReleaseTasksEncoder releaseTasks = new ReleaseTasksEncoder();
    private final HeartbeatEncoder heartbeat = new HeartbeatEncoder();
    private TaskTerms said = TaskTerms.NONE;
    private long lastHeartbeatNs = System.nanoTime();
    private String farewell = "";
    private volatile boolean dismissed;
    private boolean told;

    ClientConversation(final Dialer.Welcomed welcomed, final ClientEvents events) {
        this.welcome = welcomed.welcome();
        this.events = events;
        this.session = new Session(welcomed.tls(), this);
        this.loop = new EventLoop(this, SPIN_NS, e -> {
            LOG.error("the client's session failed", e);
            tell("the client's session failed: " + e);
        });
    }

    void start() {
        loop.register(session);
        loop.start();
    }

    /** Whether the scheduler ended the session on purpose, so that it would not take this client back. */
    boolean isDismissed() {
        return dismissed;
    }

    @Override
    public String roleName() {
        return "muster-client-" + clientNumber();
    }

    @Override
    public int doWork(final long nowNs) {
        int work = 0;
        try {
            work = session.poll();
        } catch (final ProtocolException e) {
            session.end(String.valueOf(e.getMessage()));
        }
        if (nowNs - lastHeartbeatNs > HEARTBEATS_APART * welcome.heartbeatNs()) {
            lastHeartbeatNs = nowNs;
            sendHeartbeat(nowNs);
        }
        box.moveTo(session.out());
        work += session.flush();
        if (session.isClosed()) {
            tell(farewell.isEmpty() ? session.closeReason() : farewell);
        }
        return work;
    }

    @Override
    public boolean prepareToPark() {
        return session.prepareToPark();
    }

    @Override
    public void onClose() {
        session.end("the client closed");
        tell("the client closed");
    }

    private void tell(final String reason) {
        if (!told) {
            told = true;
            box.close();
            events.disconnected(reason);
        }
    }

    private void sendHeartbeat(final long nowNs) {
        heartbeat
                .wrapAndApplyHeader(session.out().begin(FIXED), 0, headerOut)
                .sentNs(nowNs)
                .runningTasks(0)
                .readyTasks(0)
                .storedBytes(0)
                .heapUsedBytes(0)
                .residentBytes(0)
                .cpuPerMille(0)
                .gcNs(0)
                .readBytes(0)
                .writtenBytes(0)
                .putRunningRuns(NOTHING, 0, 0);
        session.out().end(HEADER + heartbeat.encodedLength());
    }

    @Override
    public void onMessage(final int templateId, final ArrayBuffer message) {
        switch (templateId) {
            case TaskFinishedDecoder.TEMPLATE_ID -> {
                taskFinished.wrapAndApplyHeader(message, 0, header);
                final boolean inline = taskFinished.inline() != 0;
                final byte[] value = inline
                        ? Wire.bytes(
                                message,
                                taskFinished.limit() + TaskFinishedDecoder.valueHeaderLength(),
                                taskFinished.valueLength())
                        : null;
                events.finished(
                        taskFinished.taskId(), taskFinished.workerNumber(), taskFinished.sizeBytes(), inline, value);
            }
            case TaskErredDecoder.TEMPLATE_ID -> {
                taskErred.wrapAndApplyHeader(message, 0, header);
                events.erred(
                        taskErred.taskId(),
                        Wire.bytes(
                                message,
                                taskErred.limit() + TaskErredDecoder.failureHeaderLength(),
                                taskErred.failureLength()));
            }
            case TaskCancelledDecoder.TEMPLATE_ID -> {
                taskCancelled.wrapAndApplyHeader(message, 0, header);
                events.cancelled(taskCancelled.taskId(), taskCancelled.lost() != 0, taskCancelled.reason());
            }
            case ScatterToDecoder.TEMPLATE_ID -> {
                scatterTo.wrapAndApplyHeader(message, 0, header);
                events.scatterTo(scatterTo.taskId(), scatterTo.workerNumber());
            }
            case WorkerUpDecoder.TEMPLATE_ID ->
                events.workerUp(Messages.address(workerUp.wrapAndApplyHeader(message, 0, header)));
            case WorkerDownDecoder.TEMPLATE_ID -> {
                workerDown.wrapAndApplyHeader(message, 0, header);
                events.workerDown(workerDown.workerNumber(), workerDown.reason());
            }
            case InfoReplyDecoder.TEMPLATE_ID -> {
                infoReply.wrapAndApplyHeader(message, 0, header);
                events.infoReply(infoReply.requestId(), infoReply.json());
            }
            case AskResourceDecoder.TEMPLATE_ID -> events.resourceAsked(ResourceCodec.question(message));
            case CoordinationAnswerDecoder.TEMPLATE_ID -> events.coordinated(CoordinationCodec.answer(message));
            case SaidDecoder.TEMPLATE_ID -> {
                final SaidDecoder said = new SaidDecoder().wrapAndApplyHeader(message, 0, header);
                events.said(said.kind() == 1, said.text());
            }
            case WarningDecoder.TEMPLATE_ID ->
                events.warning(new WarningDecoder()
                        .wrapAndApplyHeader(message, 0, header)
                        .text());
            case GoodbyeDecoder.TEMPLATE_ID -> {
                goodbye.wrapAndApplyHeader(message, 0, header);
                dismissed = true;
                farewell = goodbye.reason();
                session.end(farewell);
            }
            default ->
                throw new ProtocolException(
                        "templateId=" + templateId + " is not one of a scheduler's messages to a client");
        }
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public int clientNumber() {
        return welcome.peerNumber();
    }

    private void add(final int maxBytes, final SharedOutbox.Encoder encoder) {
        box.awaitRoom(loop::invoke);
        box.add(maxBytes, encoder);
    }

    @Override
    public void registerFunction(final int functionId, final Object body, final String name) {
        final byte[] bytes = (byte[]) body;
        final byte[] text = name.getBytes(StandardCharsets.UTF_8);
        add(FIXED + bytes.length + text.length, buffer -> {
            final RegisterFunctionEncoder encoder = new RegisterFunctionEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader)
                    .functionId(functionId)
                    .putBody(bytes, 0, bytes.length)
                    .putName(text, 0, text.length);
            return HEADER + encoder.encodedLength();
        });
    }

    @Override
    public void submit(
            final int taskId,
            final int functionId,
            final int flags,
            final int[] dependencies,
            final Object payload,
            final @Nullable String key,
            final TaskTerms terms) {
        say(terms);
        final byte[] body = (byte[]) payload;
        final byte[] name = key == null ? NOTHING : key.getBytes(StandardCharsets.UTF_8);
        final byte[] inputs = packed(dependencies);
        add(FIXED + inputs.length + body.length + name.length, buffer -> {
            submitTask
                    .wrapAndApplyHeader(buffer, 0, boxHeader)
                    .taskId(taskId)
                    .functionId(functionId)
                    .flags((short) flags)
                    .putDependencies(inputs, 0, inputs.length)
                    .putPayload(body, 0, body.length)
                    .putKey(name, 0, name.length);
            return HEADER + submitTask.encodedLength();
        });
    }

    /** Tells the terms of the task to come, unless they are those of the one before. Under the lock that numbers tasks. */
    private void say(final TaskTerms terms) {
        if (terms.equals(said)) {
            return;
        }
        final byte[] places = lines(terms.workers());
        final byte[] needs = ResourceText.of(terms.resources()).getBytes(StandardCharsets.UTF_8);
        add(FIXED + places.length + needs.length, buffer -> {
            final TaskTermsEncoder encoder = new TaskTermsEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader)
                    .priority(terms.priority())
                    .retries(terms.retries())
                    .parent(terms.parent())
                    .expectedUs(terms.expectedUs())
                    .putWorkers(places, 0, places.length)
                    .putResources(needs, 0, needs.length);
            return HEADER + encoder.encodedLength();
        });
        said = terms;
    }

    private static byte[] lines(final List<String> names) {
        return names.isEmpty() ? NOTHING : String.join("\n", names).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void release(final int taskId) {
        final byte[] ids = packed(new int[] {taskId});
        add(FIXED, buffer -> {
            releaseTasks.wrapAndApplyHeader(buffer, 0, boxHeader).putTaskIds(ids, 0, ids.length);
            return HEADER + releaseTasks.encodedLength();
        });
    }

    @Override
    public void cancel(final int[] taskIds, final boolean force, final boolean interrupt) {
        final byte[] ids = packed(taskIds);
        add(FIXED + ids.length, buffer -> {
            final CancelTasksEncoder encoder = new CancelTasksEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader)
                    .force((short) (force ? 1 : 0))
                    .interrupt((short) (interrupt ? 1 : 0))
                    .putTaskIds(ids, 0, ids.length);
            return HEADER + encoder.encodedLength();
        });
        flush();
    }

    @Override
    public void retry(final int[] taskIds) {
        final byte[] ids = packed(taskIds);
        add(FIXED + ids.length, buffer -> {
            final RetryTasksEncoder encoder = new RetryTasksEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader).putTaskIds(ids, 0, ids.length);
            return HEADER + encoder.encodedLength();
        });
        flush();
    }

    @Override
    public void restart(final long requestId) {
        add(FIXED, buffer -> {
            final RestartEncoder encoder = new RestartEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader).requestId(requestId);
            return HEADER + encoder.encodedLength();
        });
        flush();
    }

    @Override
    public void scatter(
            final int taskId, final long sizeBytes, final @Nullable String key, final List<String> workers) {
        final byte[] name = key == null ? NOTHING : key.getBytes(StandardCharsets.UTF_8);
        final byte[] places = lines(workers);
        add(FIXED + name.length + places.length, buffer -> {
            final ScatterTaskEncoder encoder = new ScatterTaskEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader)
                    .taskId(taskId)
                    .sizeBytes(sizeBytes)
                    .putKey(name, 0, name.length)
                    .putWorkers(places, 0, places.length);
            return HEADER + encoder.encodedLength();
        });
    }

    @Override
    public void replicate(final int[] taskIds, final int copies) {
        final byte[] ids = packed(taskIds);
        add(FIXED + ids.length, buffer -> {
            final ReplicateTasksEncoder encoder = new ReplicateTasksEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader).copies(copies).putTaskIds(ids, 0, ids.length);
            return HEADER + encoder.encodedLength();
        });
    }

    @Override
    public void rebalance(final long requestId, final int[] taskIds) {
        final byte[] ids = packed(taskIds);
        add(FIXED + ids.length, buffer -> {
            final RebalanceEncoder encoder = new RebalanceEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader)
                    .requestId(requestId)
                    .putTaskIds(ids, 0, ids.length);
            return HEADER + encoder.encodedLength();
        });
        flush();
    }

    @Override
    public void whoHas(final long requestId, final int[] taskIds) {
        final byte[] ids = packed(taskIds);
        add(FIXED + ids.length, buffer -> {
            final WhoHasEncoder encoder = new WhoHasEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader)
                    .requestId(requestId)
                    .putTaskIds(ids, 0, ids.length);
            return HEADER + encoder.encodedLength();
        });
        flush();
    }

    @Override
    public void resultMissing(final int taskId, final int worker, final boolean gone) {
        add(FIXED, buffer -> {
            final ResultMissingEncoder encoder = new ResultMissingEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader)
                    .taskId(taskId)
                    .workerNumber(worker)
                    .gone((short) (gone ? 1 : 0));
            return HEADER + encoder.encodedLength();
        });
        flush();
    }

    @Override
    public void submitPublished(
            final int taskId, final int functionId, final Object payload, final String dataset, final int index) {
        final byte[] body = (byte[]) payload;
        final byte[] name = dataset.getBytes(StandardCharsets.UTF_8);
        add(FIXED + body.length + name.length, buffer -> {
            final SubmitPublishedEncoder encoder = new SubmitPublishedEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader)
                    .taskId(taskId)
                    .functionId(functionId)
                    .index(index)
                    .putPayload(body, 0, body.length)
                    .putDataset(name, 0, name.length);
            return HEADER + encoder.encodedLength();
        });
    }

    @Override
    public void callActor(
            final int taskId, final int functionId, final long actor, final int flags, final Object payload) {
        final byte[] body = (byte[]) payload;
        add(FIXED + body.length, buffer -> {
            callActor
                    .wrapAndApplyHeader(buffer, 0, boxHeader)
                    .taskId(taskId)
                    .functionId(functionId)
                    .actor(actor)
                    .flags((short) flags)
                    .putPayload(body, 0, body.length);
            return HEADER + callActor.encodedLength();
        });
    }

    @Override
    public void coordinate(final CoordinationRequest request) {
        box.awaitRoom(loop::invoke);
        CoordinationCodec.write(request, box);
        flush();
    }

    @Override
    public void info(final long requestId) {
        add(FIXED, buffer -> {
            final InfoRequestEncoder encoder = new InfoRequestEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader).requestId(requestId);
            return HEADER + encoder.encodedLength();
        });
        flush();
    }

    @Override
    public void manage(final long requestId, final String json) {
        final byte[] text = json.getBytes(StandardCharsets.UTF_8);
        add(FIXED + text.length, buffer -> {
            final ManageClusterEncoder encoder = new ManageClusterEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader)
                    .requestId(requestId)
                    .putJson(text, 0, text.length);
            return HEADER + encoder.encodedLength();
        });
        flush();
    }

    @Override
    public void askRecords(
            final long requestId, final RecordKind kind, final long since, final int limit, final String name) {
        send(RecordCodec.ask(requestId, kind, since, limit, name));
    }

    @Override
    public void event(final String topic, final String text) {
        send(RecordCodec.event(topic, text));
    }

    @Override
    public void resource(final ResourceAnswer answer) {
        send(ResourceCodec.message(answer));
    }

    private void send(final RecordCodec.Message message) {
        add(message.maxBytes(), message.writer()::write);
        flush();
    }

    @Override
    public void stopCluster() {
        add(FIXED, buffer -> {
            final StopClusterEncoder encoder = new StopClusterEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, boxHeader);
            return HEADER + encoder.encodedLength();
        });
        flush();
    }

    @Override
    public void flush() {
        loop.invoke();
    }

    @Override
    public void endHelp() {
        loop.endHelp();
    }

    @Override
    public boolean helpUntil(final BooleanSupplier done, final long deadlineNs) {
        return loop.helpUntil(done, deadlineNs);
    }

    @Override
    public void close(final String reason) {
        loop.runExclusively(() -> {
            if (!session.isClosed()) {
                box.moveTo(session.out());
                Messages.goodbye(session.out(), headerOut, true, reason);
                session.flush();
                session.end(reason);
            }
        });
        loop.close();
    }

    private static byte[] packed(final int[] values) {
        if (values.length == 0) {
            return NOTHING;
        }
        final byte[] bytes = new byte[values.length * Integer.BYTES];
        final ArrayBuffer buffer = new ArrayBuffer(bytes);
        for (int i = 0; i < values.length; i++) {
            Wire.putInt(buffer, i * Integer.BYTES, values[i]);
        }
        return bytes;
    }
}
