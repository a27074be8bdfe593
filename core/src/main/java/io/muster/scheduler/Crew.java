package io.muster.scheduler;

import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.ForWorkerDecoder;
import io.muster.protocol.ForWorkerEncoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RunDoneDecoder;
import io.muster.transport.MessageHandler;
import io.muster.transport.Outbox;
import io.muster.transport.PeerHello;
import io.muster.transport.ProtocolException;
import io.muster.transport.Session;
import io.muster.transport.TlsChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The workers behind one session. Nearly always that is one; a process may stand for more, which share its session: a message before
 * theirs says whose they are, in both directions. The session ends with the first of them.
 */
final class Crew implements MessageHandler {
    /*
     * What comes with every task, runs and their ends and what is to be dropped, is read and written here, with arrays by the worker's
     * index: a WorkerSession is not looked at. With 100,000 workers none is in a cache when its turn comes, while arrays are read ahead.
     */
    /** How many workers a process may stand for. */
    private static final int MAX = 1 << 20;

    private static final byte[] NOTHING = {};

    /** What is sent at once, in the middle of a batch, so that it is still in a cache and the outbox need not grow. */
    private static final int ENOUGH_BYTES = 256 << 10;

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
    private long[] heardNs = new long[1];

    /** What is to be added to each worker's times. */
    private long[] offsetNs = new long[1];

    /** Those that are registered. */
    private @Nullable WorkerState[] states = new WorkerState[1];

    private final Queue<WorkerSession> ended = new ArrayDeque<>(1);
    private int speaker;
    private int lastDone;
    private int readUpTo;
    private int addressee;
    private int flushAt = ENOUGH_BYTES;
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
        int index = speaker;
        if (templateId == RunDoneDecoder.TEMPLATE_ID) {
            codecs.runDone.wrapAndApplyHeader(message, 0, codecs.header);
            index = within(codecs.runDone.worker(), workers.size() - 1);
            if (agent.core().state().readAhead.isDue()) {
                readAhead(index);
            }
            final WorkerState state = states[index];
            if (state != null && !state.gone) {
                onRunDone(state, index, message);
                return;
            }
        }
        final WorkerSession worker = workers.get(index);
        if (worker != null) {
            worker.onMessage(templateId, message);
        }
    }

    /** A worker's run ended. */
    private void onRunDone(final WorkerState worker, final int index, final ArrayBuffer message) {
        heardNs[index] = agent.nowNs();
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
                        offsetNs[index],
                        agent.nowNs(),
                        codecs.runDone.thread(),
                        codecs.runDone.startNs(),
                        codecs.runDone.stopNs(),
                        codecs.runDone.fetchStartNs(),
                        codecs.runDone.fetchStopNs(),
                        codecs.runDone.diskNs());
        if (codecs.runDone.fetchStartNs() != 0) {
            agent.core()
                    .fetched(
                            worker,
                            codecs.runDone.runId(),
                            codecs.runDone.task(),
                            codecs.runDone.fetchStopNs() - codecs.runDone.fetchStartNs());
        }
        agent.core()
                .runDone(
                        worker,
                        codecs.runDone.runId(),
                        codecs.runDone.task(),
                        codecs.runDone.sizeBytes(),
                        codecs.runDone.durationNs(),
                        inline,
                        inline ? codecs.inlineValue : null);
    }

    /** Where results come from one worker after the other, those that are next are read ahead. */
    private void readAhead(final int index) {
        if (index != lastDone + 1) {
            readUpTo = index + 1;
        } else if (index >= readUpTo) {
            readUpTo = Math.min(index + ReadAhead.COUNT, states.length);
            for (int i = index; i < readUpTo; i++) {
                agent.core().state().readAhead.worker(states[i]);
            }
        }
        lastDone = index;
    }

    private int within(final int index, final int last) {
        if (index < 0 || index > last || index >= MAX) {
            throw new ProtocolException("worker index=" + index + " must be in [0, " + last + "], as workers="
                    + workers.size() + " of this session, and < " + MAX);
        }
        return index;
    }

    private void speaks(final int index) {
        within(index, workers.size());
        if (index == workers.size()) {
            if (index == states.length) {
                states = Arrays.copyOf(states, 2 * index);
                heardNs = Arrays.copyOf(heardNs, 2 * index);
                offsetNs = Arrays.copyOf(offsetNs, 2 * index);
            }
            workers.add(agent.joins(this, index, hello));
        }
        speaker = index;
        heardNs[index] = agent.nowNs();
    }

    void registered(final int index, final WorkerState state) {
        states[index] = state;
    }

    /** When a worker was heard of last. */
    long heardNs(final int index) {
        return heardNs[index];
    }

    void heard(final int index, final long nowNs) {
        heardNs[index] = nowNs;
    }

    /** What is to be added to a worker's times. */
    long offsetNs(final int index) {
        return offsetNs[index];
    }

    void offset(final int index, final long ns) {
        offsetNs[index] = ns;
    }

    /** Where to put the next message for a worker. */
    Outbox outFor(final int index) {
        final Outbox out = outWithRoom();
        if (addressee != index) {
            addressee = index;
            forWorkerOut
                    .wrapAndApplyHeader(out.begin(HEADER + ForWorkerEncoder.BLOCK_LENGTH), 0, codecs.headerOut)
                    .index(index);
            out.end(HEADER + forWorkerOut.encodedLength());
        }
        return out;
    }

    /** Where to put the next message that says itself whose it is. */
    private Outbox outWithRoom() {
        final Outbox out = session.out();
        if (out.size() >= flushAt) {
            session.flush();
            flushAt = out.size() + ENOUGH_BYTES;
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

    /** Gives a worker a run. */
    void assign(
            final int index,
            final long runId,
            final long task,
            final long functionId,
            final int attempt,
            final int flags,
            final long[] inputs,
            final int[] holders,
            final byte[] payload,
            final @Nullable String key) {
        writeFreed();
        if (!touched.isEmpty()) {
            Objects.requireNonNull(workers.get(index)).writeRecalled();
        }
        final byte[] text = key == null ? NOTHING : key.getBytes(StandardCharsets.UTF_8);
        final int inputBytes = inputs.length * (Long.BYTES + Integer.BYTES);
        final Outbox out = outWithRoom();
        final ArrayBuffer buffer = out.begin(FIXED + inputBytes + payload.length + text.length);
        codecs.assign
                .wrapAndApplyHeader(buffer, 0, codecs.headerOut)
                .runId(runId)
                .task(task)
                .functionId(functionId)
                .attempt(attempt)
                .flags((short) flags)
                .worker(index);
        makePackerHold(inputBytes);
        for (int i = 0; i < inputs.length; i++) {
            Wire.putLong(packer, 12 * i, inputs[i]);
            Wire.putInt(packer, 12 * i + 8, holders[i]);
        }
        codecs.assign.putInputs(packed, 0, inputBytes);
        codecs.assign.putPayload(payload, 0, payload.length).putKey(text, 0, text.length);
        out.end(HEADER + codecs.assign.encodedLength());
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

    /** Puts what is to be dropped into the outbox: for all workers in one message. */
    void writeFreed() {
        if (freedCount == 0) {
            return;
        }
        final boolean areMany = workers.size() > 1;
        final int taskBytes = freedCount * Long.BYTES;
        final int workerBytes = areMany ? freedCount * Integer.BYTES : 0;
        makePackerHold(taskBytes + workerBytes);
        for (int i = 0; i < freedCount; i++) {
            Wire.putLong(packer, i * Long.BYTES, freed[i]);
        }
        for (int i = 0; i < workerBytes / Integer.BYTES; i++) {
            Wire.putInt(packer, taskBytes + i * Integer.BYTES, freedOf[i]);
        }
        final Outbox out = outWithRoom();
        codecs.freeResults
                .wrapAndApplyHeader(out.begin(FIXED + taskBytes + workerBytes), 0, codecs.headerOut)
                .putTasks(packed, 0, taskBytes)
                .putWorkers(packed, taskBytes, workerBytes);
        out.end(HEADER + codecs.freeResults.encodedLength());
        freedCount = 0;
        if (freed.length > MAX_KEPT) {
            freed = new long[FEW];
            freedOf = new int[FEW];
        }
    }

    /** Numbers are put side by side there before they go into a message. */
    private void makePackerHold(final int length) {
        if (packed.length < length) {
            packed = new byte[2 * length];
            packer.wrap(packed);
        }
    }

    /** Sends what is there, and then, without waking the process for it, the answers to heartbeats. */
    int flush() {
        writeFreed();
        for (int i = 0; i < touched.size(); i++) {
            touched.get(i).endBatch();
        }
        int bytes = session.flush();
        flushAt = session.out().size() + ENOUGH_BYTES;
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
            states[index] = null;
            ended.add(worker);
        }
    }

    /** One that is gone since the last call, or null. */
    @Nullable
    WorkerSession nextEnded() {
        return ended.poll();
    }
}
