package io.muster.worker;

import io.muster.MusterException;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.security.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A worker as a process of its own, started by a {@link Nanny} or a cluster: settings come as {@code key=value} arguments. */
public final class WorkerMain {
    private static final String NANNY_PREFIX = "--last-";

    private WorkerMain() {}

    /**
     * Runs until the scheduler or a signal ends it.
     *
     * @param arguments {@code key=value} each, and a nanny's words on the process before this one
     */
    public static void main(final String[] arguments) {
        int exitCode;
        final Future<Identity> identity = WorkerIdentity.begin();
        try {
            final Settings settings = Settings.fromArguments(asSettings(List.of(arguments)));
            final AtomicReference<WorkerNode> started = new AtomicReference<>();
            if (settings.get(Options.PROCESS_PARENT_WATCH)) {
                ParentWatch.start(System.in, () -> endAtOnce(started.get()));
            }
            final WorkerNode node = WorkerNode.start(settings, identity);
            started.set(node);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(node), "muster-drain"));
            exitCode = node.awaitExit();
            node.close();
        } catch (final MusterException e) {
            LoggerFactory.getLogger(WorkerMain.class).error("the worker ends: {}", e.getMessage());
            exitCode = Nanny.EXIT_USAGE;
        } catch (final InterruptedException e) {
            exitCode = 1;
        }
        System.exit(exitCode);
    }

    private static void endAtOnce(final @Nullable WorkerNode node) {
        if (node != null) {
            node.deleteFiles();
        }
        Runtime.getRuntime().halt(0);
    }

    private static void drain(final WorkerNode node) {
        node.drain("asked to end");
        node.deleteFiles();
    }

    /** A nanny's {@code --last-runs 1,2} as {@code process.last-runs=1,2}. */
    private static List<String> asSettings(final List<String> arguments) {
        final List<String> settings = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            final String argument = arguments.get(i);
            if (argument.startsWith(NANNY_PREFIX) && i + 1 < arguments.size()) {
                settings.add("process." + argument.substring(2) + "=" + arguments.get(++i));
            } else {
                settings.add(argument);
            }
        }
        return settings;
    }
}
