package io.muster.scheduler;

import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.CallActorEncoder;
import io.muster.protocol.CancelTasksEncoder;
import io.muster.protocol.CommitRequestEncoder;
import io.muster.protocol.CoordinationOperation;
import io.muster.protocol.CoordinationRequestEncoder;
import io.muster.protocol.DrainingEncoder;
import io.muster.protocol.ForWorkerEncoder;
import io.muster.protocol.GoodbyeEncoder;
import io.muster.protocol.HeartbeatEncoder;
import io.muster.protocol.InfoRequestEncoder;
import io.muster.protocol.InputMissingEncoder;
import io.muster.protocol.InventoryEncoder;
import io.muster.protocol.KnownRunsEncoder;
import io.muster.protocol.LongRunningEncoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RebalanceEncoder;
import io.muster.protocol.RegisterFunctionEncoder;
import io.muster.protocol.RegisterWorkerEncoder;
import io.muster.protocol.ReleaseTasksEncoder;
import io.muster.protocol.ReplicaFailedEncoder;
import io.muster.protocol.ReplicaStoredEncoder;
import io.muster.protocol.ReplicateTasksEncoder;
import io.muster.protocol.RestartEncoder;
import io.muster.protocol.ResultMissingEncoder;
import io.muster.protocol.RetryTasksEncoder;
import io.muster.protocol.RunDoneEncoder;
import io.muster.protocol.RunFailedEncoder;
import io.muster.protocol.RunsTakenBackEncoder;
import io.muster.protocol.ScatterTaskEncoder;
import io.muster.protocol.SubmitPublishedEncoder;
import io.muster.protocol.SubmitTaskEncoder;
import io.muster.protocol.TaskTermsEncoder;
import io.muster.protocol.WhoHasEncoder;
import io.muster.transport.RawPeer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.sbe.MessageEncoderFlyweight;

/** What clients and workers say to a scheduler, framed. */
final class Said {
    private static final byte[] NOTHING = {};

    private static final int HOLDER_BYTES = 5;

    private Said() {}

    static byte[] registerFunction(final long functionId) {
        return RawPeer.framed(buffer -> {
            final RegisterFunctionEncoder message = new RegisterFunctionEncoder();
            return length(message.wrapAndApplyHeader(buffer, 0, header())
                    .functionId(functionId)
                    .putBody(NOTHING, 0, 0)
                    .name("f"));
        });
    }

    static byte[] submit(final int taskId, final int functionId, final int... dependencies) {
        return submit(taskId, functionId, ClientRequests.WANTED, dependencies, NOTHING);
    }

    static byte[] submitActor(final int taskId, final int functionId) {
        return submit(taskId, functionId, ClientRequests.WANTED | ClientRequests.ACTOR, new int[0], NOTHING);
    }

    static byte[] submitWith(final int taskId, final byte... payload) {
        return submit(taskId, 0, ClientRequests.WANTED, new int[0], payload);
    }

    private static byte[] submit(
            final int taskId, final int functionId, final int flags, final int[] dependencies, final byte[] payload) {
        return RawPeer.framed(buffer -> length(new SubmitTaskEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .taskId(taskId)
                .functionId(functionId)
                .flags((short) flags)
                .putDependencies(packed(dependencies), 0, 4 * dependencies.length)
                .putPayload(payload, 0, payload.length)
                .key("")));
    }

    static byte[] terms(final int priority, final int retries, final String workers, final String resources) {
        return RawPeer.framed(buffer -> length(new TaskTermsEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .priority(priority)
                .retries(retries)
                .parent(TaskTerms.NO_PARENT)
                .expectedUs(0)
                .workers(workers)
                .resources(resources)));
    }

    static byte[] coordinate(
            final CoordinationOperation operation, final long requestId, final long run, final long task) {
        return RawPeer.framed(buffer -> length(new CoordinationRequestEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .requestId(requestId)
                .runId(run)
                .task(task)
                .token(1)
                .amount(1)
                .operation(operation)
                .mayWait((short) 1)
                .name("n")
                .putValue(new byte[] {0, 0, 0, 0}, 0, 4)));
    }

    static byte[] submitPublished(final int taskId) {
        return RawPeer.framed(buffer -> length(new SubmitPublishedEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .taskId(taskId)
                .functionId(0)
                .index(0)
                .putPayload(NOTHING, 0, 0)
                .dataset("n")));
    }

    static byte[] callActor(final int taskId, final long actor, final boolean wanted) {
        return RawPeer.framed(buffer -> length(new CallActorEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .taskId(taskId)
                .functionId(0)
                .actor(actor)
                .flags((short) (wanted ? 1 : 0))
                .putPayload(new byte[] {1, 2}, 0, 2)));
    }

    static byte[] release(final int... taskIds) {
        return RawPeer.framed(buffer -> length(new ReleaseTasksEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .putTaskIds(packed(taskIds), 0, 4 * taskIds.length)));
    }

    static byte[] cancel(final int... taskIds) {
        return RawPeer.framed(buffer -> length(new CancelTasksEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .force((short) 0)
                .interrupt((short) 1)
                .putTaskIds(packed(taskIds), 0, 4 * taskIds.length)));
    }

    static byte[] retry(final int... taskIds) {
        return RawPeer.framed(buffer -> length(new RetryTasksEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .putTaskIds(packed(taskIds), 0, 4 * taskIds.length)));
    }

    static byte[] restart() {
        return RawPeer.framed(buffer -> length(
                new RestartEncoder().wrapAndApplyHeader(buffer, 0, header()).requestId(2)));
    }

    static byte[] longRunning(final long runId, final long task) {
        return RawPeer.framed(buffer -> length(new LongRunningEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .runId(runId)
                .task(task)
                .seceded((short) 1)));
    }

    static byte[] commitRequest(final long runId, final long task) {
        return RawPeer.framed(buffer -> length(new CommitRequestEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .runId(runId)
                .task(task)));
    }

    static byte[] scatter(final int taskId) {
        return RawPeer.framed(buffer -> length(new ScatterTaskEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .taskId(taskId)
                .sizeBytes(100)
                .key("")
                .workers("")));
    }

    static byte[] resultMissing(final int taskId, final int worker) {
        return RawPeer.framed(buffer -> length(new ResultMissingEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .taskId(taskId)
                .workerNumber(worker)
                .gone((short) 1)));
    }

    static byte[] replicate(final int copies, final int... taskIds) {
        return RawPeer.framed(buffer -> length(new ReplicateTasksEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .copies(copies)
                .putTaskIds(packed(taskIds), 0, 4 * taskIds.length)));
    }

    static byte[] rebalance(final int... taskIds) {
        return RawPeer.framed(buffer -> length(new RebalanceEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .requestId(3)
                .putTaskIds(packed(taskIds), 0, 4 * taskIds.length)));
    }

    static byte[] whoHas(final int... taskIds) {
        return RawPeer.framed(buffer -> length(new WhoHasEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .requestId(4)
                .putTaskIds(packed(taskIds), 0, 4 * taskIds.length)));
    }

    static byte[] infoRequest() {
        return RawPeer.framed(buffer -> length(
                new InfoRequestEncoder().wrapAndApplyHeader(buffer, 0, header()).requestId(1)));
    }

    static byte[] heartbeat() {
        return RawPeer.framed(buffer -> length(new HeartbeatEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .sentNs(1)
                .runningTasks(0)
                .readyTasks(0)
                .storedBytes(0)
                .heapUsedBytes(0)
                .residentBytes(0)
                .cpuPerMille(0)
                .putRunningRuns(NOTHING, 0, 0)));
    }

    static byte[] goodbye() {
        return RawPeer.framed(buffer -> length(new GoodbyeEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .expected((short) 1)
                .reason("enough")));
    }

    static byte[] registerWorker(final int threads) {
        return registerWorker(threads, "gpu=1\nlicence=0.5", -1, -1);
    }

    static byte[] registerWorker(final int threads, final String resources, final long leaveInNs, final long endInNs) {
        return RawPeer.framed(buffer -> length(new RegisterWorkerEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .threads(threads)
                .memoryLimitBytes(1 << 30)
                .pid(1)
                .port(1234)
                .nanny((short) 1)
                .heldResults(0)
                .lastWorkerNumber(0)
                .lastDeathExpected((short) 0)
                .leaveInNs(leaveInNs)
                .endInNs(endInNs)
                .name("w")
                .host("127.0.0.1")
                .putFingerprint(new byte[32], 0, 32)
                .resources(resources)
                .lastDeath("exit code 3")
                .putLastRuns(packed(1L, 2L), 0, 16)
                .job("17_3")
                .jobToken("t-1")));
    }

    static byte[] inventory(final long... tasksAndSizes) {
        return RawPeer.framed(buffer -> length(new InventoryEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .putResults(packed(tasksAndSizes), 0, 8 * tasksAndSizes.length)));
    }

    /** Runs that a worker has, all of them running. */
    static byte[] knownRuns(final long... runs) {
        final byte[] marked = new byte[9 * runs.length];
        for (int i = 0; i < runs.length; i++) {
            Wire.putLong(new ArrayBuffer(marked), 9 * i, runs[i]);
            marked[9 * i + 8] = 2;
        }
        return RawPeer.framed(buffer -> length(new KnownRunsEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .total(runs.length)
                .putOldest(marked, 0, marked.length)));
    }

    static byte[] runDone(final long runId, final long task) {
        return runDone(0, runId, task);
    }

    static byte[] runDone(final int worker, final long runId, final long task) {
        return RawPeer.framed(buffer -> length(new RunDoneEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .runId(runId)
                .task(task)
                .sizeBytes(10)
                .durationNs(1000)
                .inline((short) 1)
                .startNs(1)
                .stopNs(1001)
                .fetchStartNs(1)
                .fetchStopNs(2)
                .diskNs(1)
                .thread(0)
                .worker(worker)
                .putValue(new byte[10], 0, 10)));
    }

    static byte[] message(final RecordCodec.Message message) {
        return RawPeer.framed(buffer -> message.writer().write(buffer));
    }

    static byte[] runFailed(final long runId, final long task) {
        return RawPeer.framed(buffer -> length(new RunFailedEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .runId(runId)
                .task(task)
                .durationNs(1000)
                .unknown((short) 0)
                .startNs(1)
                .stopNs(1001)
                .fetchStartNs(1)
                .fetchStopNs(2)
                .diskNs(1)
                .thread(0)
                .putFailure(new byte[4], 0, 4)));
    }

    static byte[] inputMissing(final long runId, final long task, final long input, final int holder) {
        return RawPeer.framed(buffer -> length(new InputMissingEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .runId(runId)
                .task(task)
                .input(input)
                .putHolders(gone(holder), 0, HOLDER_BYTES)));
    }

    static byte[] runTakenBack(final long runId) {
        final byte[] pair = new byte[Wire.MARKED_LONG];
        Wire.putLong(new ArrayBuffer(pair), 0, runId);
        pair[Long.BYTES] = 1;
        return RawPeer.framed(buffer -> length(new RunsTakenBackEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .putRuns(pair, 0, pair.length)));
    }

    static byte[] replicaFailed(final long task, final int holder) {
        return RawPeer.framed(buffer -> length(new ReplicaFailedEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .task(task)
                .putHolders(gone(holder), 0, HOLDER_BYTES)));
    }

    static byte[] replicaStored(final long task) {
        return RawPeer.framed(buffer -> length(new ReplicaStoredEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .task(task)
                .sizeBytes(10)));
    }

    static byte[] draining() {
        return RawPeer.framed(buffer -> length(new DrainingEncoder()
                .wrapAndApplyHeader(buffer, 0, header())
                .patienceNs(1_000_000_000)
                .reason("asked")));
    }

    static byte[] forWorker(final int index) {
        return RawPeer.framed(buffer -> length(
                new ForWorkerEncoder().wrapAndApplyHeader(buffer, 0, header()).index(index)));
    }

    /** A message of a kind that there is not. */
    static byte[] unheardOf() {
        return RawPeer.framed(buffer -> {
            header().wrap(buffer, 0)
                    .blockLength(0)
                    .templateId(999)
                    .schemaId(MessageHeaderEncoder.SCHEMA_ID)
                    .version(1);
            return MessageHeaderEncoder.ENCODED_LENGTH;
        });
    }

    private static MessageHeaderEncoder header() {
        return new MessageHeaderEncoder();
    }

    private static int length(final MessageEncoderFlyweight message) {
        return MessageHeaderEncoder.ENCODED_LENGTH + message.encodedLength();
    }

    private static byte[] gone(final int holder) {
        return ByteBuffer.allocate(HOLDER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(holder)
                .put((byte) 1)
                .array();
    }

    private static byte[] packed(final int... values) {
        final byte[] bytes = new byte[4 * values.length];
        for (int i = 0; i < values.length; i++) {
            Wire.putInt(new ArrayBuffer(bytes), 4 * i, values[i]);
        }
        return bytes;
    }

    private static byte[] packed(final long... values) {
        final byte[] bytes = new byte[8 * values.length];
        for (int i = 0; i < values.length; i++) {
            Wire.putLong(new ArrayBuffer(bytes), 8 * i, values[i]);
        }
        return bytes;
    }
}
