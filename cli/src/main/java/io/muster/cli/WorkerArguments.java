package io.muster.cli;

import io.muster.config.ConfigurationException;
import io.muster.config.Option;
import io.muster.config.Options;
import io.muster.config.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The command line of {@code muster worker}, read by hand where it is plain and right, which almost all are: a nanny would else spend
 * most of the time until it starts its worker on the library for command lines. All others are that library's, which says what is wrong.
 */
final class WorkerArguments {
    private static final String SET = "--set";
    private static final String PROCESSES = "--processes";
    private static final String NANNY = "--nanny";
    private static final String NO_NANNY = "--no-nanny";

    /** Those that are the same as {@code --set}, and win over it. */
    private static final Map<String, Option<?>> OPTIONS = Map.ofEntries(
            Map.entry("--scheduler-file", Options.SCHEDULER_FILE),
            Map.entry("--threads", Options.WORKER_THREADS),
            Map.entry("--memory-limit", Options.WORKER_MEMORY_LIMIT),
            Map.entry("--name", Options.WORKER_NAME),
            Map.entry("--death-timeout", Options.WORKER_DEATH_TIMEOUT),
            Map.entry("--local-directory", Options.WORKER_LOCAL_DIRECTORY),
            Map.entry("--resources", Options.WORKER_RESOURCES),
            Map.entry("--job", Options.WORKER_JOB),
            Map.entry("--job-token", Options.WORKER_JOB_TOKEN),
            Map.entry("--lifetime", Options.WORKER_LIFETIME));

    private final List<String> sets = new ArrayList<>();
    private final Map<Option<?>, String> given = new HashMap<>();
    private @Nullable String processes;

    private WorkerArguments() {}

    /**
     * What the arguments after the command's name ask for.
     *
     * @param arguments all arguments, the name of the command first
     * @return what to run; null if the library has to look at them
     */
    static @Nullable WorkerStart read(final String[] arguments) {
        final WorkerArguments read = new WorkerArguments();
        return arguments.length > 0 && arguments[0].equals("worker") && read.takeAll(arguments) ? read.start() : null;
    }

    private boolean takeAll(final String[] arguments) {
        int next = 1;
        while (next < arguments.length) {
            final String argument = arguments[next++];
            final int equals = argument.indexOf('=');
            boolean taken;
            if (argument.equals(NANNY) || argument.equals(NO_NANNY)) {
                taken = take(Options.WORKER_NANNY, Boolean.toString(argument.equals(NANNY)));
            } else if (equals > 0) {
                taken = take(argument.substring(0, equals), argument.substring(equals + 1));
            } else {
                taken = next < arguments.length && take(argument, arguments[next++]);
            }
            if (!taken) {
                return false;
            }
        }
        return true;
    }

    private boolean take(final String name, final String value) {
        if (value.isEmpty() || value.startsWith("-")) {
            return false;
        }
        if (name.equals(SET)) {
            return sets.add(value);
        }
        if (name.equals(PROCESSES)) {
            final boolean isFirst = processes == null;
            processes = value;
            return isFirst;
        }
        final Option<?> option = OPTIONS.get(name);
        return option != null && take(option, value);
    }

    private boolean take(final Option<?> option, final String value) {
        return given.put(option, value) == null;
    }

    private @Nullable WorkerStart start() {
        try {
            Settings settings = Settings.load();
            for (final String set : sets) {
                settings = settings.withArgument(set);
            }
            for (final Map.Entry<Option<?>, String> each : given.entrySet()) {
                settings = SettingsMixin.with(settings, each.getKey(), each.getValue());
            }
            final WorkerStart start =
                    new WorkerStart(settings.check(), processes == null ? 1 : Integer.parseInt(processes));
            final boolean hasScheduler = !settings.get(Options.SCHEDULER_FILE).isEmpty();
            return hasScheduler && start.problem() == null ? start : null;
        } catch (final ConfigurationException | NumberFormatException e) {
            return null;
        }
    }
}
