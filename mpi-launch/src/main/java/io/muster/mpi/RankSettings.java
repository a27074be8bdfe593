package io.muster.mpi;

import com.sun.management.OperatingSystemMXBean;
import io.muster.MemorySize;
import io.muster.config.Option;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.config.TransportChoice;
import io.muster.transport.LinkFactory;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The settings of a rank's parts: what a launch needs where the user says nothing else. */
final class RankSettings {
    /** How long a scheduler stays whose client's rank is gone without a word, where the launcher lets it. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    /** How long a worker looks for the scheduler of its own launch, which never comes back. */
    private static final Duration DEATH = Duration.ofSeconds(3);

    private static final String AUTO = "auto";

    private RankSettings() {}

    static Settings scheduler(final LaunchPlan plan, final Path directory) {
        Settings settings = overTransportOfThisJvm(plan.settings());
        if (settings.get(Options.SCHEDULER_FILE).isEmpty()) {
            settings = settings.with(
                    Options.SCHEDULER_FILE, directory.resolve("scheduler.json").toString());
        }
        return plan.roles().client() == Roles.NONE
                ? settings
                : unlessSet(settings, Options.SCHEDULER_IDLE_TIMEOUT, IDLE);
    }

    static Settings worker(final LaunchPlan plan, final Path schedulerFile, final int rank, final int localSize) {
        Settings settings = overTransportOfThisJvm(plan.settings())
                .with(Options.SCHEDULER_FILE, schedulerFile.toString())
                .with(Options.WORKER_NAME, plan.nameOf(rank))
                .with(Options.WORKER_NANNY, plan.runner() != null);
        if (plan.roles().scheduler() != Roles.NONE) {
            settings = unlessSet(settings, Options.WORKER_DEATH_TIMEOUT, DEATH);
        }
        if (settings.get(Options.WORKER_MEMORY_LIMIT).equals(AUTO)) {
            final long share = shareBytes(memoryBytes(), localSize);
            settings = settings.withText(
                    Options.WORKER_MEMORY_LIMIT.key(),
                    new MemorySize(
                                    plan.runner() == null
                                            ? Math.min(
                                                    share, Runtime.getRuntime().maxMemory())
                                            : share)
                            .toString());
        }
        return settings;
    }

    /** A rank's part of the memory of its node. */
    static long shareBytes(final long nodeBytes, final int localSize) {
        return nodeBytes / Math.max(1, localSize);
    }

    /** What host and cgroup allow this JVM; without a limit if they do not tell. */
    static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    /** Why sessions of this JVM stay on TCP although nobody asked for that; null if they do not. */
    static @Nullable String fallback(final Settings settings) {
        if (settings.get(Options.TRANSPORT) != TransportChoice.AUTO) {
            return null;
        }
        String reason = null;
        for (final LinkFactory factory : ServiceLoader.load(LinkFactory.class, LinkFactory.class.getClassLoader())) {
            reason = factory.unavailable();
            if (reason == null) {
                return null;
            }
        }
        return reason;
    }

    /** Of all ranks only one tells of the fallback, so that the others must not look for more than TCP. */
    private static Settings overTransportOfThisJvm(final Settings settings) {
        return fallback(settings) == null ? settings : settings.with(Options.TRANSPORT, TransportChoice.TCP);
    }

    private static <T> Settings unlessSet(final Settings settings, final Option<T> option, final T value) {
        return settings.isSet(option) ? settings : settings.with(option, value);
    }
}
