package io.muster.bench;

import io.muster.MusterException;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.AssignDecoder;
import io.muster.protocol.GoodbyeDecoder;
import io.muster.protocol.HeartbeatEncoder;
import io.muster.protocol.LinkKind;
import io.muster.protocol.LinkReadyEncoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RegisterWorkerEncoder;
import io.muster.protocol.RunDoneEncoder;
import io.muster.protocol.StopWorkerDecoder;
import io.muster.transport.Dialer;
import io.muster.transport.LinkFactory;
import io.muster.transport.MessageHandler;
import io.muster.transport.PendingLink;
import io.muster.transport.Session;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A worker that computes nothing: it answers every task at once with a result of no bytes. */
final class ZeroWorker implements MessageHandler {
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int FIXED = 256;
    private static final int SEND_ALONG = 1;
    private static final long RESULT_BYTES = 8;
    private static final int FINGERPRINT_BYTES = 32;
    private static final long LINK_PATIENCE_NS = 10_000_000_000L;
    private static final byte[] NOTHING = {};

    private final Dialer.Welcomed welcomed;
    private final byte[] name;
    private final Session session;
    private final long startedNs = System.nanoTime();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final AssignDecoder assign = new AssignDecoder();
    private final MessageHeaderEncoder headerOut = new MessageHeaderEncoder();
    private final RunDoneEncoder runDone = new RunDoneEncoder();
    private final HeartbeatEncoder heartbeat = new HeartbeatEncoder();
    private final LinkFactory.Guest guest;
    private @Nullable PendingLink pending;
    private boolean registered;
    private long lastHeartbeatNs;

    ZeroWorker(final Dialer.Welcomed welcomed, final LinkFactory.Guest guest, final String name) {
        this.welcomed = welcomed;
        this.guest = guest;
        this.name = name.getBytes(StandardCharsets.UTF_8);
        this.session = new Session(welcomed.tls(), this);
    }

    Session session() {
        return session;
    }

    int doWork(final long nowNs) {
        int work = registered ? 0 : progressLink(nowNs);
        work += session.poll();
        if (registered && nowNs - lastHeartbeatNs > welcomed.welcome().heartbeatNs()) {
            lastHeartbeatNs = nowNs;
            sendHeartbeat(nowNs);
        }
        return work + session.flush();
    }

    boolean prepareToPark() {
        return session.prepareToPark() && registered;
    }

    @Override
    public void onMessage(final int templateId, final ArrayBuffer message) {
        switch (templateId) {
            case AssignDecoder.TEMPLATE_ID -> {
                assign.wrapAndApplyHeader(message, 0, header);
                final long nowNs = System.nanoTime();
                runDone.wrapAndApplyHeader(session.out().begin(FIXED), 0, headerOut)
                        .runId(assign.runId())
                        .task(assign.task())
                        .sizeBytes(RESULT_BYTES)
                        .durationNs(0)
                        .inline((short) (assign.flags() & SEND_ALONG))
                        .startNs(nowNs)
                        .stopNs(nowNs)
                        .fetchStartNs(0)
                        .fetchStopNs(0)
                        .diskNs(0)
                        .thread(0)
                        .putValue(NOTHING, 0, 0);
                session.out().end(HEADER + runDone.encodedLength());
            }
            case StopWorkerDecoder.TEMPLATE_ID, GoodbyeDecoder.TEMPLATE_ID -> session.end("told to go");
            default -> {}
        }
    }

    private int progressLink(final long nowNs) {
        final PendingLink joined = pending;
        if (joined == null) {
            join();
            return 1;
        }
        if (joined.isConnected()) {
            session.attach(joined.link());
            register();
            return 1;
        }
        if (nowNs - startedNs > LINK_PATIENCE_NS) {
            throw new MusterException("the link must connect within " + LINK_PATIENCE_NS / 1_000_000_000 + " s");
        }
        return 0;
    }

    private void join() {
        final var welcome = welcomed.welcome();
        if (welcome.linkKind() != LinkKind.AERON_IPC) {
            throw new MusterException("linkKind=" + welcome.linkKind() + " must be " + LinkKind.AERON_IPC);
        }
        pending = guest.join(
                welcome.linkKind(),
                welcome.linkAddress(),
                welcome.streamToScheduler(),
                welcome.streamFromScheduler(),
                welcome.linkKey());
        final LinkReadyEncoder encoder = new LinkReadyEncoder();
        encoder.wrapAndApplyHeader(session.lifelineOut().begin(FIXED), 0, headerOut)
                .linkKind(welcome.linkKind())
                .putLinkAddress(NOTHING, 0, 0);
        session.lifelineOut().end(HEADER + encoder.encodedLength());
    }

    private void register() {
        final byte[] host = ZeroWorkers.HOST.getBytes(StandardCharsets.UTF_8);
        final RegisterWorkerEncoder encoder = new RegisterWorkerEncoder();
        encoder.wrapAndApplyHeader(session.out().begin(FIXED), 0, headerOut)
                .threads(1)
                .memoryLimitBytes(Runtime.getRuntime().maxMemory())
                .pid(ProcessHandle.current().pid())
                .port(0)
                .nanny((short) 0)
                .heldResults(0)
                .lastWorkerNumber(-1)
                .lastDeathExpected((short) 0)
                .leaveInNs(-1)
                .endInNs(-1)
                .putName(name, 0, name.length)
                .putHost(host, 0, host.length)
                .putFingerprint(new byte[FINGERPRINT_BYTES], 0, FINGERPRINT_BYTES)
                .putResources(NOTHING, 0, 0)
                .putLastDeath(NOTHING, 0, 0)
                .putLastRuns(NOTHING, 0, 0)
                .putJob(NOTHING, 0, 0)
                .putJobToken(NOTHING, 0, 0);
        session.out().end(HEADER + encoder.encodedLength());
        registered = true;
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
}
