package io.muster.jobqueue.slurm;

import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.command.CommandResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What slurmctld knows: jobs in the queue, and those that ended less than its {@code MinJobAge} ago. Nothing is known
 * there of an element of an array that was cancelled before it began.
 */
final class JobTable {
    private static final String SQUEUE = "squeue";
    private static final String UNKNOWN_JOB = "Invalid job id specified";
    private static final int LONGEST_WORD = 100_000;
    private static final String FORMAT = "--Format=JobArrayID:|,State:|,exit_code:|,RestartCnt:|,SubmitTime:|,"
            + "StartTime:|,EndTime:|,NodeList:|,Comment:|,Reason:|";

    private final SlurmCommands commands;

    JobTable(final SlurmCommands commands) {
        this.commands = commands;
    }

    /** Those of the jobs that are there. */
    Map<String, JobStatus> of(final Collection<String> ids) {
        final List<String> bases = JobIds.bases(ids);
        final String jobs = "--jobs=" + String.join(",", bases);
        if (jobs.length() > LONGEST_WORD) {
            return statuses(answered(squeue("--me")), Set.copyOf(ids));
        }
        final CommandResult result = squeue(jobs);
        if (result.isSuccess() || !result.errors().contains(UNKNOWN_JOB)) {
            return statuses(answered(result), Set.copyOf(ids));
        }
        return bases.size() == 1 ? Map.of() : statuses(answered(squeue("--me")), Set.copyOf(ids));
    }

    /** The user's jobs with a token; slurmctld keeps some that it refused too, and they do not count. */
    List<JobStatus> find(final String token) {
        final List<JobStatus> found = new ArrayList<>();
        answered(squeue("--me")).output().lines().forEach(text -> {
            final JobLine line = JobLine.of(text);
            if (line != null && line.comment().equals(token) && JobIds.isId(line.id()) && !line.isRefused()) {
                found.add(line.status(line.id()));
            }
        });
        found.sort((one, other) -> JobIds.ORDER.compare(one.id(), other.id()));
        return found;
    }

    private CommandResult squeue(final String which) {
        return commands.ask(SQUEUE, List.of(which, "--all", "--noheader", "--states=all", "--array", FORMAT));
    }

    private CommandResult answered(final CommandResult result) {
        if (!result.isSuccess() || result.output().length() >= CommandResult.MAX_CHARS) {
            throw commands.useless(SQUEUE, result);
        }
        return result;
    }

    private static Map<String, JobStatus> statuses(final CommandResult result, final Set<String> ids) {
        final Map<String, JobStatus> statuses = new LinkedHashMap<>();
        result.output().lines().forEach(text -> {
            final String id = text.substring(0, Math.max(0, text.indexOf('|'))).strip();
            if (ids.contains(id)) {
                final JobLine line = JobLine.of(text);
                if (line == null) {
                    throw new QueueUnavailableException(
                            "squeue answered with a line that is cut off: " + SlurmCommands.said(text), null);
                }
                statuses.put(id, line.status(id));
            }
        });
        return statuses;
    }
}
