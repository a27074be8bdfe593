package io.muster.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** How long ago the launcher of this process was started: the outermost of its ancestors that is one, or else the process itself. */
final class LaunchClock {
    private static final Set<String> LAUNCHERS = Set.of(
            "mpirun",
            "mpiexec",
            "mpiexec.hydra",
            "hydra_pmi_proxy",
            "orterun",
            "orted",
            "prterun",
            "prted",
            "prte",
            "srun");
    private static final long TICK_MS = 10;
    private static final int START_FIELD = 19;

    private LaunchClock() {}

    static Duration sinceLaunch() {
        final long askedNs = System.nanoTime();
        ProcessHandle launcher = ProcessHandle.current();
        Optional<ProcessHandle> ancestor = launcher.parent();
        while (ancestor.isPresent()) {
            if (isLauncher(ancestor.get())) {
                launcher = ancestor.get();
            }
            ancestor = ancestor.get().parent();
        }
        return ageOf(launcher).minusNanos(System.nanoTime() - askedNs);
    }

    private static Duration ageOf(final ProcessHandle launcher) {
        try {
            return age(launcher.pid());
        } catch (final IOException | RuntimeException e) {
            return Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
        }
    }

    /** From the kernel's own clock; what Java tells is off by up to a second, as it counts from a boot time in whole seconds. */
    private static Duration age(final long pid) throws IOException {
        final String uptime = Files.readString(Path.of("/proc/uptime"));
        final long nowMs = (long) (Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * 1000);
        final String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        final String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Duration.ofMillis(nowMs - Long.parseLong(afterName[START_FIELD]) * TICK_MS);
    }

    private static boolean isLauncher(final ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> Path.of(command).getFileName())
                .filter(name -> name != null && LAUNCHERS.contains(name.toString()))
                .isPresent();
    }
}
