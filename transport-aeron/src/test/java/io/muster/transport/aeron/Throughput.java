package io.muster.transport.aeron;

import com.sun.management.ThreadMXBean;
import io.muster.protocol.LinkKind;
import io.muster.transport.Link;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Prints one-way throughput of 64-byte messages in batches, both sides stepped by one thread. Not a test. */
final class Throughput {
    private static final int MESSAGE = 64;
    private static final long WARM_UP_NS = 1_000_000_000L;
    private static final long RUN_NS = 1_000_000_000L;

    private Throughput() {}

    public static void main(final String[] args) throws IOException {
        final Path directory = Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "/dev/shm"), "throughput");
        for (final LinkKind kind : List.of(LinkKind.AERON_IPC, LinkKind.AERON_UDP)) {
            for (final int batch : new int[] {MESSAGE, 1024, 8192, 65536, 262144}) {
                measure(directory, kind, batch);
            }
        }
        Files.delete(directory);
    }

    private static void measure(final Path parent, final LinkKind kind, final int batch) throws IOException {
        final Path directory = Files.createTempDirectory(parent, "pair");
        try (LinkPair pair = LinkPair.connect(directory, kind)) {
            run(pair, batch, WARM_UP_NS);
            final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            final long allocated = threads.getCurrentThreadAllocatedBytes();
            final long start = System.nanoTime();
            final long bytes = run(pair, batch, RUN_NS);
            final double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "%s batch=%d messages/s=%.2fM MB/s=%.0f allocated/KB=%.1f%n",
                    kind,
                    batch,
                    bytes / seconds / MESSAGE / 1e6,
                    bytes / seconds / 1e6,
                    (threads.getCurrentThreadAllocatedBytes() - allocated) * 1024.0 / bytes);
        }
        for (final String side : List.of("host", "guest")) {
            try (var left = Files.newDirectoryStream(directory, side + '*')) {
                for (final Path path : left) {
                    Files.delete(path);
                }
            }
        }
        Files.delete(directory);
    }

    private static long run(final LinkPair pair, final int batch, final long durationNs) {
        final byte[] out = new byte[batch];
        final byte[] in = new byte[1 << 16];
        final Link.ByteSink sink = (buffer, offset, length) -> buffer.getBytes(offset, in, 0, length);
        final long end = System.nanoTime() + durationNs;
        long received = 0;
        int unsent = 0;
        while (System.nanoTime() < end) {
            unsent = unsent > 0 ? unsent : batch;
            unsent -= Math.max(0, pair.guestLink.write(out, batch - unsent, unsent));
            pair.step();
            received += Math.max(0, pair.hostLink.poll(sink));
        }
        return received;
    }
}
