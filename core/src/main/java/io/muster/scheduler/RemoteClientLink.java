package io.muster.scheduler;

import io.muster.MusterException;
import io.muster.data.BulkClient;
import io.muster.data.DataPlane;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.CancelTasksEncoder;
import io.muster.protocol.GoodbyeDecoder;
import io.muster.protocol.HeartbeatEncoder;
import io.muster.protocol.InfoReplyDecoder;
import io.muster.protocol.InfoRequestEncoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RegisterFunctionEncoder;
import io.muster.protocol.ReleaseTasksEncoder;
import io.muster.protocol.ResultMissingEncoder;
import io.muster.protocol.Role;
import io.muster.protocol.ScatterTaskEncoder;
import io.muster.protocol.ScatterToDecoder;
import io.muster.protocol.StopClusterEncoder;
import io.muster.protocol.SubmitTaskEncoder;
import io.muster.protocol.TaskCancelledDecoder;
import io.muster.protocol.TaskErredDecoder;
import io.muster.protocol.TaskFinishedDecoder;
import io.muster.protocol.WorkerDownDecoder;
import io.muster.protocol.WorkerUpDecoder;
import io.muster.security.SchedulerFile;
import io.muster.serialize.Serializer;
import io.muster.transport.Dialer;
import io.muster.transport.EventLoop;
import io.muster.transport.HostId;
import io.muster.transport.MessageHandler;
import io.muster.transport.PeerHello;
import io.muster.transport.ProtocolException;
import io.muster.transport.Session;
import io.muster.transport.SharedOutbox;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's way to a scheduler in another process: messages over TLS, results straight from the workers. */
public final class RemoteClientLink implements ClientLink {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteClientLink.class);

    private final Dialer.Welcomed welcomed;
    private final BulkClient dataPlane;
    private final Serializer serializer = Serializer.standard();
    private @Nullable Conversation conversation;

    private RemoteClientLink(final Dialer.Welcomed welcomed, final SchedulerFile file) {
        this.welcomed = welcomed;
        this.dataPlane = new BulkClient("client", file.secret(), serializer);
    }

    /**
     * Connects to the scheduler that wrote a file, waiting for the file if need be.
     *
     * @param schedulerFile the file
     * @param timeout for everything
     * @return the link
     * @throws MusterException if it can't be, with the reason
     */
    public static RemoteClientLink connect(final Path schedulerFile, final Duration timeout) {
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        final SchedulerFile file = SchedulerFile.await(schedulerFile, timeout);
        return connect(file, file.address(), Duration.ofNanos(Math.max(1_000_000, deadlineNs - System.nanoTime())));
    }

    /**
     * Connects to a scheduler by another address than its file says, as through a tunnel.
     *
     * @param address {@code tcp://host:port}
     * @param secretFile the scheduler file, for the secret and the certificate
     * @param timeout for everything
     * @return the link
     * @throws MusterException if it can't be, with the reason
     */
    public static RemoteClientLink connect(final String address, final Path secretFile, final Duration timeout) {
        return connect(SchedulerFile.read(secretFile), address, timeout);
    }

    private static RemoteClientLink connect(final SchedulerFile file, final String address, final Duration timeout) {
        final PeerHello hello = new PeerHello(
                Role.CLIENT,
                Runtime.version().feature(),
                0,
                HostId.current(),
                String.valueOf(System.getProperty("user.name")));
        final Dialer.Welcomed welcomed = Dialer.dial(
                socketAddress(address), file.fingerprintBytes(), file.secret(), file.clusterId(), hello, timeout);
        return new RemoteClientLink(welcomed, file);
    }

    /**
     * Reads an address.
     *
     * @param address {@code tcp://host:port}
     * @return the same for a socket, not looked up
     * @throws MusterException if it is none
     */
    public static InetSocketAddress socketAddress(final String address) {
        try {
            final URI uri = URI.create(address);
            if ("tcp".equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() > 0) {
                final String host = uri.getHost();
                return InetSocketAddress.createUnresolved(
                        host.startsWith("[") ? host.substring(1, host.length() - 1) : host, uri.getPort());
            }
        } catch (final IllegalArgumentException e) {
            throw new MusterException("address=" + address + " must be tcp://host:port", e);
        }
        throw new MusterException("address=" + address + " must be tcp://host:port");
    }

    @Override
    public ClientRequests open(final ClientEvents events) {
        final Conversation opened = new Conversation(events);
        conversation = opened;
        opened.start();
        return opened;
    }

    @Override
    public DataPlane dataPlane() {
        return dataPlane;
    }

    @Override
    public Serializer serializer() {
        return serializer;
    }

    @Override
    public void close() {
        if (conversation != null) {
            conversation.close("the client closed");
        }
        dataPlane.close();
    }

    /** The client's side of its session: proxy for what it says, adapter for what it hears. */
    private final class Conversation implements ClientRequests, MessageHandler, EventLoop.Agent {
        private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
        private static final int FIXED = 96;
        private static final long SPIN_NS = 50_000;

        /** A client's lease is long, so it shows that it lives ten times less often than a worker. */
        private static final long HEARTBEATS_APART = 10;

        private static final byte[] NOTHING = {};

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
        private final ReleaseTasksEncoder releaseTasks = new ReleaseTasksEncoder();
        private final HeartbeatEncoder heartbeat = new HeartbeatEncoder();
        private long lastHeartbeatNs = System.nanoTime();
        private String farewell = "";
        private boolean told;

        Conversation(final ClientEvents events) {
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
            if (nowNs - lastHeartbeatNs > HEARTBEATS_APART * welcomed.welcome().heartbeatNs()) {
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
                            taskFinished.taskId(),
                            taskFinished.workerNumber(),
                            taskFinished.sizeBytes(),
                            inline,
                            value);
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
                case WorkerUpDecoder.TEMPLATE_ID -> {
                    final var address = Messages.address(workerUp.wrapAndApplyHeader(message, 0, header));
                    dataPlane.workerUp(address);
                    events.workerUp(address);
                }
                case WorkerDownDecoder.TEMPLATE_ID -> {
                    workerDown.wrapAndApplyHeader(message, 0, header);
                    final int worker = workerDown.workerNumber();
                    dataPlane.workerDown(worker);
                    events.workerDown(worker, workerDown.reason());
                }
                case InfoReplyDecoder.TEMPLATE_ID -> {
                    infoReply.wrapAndApplyHeader(message, 0, header);
                    events.infoReply(infoReply.requestId(), infoReply.json());
                }
                case GoodbyeDecoder.TEMPLATE_ID -> {
                    goodbye.wrapAndApplyHeader(message, 0, header);
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
            return welcomed.welcome().peerNumber();
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
                final int userPriority,
                final int retries,
                final int flags,
                final int[] dependencies,
                final Object payload,
                final @Nullable String key,
                final List<String> workers) {
            final byte[] body = (byte[]) payload;
            final byte[] name = key == null ? NOTHING : key.getBytes(StandardCharsets.UTF_8);
            final byte[] places =
                    workers.isEmpty() ? NOTHING : String.join("\n", workers).getBytes(StandardCharsets.UTF_8);
            final byte[] inputs = packed(dependencies);
            add(FIXED + inputs.length + body.length + name.length + places.length, buffer -> {
                submitTask
                        .wrapAndApplyHeader(buffer, 0, boxHeader)
                        .taskId(taskId)
                        .functionId(functionId)
                        .userPriority(userPriority)
                        .retries(Math.min(retries, Short.MAX_VALUE))
                        .flags((short) flags)
                        .putDependencies(inputs, 0, inputs.length)
                        .putPayload(body, 0, body.length)
                        .putKey(name, 0, name.length)
                        .putWorkers(places, 0, places.length);
                return HEADER + submitTask.encodedLength();
            });
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
        public void cancel(final int[] taskIds, final boolean force) {
            final byte[] ids = packed(taskIds);
            add(FIXED + ids.length, buffer -> {
                final CancelTasksEncoder encoder = new CancelTasksEncoder();
                encoder.wrapAndApplyHeader(buffer, 0, boxHeader)
                        .force((short) (force ? 1 : 0))
                        .putTaskIds(ids, 0, ids.length);
                return HEADER + encoder.encodedLength();
            });
            flush();
        }

        @Override
        public void scatter(
                final int taskId, final long sizeBytes, final @Nullable String key, final List<String> workers) {
            final byte[] name = key == null ? NOTHING : key.getBytes(StandardCharsets.UTF_8);
            final byte[] places =
                    workers.isEmpty() ? NOTHING : String.join("\n", workers).getBytes(StandardCharsets.UTF_8);
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
        public void info(final long requestId) {
            add(FIXED, buffer -> {
                final InfoRequestEncoder encoder = new InfoRequestEncoder();
                encoder.wrapAndApplyHeader(buffer, 0, boxHeader).requestId(requestId);
                return HEADER + encoder.encodedLength();
            });
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

    /** For messages: the scheduler's answer. */
    @Override
    public String toString() {
        return "link of client " + Objects.requireNonNull(welcomed).welcome().peerNumber();
    }
}
