package io.muster.scheduler;

import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.ForWorkerDecoder;
import io.muster.protocol.ForWorkerEncoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.transport.MessageHandler;
import io.muster.transport.Outbox;
import io.muster.transport.PeerHello;
import io.muster.transport.ProtocolException;
import io.muster.transport.Session;
import io.muster.transport.TlsChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The workers behind one session. Nearly always that is one; a process may stand for more, which share its session: a message before
 * theirs says whose they are, in both directions. The session ends with the first of them.
 */
final class Crew implements MessageHandler {
    /** How many workers a process may stand for. */
    private static final int MAX = 1 << 20;

    private static final int FEW = 16;
    private static final int MAX_KEPT = 1 << 20;
    private static final int FIXED = 96;
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;

    private final SchedulerAgent agent;
    private final PeerHello hello;
    private final Session session;
    private final WorkerCodecs codecs = new WorkerCodecs();
    private final ForWorkerDecoder forWorker = new ForWorkerDecoder();
    private final ForWorkerEncoder forWorkerOut = new ForWorkerEncoder();
    private final List<@Nullable WorkerSession> workers = new ArrayList<>(1);
    private final List<WorkerSession> touched = new ArrayList<>(1);
    private final Queue<WorkerSession> ended = new ArrayDeque<>(1);
    private int speaker;
    private int addressee;
    private int[] freedOf = new int[FEW];
    private long[] freed = new long[FEW];
    private int freedCount;
    private byte[] packed = {};
    private final ArrayBuffer packer = new ArrayBuffer(packed);

    Crew(final SchedulerAgent agent, final TlsChannel tls, final PeerHello hello) {
        this.agent = agent;
        this.hello = hello;
        this.session = new Session(tls, this);
    }

    Session session() {
        return session;
    }

    WorkerCodecs codecs() {
        return codecs;
    }

    /** The next one joins. */
    void add(final WorkerSession worker) {
        workers.add(worker);
    }

    /** Those that are there, the first one first. */
    List<WorkerSession> workers() {
        final List<WorkerSession> there = new ArrayList<>(workers.size());
        for (final WorkerSession worker : workers) {
            if (worker != null) {
                there.add(worker);
            }
        }
        return there;
    }

    /** What was said by a worker that is gone since is dropped. */
    @Override
    public void onMessage(final int templateId, final ArrayBuffer message) {
        if (templateId == ForWorkerDecoder.TEMPLATE_ID) {
            forWorker.wrapAndApplyHeader(message, 0, codecs.header);
            speaks(forWorker.index());
            return;
        }
        final WorkerSession worker = workers.get(speaker);
        if (worker != null) {
            worker.onMessage(templateId, message);
        }
    }

    private void speaks(final int index) {
        if (index < 0 || index > workers.size() || index >= MAX) {
            throw new ProtocolException("worker index=" + index + " must be >= 0, <= workers=" + workers.size()
                    + " of this session and < " + MAX);
        }
        if (index == workers.size()) {
            workers.add(agent.joins(this, index, hello));
        }
        speaker = index;
        final WorkerSession worker = workers.get(index);
        if (worker != null) {
            worker.heard(agent.nowNs());
        }
    }

    /** Where to put the next message for a worker. */
    Outbox outFor(final int index) {
        final Outbox out = session.out();
        if (addressee != index) {
            addressee = index;
            forWorkerOut
                    .wrapAndApplyHeader(out.begin(HEADER + ForWorkerEncoder.BLOCK_LENGTH), 0, codecs.headerOut)
                    .index(index);
            out.end(HEADER + forWorkerOut.encodedLength());
        }
        return out;
    }

    /** A worker has something to send that is not in the outbox yet. */
    void touch(final WorkerSession worker) {
        if (!worker.isTouched) {
            worker.isTouched = true;
            touched.add(worker);
        }
    }

    /** A worker is to drop a result: told together with others, before anything else that may speak of them. */
    void free(final int index, final long task) {
        if (freedCount == freed.length) {
            freed = Arrays.copyOf(freed, 2 * freedCount);
            freedOf = Arrays.copyOf(freedOf, 2 * freedCount);
        }
        freed[freedCount] = task;
        freedOf[freedCount++] = index;
    }

    /** Puts what is to be dropped into the outbox. */
    void writeFreed() {
        int at = 0;
        while (at < freedCount) {
            final int index = freedOf[at];
            int next = at + 1;
            while (next < freedCount && freedOf[next] == index) {
                next++;
            }
            writeFreed(index, at, next);
            at = next;
        }
        freedCount = 0;
        if (freed.length > MAX_KEPT) {
            freed = new long[FEW];
            freedOf = new int[FEW];
        }
    }

    private void writeFreed(final int index, final int from, final int to) {
        final int length = (to - from) * Long.BYTES;
        if (packed.length < length) {
            packed = new byte[2 * length];
            packer.wrap(packed);
        }
        for (int i = from; i < to; i++) {
            Wire.putLong(packer, (i - from) * Long.BYTES, freed[i]);
        }
        final Outbox out = outFor(index);
        codecs.freeResults
                .wrapAndApplyHeader(out.begin(FIXED + length), 0, codecs.headerOut)
                .putTasks(packed, 0, length);
        out.end(HEADER + codecs.freeResults.encodedLength());
    }

    /** Sends what is there, and then, without waking the process for it, the answers to heartbeats. */
    int flush() {
        if (freedCount > 0) {
            writeFreed();
        }
        for (int i = 0; i < touched.size(); i++) {
            touched.get(i).endBatch();
        }
        int bytes = session.flush();
        if (!touched.isEmpty() && session.out().size() == 0) {
            for (int i = 0; i < touched.size(); i++) {
                final WorkerSession worker = touched.get(i);
                worker.isTouched = false;
                worker.acknowledge();
            }
            touched.clear();
            if (session.out().size() > 0) {
                bytes += session.flushQuietly();
            }
        }
        return bytes;
    }

    /** A worker is gone, though not the process. */
    void left(final int index) {
        final WorkerSession worker = workers.get(index);
        if (worker != null) {
            workers.set(index, null);
            ended.add(worker);
        }
    }

    /** One that is gone since the last call, or null. */
    @Nullable
    WorkerSession nextEnded() {
        return ended.poll();
    }
}
