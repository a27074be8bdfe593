package io.muster.worker;

import io.muster.MemorySize;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.scheduler.Version;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What a worker or nanny process says of itself first, so that a job's log tells what ran where. */
public final class StartLine {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private StartLine() {}

    /**
     * The line.
     *
     * @param role what starts
     * @param settings of the worker
     * @return one line with versions, host, process, job and what the worker may use
     */
    public static String of(final String role, final Settings settings) {
        final int threads = settings.get(Options.WORKER_THREADS);
        return role + " starts: Muster " + Version.current()
                + ", Java " + Runtime.version()
                + ", host=" + host()
                + " pid=" + ProcessHandle.current().pid()
                + " job=" + orElse(settings.get(Options.WORKER_JOB), "none")
                + " name=" + orElse(settings.get(Options.WORKER_NAME), "of host and pid")
                + " threads=" + (threads == 0 ? "one per core" : threads)
                + " memory-limit=" + settings.get(Options.WORKER_MEMORY_LIMIT)
                + " heap=" + new MemorySize(Runtime.getRuntime().maxMemory())
                + " lifetime=" + lifetime(Lifetime.of(settings));
    }

    private static String lifetime(final Lifetime lifetime) {
        final long nowNs = System.nanoTime();
        return lifetime.isLimited()
                ? Duration.ofNanos(lifetime.endInNs(nowNs)).toSeconds() + "s, leaving in "
                        + Duration.ofNanos(lifetime.leaveInNs(nowNs)).toSeconds() + "s"
                : "unlimited";
    }

    private static String orElse(final String text, final String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }

    private static String host() {
        try {
            return Files.readString(HOST_NAME).strip();
        } catch (final IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (final UnknownHostException nameless) {
                return "unknown";
            }
        }
    }
}
