package io.muster.jobqueue.slurm;

import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandException;
import io.muster.jobqueue.command.CommandException.Cause;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Slurm's commands as they are run: without what the surroundings may say about filters and formats, without variables
 * that would tell a job that it is another, and with times in seconds since 1970. Some filters, such as that of
 * {@code SQUEUE_PARTITION}, hide jobs that are there.
 */
final class SlurmCommands {
    private static final String ENV = "env";
    private static final String CLUSTERS = "--clusters=";
    private static final int NO_SUCH_PROGRAM = 127;
    private static final int MAX_SAID = 2000;

    private static final List<String> UNSET = List.of(
            "SLURM_ARRAY_JOB_ID",
            "SLURM_ARRAY_TASK_ID",
            "SLURM_JOB_END_TIME",
            "SLURM_RESTART_COUNT",
            "SBATCH_ARRAY_INX",
            "SBATCH_WAIT",
            "SQUEUE_ACCOUNT",
            "SQUEUE_FORMAT",
            "SQUEUE_FORMAT2",
            "SQUEUE_LICENSES",
            "SQUEUE_NAMES",
            "SQUEUE_PARTITION",
            "SQUEUE_QOS",
            "SQUEUE_SORT",
            "SCANCEL_ACCOUNT",
            "SCANCEL_BATCH",
            "SCANCEL_FULL",
            "SCANCEL_INTERACTIVE",
            "SCANCEL_NAME",
            "SCANCEL_PARTITION",
            "SCANCEL_QOS",
            "SCANCEL_STATE",
            "SCANCEL_USER",
            "SCANCEL_WCKEY");

    private final CommandRunner runner;
    private final Set<String> clusters = ConcurrentHashMap.newKeySet();

    SlurmCommands(final CommandRunner runner) {
        this.runner = runner;
    }

    /** From now on asks this cluster too; without any, those that Slurm itself takes. */
    void addClusters(final String names) {
        clusters.addAll(List.of(names.split(",")));
    }

    /**
     * Runs a command.
     *
     * @throws CommandException if it could not be run, or did not end in time
     */
    CommandResult run(final String input, final List<String> words) {
        final List<String> all = new ArrayList<>();
        all.add(ENV);
        UNSET.forEach(variable -> all.addAll(List.of("-u", variable)));
        all.addAll(List.of("SLURM_TIME_FORMAT=%s", "SLURM_BITSTR_LEN=0"));
        all.addAll(words);
        final CommandResult result = runner.run(Command.of(all).withInput(input));
        if (result.exitCode() == NO_SUCH_PROGRAM && result.errors().startsWith(ENV + ":")) {
            throw new CommandException(
                    Cause.NOT_FOUND,
                    words.get(0) + " is not on PATH of " + runner.where() + "; is this a login node? If so, load Slurm"
                            + " first, such as: module load slurm",
                    null);
        }
        return result;
    }

    /**
     * Asks something about the clusters where the jobs are.
     *
     * @throws QueueUnavailableException if there is no answer
     */
    CommandResult ask(final String program, final List<String> arguments) {
        final List<String> words = new ArrayList<>();
        words.add(program);
        if (!clusters.isEmpty()) {
            words.add(CLUSTERS + String.join(",", new TreeSet<>(clusters)));
        }
        words.addAll(arguments);
        try {
            return run("", words);
        } catch (final CommandException e) {
            throw new QueueUnavailableException(String.valueOf(e.getMessage()), e);
        }
    }

    /** What a command answered that is of no use. */
    QueueUnavailableException useless(final String program, final CommandResult result) {
        return new QueueUnavailableException(
                program + " on " + runner.where() + " ended with exit code " + result.exitCode() + ": "
                        + said(result.said()),
                null);
    }

    /** Where commands run. */
    String where() {
        return runner.where();
    }

    /** What a command said, on one line, not endless. */
    static String said(final String text) {
        final String line = text.substring(0, Math.min(text.length(), 2 * MAX_SAID))
                .lines()
                .map(words -> words.replaceAll("\\p{Cntrl}", " ").strip())
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining("; "));
        if (line.isEmpty()) {
            return "it said nothing";
        }
        return line.length() <= MAX_SAID ? line : line.substring(0, MAX_SAID) + "…";
    }
}
