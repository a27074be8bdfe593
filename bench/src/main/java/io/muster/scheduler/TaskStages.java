package io.muster.scheduler;

import io.muster.MusterException;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.AssignDecoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RegisterFunctionEncoder;
import io.muster.protocol.ReleaseTasksEncoder;
import io.muster.protocol.Role;
import io.muster.protocol.RunDoneEncoder;
import io.muster.protocol.SubmitTaskDecoder;
import io.muster.protocol.SubmitTaskEncoder;
import io.muster.protocol.TaskFinishedDecoder;
import io.muster.transport.Outbox;
import io.muster.transport.PeerHello;
import io.muster.transport.Session;
import io.muster.transport.TlsChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * Takes a graph of tasks that do nothing through all that is done for a task, on one thread, and tells what each stage costs. Messages,
 * sessions and core are those of a cluster; what carries the messages is left out, for it is not the same everywhere.
 */
public final class TaskStages implements AutoCloseable {
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int BATCH = 1_000;
    private static final int FIXED = 256;
    private static final long RESULT_BYTES = 8;
    private static final long FOR_EVER = Long.MAX_VALUE / 4;
    private static final int STREAM_ROWS = 10_000;
    private static final byte[] NOTHING = {};
    private static final byte[] PAYLOAD = {0};

    private final LongSupplier clock;
    private final Map<Stage, Long> spentNs = new EnumMap<>(Stage.class);
    private final List<SocketChannel> sockets = new ArrayList<>();
    private final SchedulerAgent agent;
    private final SchedulerCore core;
    private final ClientSession client;
    private final MemoryLink clientLink = new MemoryLink();
    private final List<WorkerSession> workers = new ArrayList<>();
    private final List<MemoryLink> workerLinks = new ArrayList<>();
    private final WorkerSession replayed;
    private final MemoryLink replayLink = new MemoryLink();

    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final MessageHeaderEncoder headerOut = new MessageHeaderEncoder();
    private final SubmitTaskEncoder submitTask = new SubmitTaskEncoder();
    private final SubmitTaskDecoder submitted = new SubmitTaskDecoder();
    private final AssignDecoder assign = new AssignDecoder();
    private final RunDoneEncoder runDone = new RunDoneEncoder();
    private final TaskFinishedDecoder taskFinished = new TaskFinishedDecoder();
    private final MemoryLink toScheduler = new MemoryLink();
    private final Session feeder;
    private final Outbox out;
    private int[] numbers = new int[16];
    private int nextTask;
    private int ended;
    private long sum;

    /** What is done for a task. */
    public enum Stage {
        /** The client encodes the task. */
        SUBMIT,
        /** The scheduler decodes it. */
        DECODE,
        /** The scheduler takes it into its tables, where it waits or is ready. */
        READY,
        /** The scheduler finds a worker and notes the run. */
        ASSIGN,
        /** The scheduler encodes the run. */
        ENCODE,
        /** The worker decodes the run and encodes its end; nothing is computed. */
        RUN,
        /** The scheduler decodes the end, notes it, and finds what is ready now. */
        FINISH,
        /** The client hears of results that it wants, and lets go of them; the scheduler forgets the tasks. */
        NOTIFY
    }

    /**
     * Makes a scheduler with a client and workers, all in this thread.
     *
     * @param workerCount how many workers of one thread
     * @param clock what time is measured by, in nanoseconds; best the processor time of this thread
     */
    public TaskStages(final int workerCount, final LongSupplier clock) {
        this.clock = clock;
        feeder = new Session(tls(), (templateId, message) -> {});
        feeder.attach(toScheduler);
        out = feeder.out();
        agent = new SchedulerAgent(
                new SchedulerSettings(
                        "stages",
                        1,
                        Path.of("none"),
                        "none",
                        "none",
                        3,
                        FOR_EVER,
                        true,
                        0,
                        FOR_EVER,
                        FOR_EVER,
                        FOR_EVER,
                        0,
                        0,
                        0,
                        0,
                        STREAM_ROWS,
                        0),
                null,
                List.of(),
                reason -> {});
        core = agent.core();
        client = new ClientSession(agent, core, 1, tls(), hello(Role.CLIENT));
        client.session().attach(clientLink);
        core.addClient(client.state());
        for (int i = 0; i < workerCount; i++) {
            workers.add(worker(i));
            workerLinks.add(new MemoryLink());
            workers.get(i).session().attach(workerLinks.get(i));
            register(workers.get(i), i);
        }
        replayed = worker(workerCount);
        replayed.session().attach(replayLink);
        registerFunction();
    }

    /**
     * Takes a graph through all stages; on return the scheduler has forgotten it.
     *
     * @param tasks how many tasks
     * @param inputsOf the numbers of a task's inputs, all lower than its own, and counted from 0; the caller's to change
     * @param ends the tasks that no other needs
     * @return nanoseconds of each stage
     */
    public Map<Stage, Long> run(final int tasks, final IntFunction<int[]> inputsOf, final int[] ends) {
        for (final Stage stage : Stage.values()) {
            spentNs.put(stage, 0L);
        }
        final int first = nextTask;
        ended = 0;
        int end = 0;
        for (int from = 0; from < tasks; from += BATCH) {
            final int to = Math.min(tasks, from + BATCH);
            final int[][] inputs = new int[to - from][];
            for (int i = from; i < to; i++) {
                inputs[i - from] = inputsOf.apply(i);
                for (int j = 0; j < inputs[i - from].length; j++) {
                    inputs[i - from][j] += first;
                }
            }
            long sinceNs = clock.getAsLong();
            for (int i = from; i < to; i++) {
                final boolean isEnd = end < ends.length && ends[end] == i;
                end += isEnd ? 1 : 0;
                submit(inputs[i - from], isEnd, i + 1 < tasks);
            }
            sinceNs = spent(Stage.SUBMIT, sinceNs);
            feeder.flush();
            sinceNs = clock.getAsLong();
            toScheduler.forEach(this::decode);
            final long decodedNs = clock.getAsLong() - sinceNs;
            spentNs.merge(Stage.DECODE, decodedNs, Long::sum);
            sinceNs = clock.getAsLong();
            toScheduler.forEach(client::onMessage);
            spentNs.merge(Stage.READY, clock.getAsLong() - sinceNs - decodedNs, Long::sum);
            toScheduler.clear();
            cycle();
        }
        while (cycle()) {
            notifyClient();
        }
        notifyClient();
        release(first, ends);
        if (ended != ends.length || core.edges().count() != 0) {
            throw new MusterException("ended=" + ended + " must be " + ends.length + ", edges="
                    + core.edges().count() + " must be 0");
        }
        return Map.copyOf(spentNs);
    }

    /** Has the scheduler assign what it can, and the workers answer; false when there was nothing. */
    private boolean cycle() {
        long sinceNs = clock.getAsLong();
        core.schedule();
        for (int i = 0; i < workers.size(); i++) {
            workers.get(i).endBatch();
        }
        final long assignedNs = clock.getAsLong() - sinceNs;
        boolean isAny = false;
        for (int i = 0; i < workers.size(); i++) {
            workers.get(i).session().flush();
        }
        sinceNs = clock.getAsLong();
        for (int i = 0; i < workers.size(); i++) {
            workerLinks.get(i).forEach(this::encodeAgain);
        }
        final long encodedNs = clock.getAsLong() - sinceNs;
        replayed.session().flush();
        replayLink.clear();
        sinceNs = clock.getAsLong();
        for (int i = 0; i < workers.size(); i++) {
            workerLinks.get(i).forEach(this::sum);
        }
        final long decodedNs = clock.getAsLong() - sinceNs;
        spentNs.merge(Stage.ENCODE, encodedNs - decodedNs, Long::sum);
        spentNs.merge(Stage.ASSIGN, assignedNs - encodedNs + decodedNs, Long::sum);
        for (int i = 0; i < workers.size(); i++) {
            if (workerLinks.get(i).isEmpty()) {
                continue;
            }
            isAny = true;
            sinceNs = clock.getAsLong();
            workerLinks.get(i).forEach(this::answer);
            sinceNs = spent(Stage.RUN, sinceNs);
            workerLinks.get(i).clear();
            feeder.flush();
            sinceNs = clock.getAsLong();
            toScheduler.forEach(workers.get(i).crew()::onMessage);
            spent(Stage.FINISH, sinceNs);
            toScheduler.clear();
        }
        return isAny;
    }

    private void notifyClient() {
        client.session().flush();
        final long sinceNs = clock.getAsLong();
        clientLink.forEach((templateId, message) -> {
            if (templateId == TaskFinishedDecoder.TEMPLATE_ID) {
                taskFinished.wrapAndApplyHeader(message, 0, header);
                ended++;
                sum += taskFinished.taskId() + taskFinished.workerNumber() + taskFinished.sizeBytes();
            }
        });
        spent(Stage.NOTIFY, sinceNs);
        clientLink.clear();
    }

    private void release(final int first, final int[] ends) {
        final long sinceNs = clock.getAsLong();
        final byte[] one = new byte[Integer.BYTES];
        final ArrayBuffer packed = new ArrayBuffer(one);
        final ReleaseTasksEncoder releaseTasks = new ReleaseTasksEncoder();
        for (final int end : ends) {
            Wire.putInt(packed, 0, first + end);
            releaseTasks.wrapAndApplyHeader(out.begin(FIXED), 0, headerOut).putTaskIds(one, 0, one.length);
            out.end(HEADER + releaseTasks.encodedLength());
        }
        feeder.flush();
        toScheduler.forEach(client::onMessage);
        spent(Stage.NOTIFY, sinceNs);
        toScheduler.clear();
        cycle();
    }

    private long spent(final Stage stage, final long sinceNs) {
        final long nowNs = clock.getAsLong();
        spentNs.merge(stage, nowNs - sinceNs, Long::sum);
        return nowNs;
    }

    private void submit(final int[] inputs, final boolean isWanted, final boolean moreFollow) {
        final byte[] packed = inputs.length == 0 ? NOTHING : new byte[inputs.length * Integer.BYTES];
        final ArrayBuffer packer = new ArrayBuffer(packed);
        for (int i = 0; i < inputs.length; i++) {
            Wire.putInt(packer, i * Integer.BYTES, inputs[i]);
        }
        submitTask
                .wrapAndApplyHeader(out.begin(FIXED + packed.length), 0, headerOut)
                .taskId(nextTask++)
                .functionId(0)
                .flags((short)
                        ((isWanted ? ClientRequests.WANTED : 0) | (moreFollow ? ClientRequests.MORE_OF_GRAPH : 0)))
                .putDependencies(packed, 0, packed.length)
                .putPayload(PAYLOAD, 0, PAYLOAD.length)
                .putKey(NOTHING, 0, 0);
        out.end(HEADER + submitTask.encodedLength());
    }

    /** As the scheduler's session reads it. */
    private void decode(final int templateId, final ArrayBuffer message) {
        final SubmitTaskDecoder task = submitted.wrapAndApplyHeader(message, 0, header);
        sum += task.taskId() + task.functionId() + task.flags();
        final int inputBytes = task.dependenciesLength();
        numbers = Wire.ints(message, task.limit() + SubmitTaskDecoder.dependenciesHeaderLength(), inputBytes, numbers);
        task.skipDependencies();
        final int payloadBytes = task.payloadLength();
        sum += Wire.bytes(message, task.limit() + SubmitTaskDecoder.payloadHeaderLength(), payloadBytes).length;
        task.skipPayload();
        sum += task.skipKey();
    }

    /** Encodes a run once more, for that to be measured apart. */
    private void encodeAgain(final int templateId, final ArrayBuffer message) {
        if (templateId == AssignDecoder.TEMPLATE_ID) {
            assign.wrapAndApplyHeader(message, 0, header);
            final int count = assign.inputsLength() / (Long.BYTES + Integer.BYTES);
            replayed.assign(
                    assign.runId(),
                    assign.task(),
                    assign.functionId(),
                    assign.attempt(),
                    assign.flags(),
                    new long[count],
                    new int[count],
                    PAYLOAD,
                    null);
        }
    }

    private void sum(final int templateId, final ArrayBuffer message) {
        if (templateId == AssignDecoder.TEMPLATE_ID) {
            assign.wrapAndApplyHeader(message, 0, header);
            sum += assign.runId()
                    + assign.task()
                    + assign.functionId()
                    + assign.attempt()
                    + assign.flags()
                    + assign.inputsLength();
        }
    }

    private void answer(final int templateId, final ArrayBuffer message) {
        if (templateId == AssignDecoder.TEMPLATE_ID) {
            assign.wrapAndApplyHeader(message, 0, header);
            runDone.wrapAndApplyHeader(out.begin(FIXED), 0, headerOut)
                    .runId(assign.runId())
                    .task(assign.task())
                    .sizeBytes(RESULT_BYTES)
                    .durationNs(0)
                    .inline((short) (assign.flags() & 1))
                    .startNs(1)
                    .stopNs(1)
                    .fetchStartNs(0)
                    .fetchStopNs(0)
                    .diskNs(0)
                    .thread(0)
                    .worker(0)
                    .putValue(NOTHING, 0, 0);
            out.end(HEADER + runDone.encodedLength());
        }
    }

    private void registerFunction() {
        final byte[] name = "nothing".getBytes(StandardCharsets.UTF_8);
        final RegisterFunctionEncoder encoder = new RegisterFunctionEncoder();
        encoder.wrapAndApplyHeader(out.begin(FIXED), 0, headerOut)
                .functionId(0)
                .putBody(NOTHING, 0, 0)
                .putName(name, 0, name.length);
        out.end(HEADER + encoder.encodedLength());
        feeder.flush();
        toScheduler.forEach(client::onMessage);
        toScheduler.clear();
    }

    private void register(final WorkerSession session, final int number) {
        final String name = "stage-" + number;
        BareRegistration.write(out, name, name);
        feeder.flush();
        toScheduler.forEach(session.crew()::onMessage);
        toScheduler.clear();
    }

    private WorkerSession worker(final int number) {
        return new WorkerSession(agent, core, number, tls(), hello(Role.WORKER), null);
    }

    private static PeerHello hello(final Role role) {
        return new PeerHello(role, Runtime.version().feature(), 0, "host", "user");
    }

    /** A channel that is never connected: what sessions say goes over their links. */
    private TlsChannel tls() {
        try {
            final SocketChannel socket = SocketChannel.open();
            sockets.add(socket);
            socket.configureBlocking(false);
            final SSLEngine engine = SSLContext.getDefault().createSSLEngine();
            engine.setUseClientMode(true);
            return new TlsChannel(socket, engine);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final NoSuchAlgorithmException e) {
            throw new MusterException("this Java has no TLS: " + e.getMessage(), e);
        }
    }

    /** A number that depends on all that was decoded, so that no compiler leaves it out. */
    public long sum() {
        return sum + Objects.hash(ended);
    }

    @Override
    public void close() {
        for (final SocketChannel socket : sockets) {
            try {
                socket.close();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
