package io.muster.scheduler;

import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.RegisterWorkerEncoder;
import io.muster.transport.Outbox;
import java.nio.charset.StandardCharsets;

/** How a worker registers that has one thread, no nanny, no port, no job and nothing from before. */
public final class BareRegistration {
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int FIXED = 256;
    private static final int FINGERPRINT_BYTES = 32;
    private static final byte[] NOTHING = {};

    private BareRegistration() {}

    /**
     * Writes the message.
     *
     * @param out where to
     * @param workerName the worker's name
     * @param hostName the name of its host
     */
    public static void write(final Outbox out, final String workerName, final String hostName) {
        final byte[] name = workerName.getBytes(StandardCharsets.UTF_8);
        final byte[] host = hostName.getBytes(StandardCharsets.UTF_8);
        final RegisterWorkerEncoder encoder = new RegisterWorkerEncoder();
        encoder.wrapAndApplyHeader(out.begin(FIXED), 0, new MessageHeaderEncoder())
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
        out.end(HEADER + encoder.encodedLength());
    }
}
