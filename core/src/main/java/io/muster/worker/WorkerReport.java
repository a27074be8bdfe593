package io.muster.worker;

import io.muster.config.Json;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.WorkerReportEncoder;
import io.muster.transport.EventLoop;
import io.muster.transport.SharedOutbox;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the scheduler's question what a worker does, on a thread of its own: it may be stuck in what it looks at. */
final class WorkerReport {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerReport.class);
    private static final int FIXED = 64;

    private WorkerReport() {}

    static void answer(final long requestId, final Worker worker, final SharedOutbox box, final EventLoop loop) {
        final Thread thread = new Thread(
                () -> {
                    final Map<String, Object> report = worker.describe();
                    report.put("stacks", ThreadStacks.take());
                    send(requestId, Json.write(report).getBytes(StandardCharsets.UTF_8), box, loop);
                },
                "muster-" + worker.settings().name() + "-report");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((failed, e) -> LOG.warn("no report to the scheduler", e));
        thread.start();
    }

    private static void send(final long requestId, final byte[] json, final SharedOutbox box, final EventLoop loop) {
        if (box.awaitRoom(loop::invoke)) {
            box.add(FIXED + json.length, buffer -> {
                final WorkerReportEncoder encoder = new WorkerReportEncoder();
                encoder.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                        .requestId(requestId)
                        .putJson(json, 0, json.length);
                return MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
            });
            loop.wakeup();
        }
    }
}
