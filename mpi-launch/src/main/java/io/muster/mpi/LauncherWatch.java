package io.muster.mpi;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Notices that the launcher of this process is gone. It is the parent process, or the parent of the shells between: launchers that are
 * killed leave their ranks behind.
 */
final class LauncherWatch {
    private static final long PERIOD_MS = 500;
    private static final Set<String> SHELLS =
            Set.of("sh", "bash", "dash", "ksh", "zsh", "tcsh", "csh", "busybox", "env", "time", "timeout", "numactl");

    private final List<ProcessHandle> chain;

    private LauncherWatch(final List<ProcessHandle> chain) {
        this.chain = chain;
    }

    /** Begins to watch, on a daemon thread; the action is run there, once. */
    static void start(final Runnable onGone) {
        final LauncherWatch watch = new LauncherWatch(chain(ProcessHandle.current()));
        if (!watch.chain.isEmpty()) {
            Daemons.start("muster-launcher-watch", () -> {
                while (watch.isIntact()) {
                    TimeUnit.MILLISECONDS.sleep(PERIOD_MS);
                }
                onGone.run();
            });
        }
    }

    /** The parent, and while that is a shell, its parent too. */
    static List<ProcessHandle> chain(final ProcessHandle process) {
        final List<ProcessHandle> chain = new ArrayList<>();
        Optional<ProcessHandle> next = process.parent();
        while (next.isPresent()) {
            chain.add(next.get());
            next = isShell(next.get()) ? next.get().parent() : Optional.empty();
        }
        return chain;
    }

    /** A process that ended may still be listed, but is nobody's parent any more. */
    private boolean isIntact() {
        ProcessHandle child = ProcessHandle.current();
        for (final ProcessHandle parent : chain) {
            if (!child.parent().filter(parent::equals).isPresent()) {
                return false;
            }
            child = parent;
        }
        return true;
    }

    private static boolean isShell(final ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> Path.of(command).getFileName())
                .filter(name -> name != null && SHELLS.contains(name.toString()))
                .isPresent();
    }
}
