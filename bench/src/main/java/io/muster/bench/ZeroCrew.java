package io.muster.bench;

import io.muster.MusterException;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.AssignDecoder;
import io.muster.protocol.ForWorkerEncoder;
import io.muster.protocol.GoodbyeDecoder;
import io.muster.protocol.HeartbeatEncoder;
import io.muster.protocol.LinkKind;
import io.muster.protocol.LinkReadyEncoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RunDoneEncoder;
import io.muster.protocol.StopWorkerDecoder;
import io.muster.scheduler.BareRegistration;
import io.muster.transport.Dialer;
import io.muster.transport.LinkFactory;
import io.muster.transport.MessageHandler;
import io.muster.transport.Outbox;
import io.muster.transport.PendingLink;
import io.muster.transport.Session;
import org.jspecify.annotations.Nullable;

/** Workers that compute nothing and share a session: they answer every task at once with a result of no bytes. */
final class ZeroCrew implements MessageHandler {
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int FIXED = 256;
    private static final int SEND_ALONG = 1;
    private static final long RESULT_BYTES = 8;
    private static final long LINK_PATIENCE_NS = 10_000_000_000L;

    /** Registrations and heartbeats are not added to more bytes than these that wait to be sent. */
    private static final int ENOUGH_BYTES = 1 << 20;

    /** As the scheduler asks of those who come when many are there. */
    private static final long HEARTBEAT_SHARE_NS = 1_000_000;

    private static final byte[] NOTHING = {};

    private final Dialer.Welcomed welcomed;
    private final int firstName;
    private final int count;
    private final long intervalNs;
    private final Session session;
    private final long startedNs = System.nanoTime();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final AssignDecoder assign = new AssignDecoder();
    private final MessageHeaderEncoder headerOut = new MessageHeaderEncoder();
    private final ForWorkerEncoder forWorkerOut = new ForWorkerEncoder();
    private final RunDoneEncoder runDone = new RunDoneEncoder();
    private final HeartbeatEncoder heartbeat = new HeartbeatEncoder();
    private final LinkFactory.Guest guest;
    private @Nullable PendingLink pending;
    private boolean isLinked;
    private int registered;
    private int speaker;
    private long beatsFromNs;
    private long beats;

    /** So many workers of a total, whose names are numbers from the first on. */
    ZeroCrew(
            final Dialer.Welcomed welcomed,
            final LinkFactory.Guest guest,
            final int firstName,
            final int count,
            final int total) {
        this.welcomed = welcomed;
        this.guest = guest;
        this.firstName = firstName;
        this.count = count;
        this.session = new Session(welcomed.tls(), this);
        final var welcome = welcomed.welcome();
        this.intervalNs = Math.max(welcome.heartbeatNs(), Math.min(welcome.fenceNs() / 3, total * HEARTBEAT_SHARE_NS));
    }

    Session session() {
        return session;
    }

    int doWork(final long nowNs) {
        int work = isLinked ? 0 : progressLink(nowNs);
        work += session.poll();
        if (isLinked && registered < count) {
            work += register(nowNs);
        }
        work += session.flush();
        if (registered == count && session.out().size() == 0) {
            beat(nowNs);
        }
        return work;
    }

    boolean prepareToPark() {
        return session.prepareToPark() && registered == count;
    }

    @Override
    public void onMessage(final int templateId, final ArrayBuffer message) {
        switch (templateId) {
            case AssignDecoder.TEMPLATE_ID -> {
                assign.wrapAndApplyHeader(message, 0, header);
                final long nowNs = System.nanoTime();
                final Outbox out = session.out();
                runDone.wrapAndApplyHeader(out.begin(FIXED), 0, headerOut)
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
                        .worker(assign.worker())
                        .putValue(NOTHING, 0, 0);
                out.end(HEADER + runDone.encodedLength());
            }
            case StopWorkerDecoder.TEMPLATE_ID, GoodbyeDecoder.TEMPLATE_ID -> session.end("told to go");
            default -> {}
        }
    }

    private Outbox outOf(final int worker) {
        final Outbox out = session.out();
        if (speaker != worker) {
            speaker = worker;
            forWorkerOut.wrapAndApplyHeader(out.begin(FIXED), 0, headerOut).index(worker);
            out.end(HEADER + forWorkerOut.encodedLength());
        }
        return out;
    }

    private int progressLink(final long nowNs) {
        final PendingLink joined = pending;
        if (joined == null) {
            join();
            return 1;
        }
        if (joined.isConnected()) {
            session.attach(joined.link());
            isLinked = true;
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

    private int register(final long nowNs) {
        final int before = registered;
        while (registered < count && session.out().size() < ENOUGH_BYTES) {
            register(registered++);
        }
        beatsFromNs = nowNs;
        return registered - before;
    }

    private void register(final int worker) {
        BareRegistration.write(outOf(worker), "zero-" + (firstName + worker), ZeroWorkers.HOST);
    }

    /** Each worker says once in a heartbeat's time that it is there, one after the other; as with real ones, nobody is woken for it. */
    private void beat(final long nowNs) {
        final long due = (long) ((double) (nowNs - beatsFromNs) / intervalNs * count);
        while (beats < due && session.out().size() < ENOUGH_BYTES) {
            sendHeartbeat((int) (beats++ % count), nowNs);
        }
        if (session.out().size() > 0) {
            session.flushQuietly();
        }
    }

    private void sendHeartbeat(final int worker, final long nowNs) {
        final Outbox out = outOf(worker);
        heartbeat
                .wrapAndApplyHeader(out.begin(FIXED), 0, headerOut)
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
        out.end(HEADER + heartbeat.encodedLength());
    }
}
