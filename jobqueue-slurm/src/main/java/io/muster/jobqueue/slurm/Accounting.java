package io.muster.jobqueue.slurm;

import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.command.CommandResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** What the accounting database knows of jobs that slurmctld has forgotten; not every site has one. */
final class Accounting {
    private static final String SACCT = "sacct";
    private static final String DISABLED = "storage is disabled";
    private static final String FORMAT = "--format=JobID,State,ExitCode,Submit,Start,End,NodeList,Comment,Reason";
    private static final String ELEMENT = "[0-9]+_[0-9]+";
    private static final int BATCH = 10_000;
    private static final int FIRST_THREE = 3;

    private final SlurmCommands commands;

    Accounting(final SlurmCommands commands) {
        this.commands = commands;
    }

    /**
     * How jobs ended. One that is not over here is passed over, for what slurmctld does not know is not in the queue;
     * if the database does not answer, the state is unknown and the reason says so.
     */
    Map<String, JobStatus> of(final Collection<String> ids) {
        final List<String> bases = JobIds.bases(ids);
        final Map<String, JobStatus> statuses = new HashMap<>();
        for (int from = 0; from < bases.size(); from += BATCH) {
            final Set<String> some = new LinkedHashSet<>(bases.subList(from, Math.min(bases.size(), from + BATCH)));
            final List<String> asked =
                    ids.stream().filter(id -> some.contains(JobIds.base(id))).toList();
            statuses.putAll(ask(some, asked));
        }
        return statuses;
    }

    private Map<String, JobStatus> ask(final Set<String> bases, final List<String> ids) {
        final CommandResult result;
        try {
            result = commands.ask(
                    SACCT,
                    List.of("--jobs=" + String.join(",", bases), "--allocations", "--noheader", "--parsable", FORMAT));
        } catch (final QueueUnavailableException e) {
            return unknown(ids, Objects.requireNonNullElse(e.getMessage(), SACCT));
        }
        if (!result.isSuccess()) {
            return result.said().contains(DISABLED)
                    ? Map.of()
                    : unknown(ids, SACCT + ": " + SlurmCommands.said(result.said()));
        }
        return ended(result, ids);
    }

    /** A job's own line comes before those about several. */
    private static Map<String, JobStatus> ended(final CommandResult result, final List<String> ids) {
        final Map<String, JobLine> own = new HashMap<>();
        final Map<String, List<JobLine>> shared = new HashMap<>();
        result.output()
                .lines()
                .map(Accounting::withRestarts)
                .map(JobLine::of)
                .filter(Objects::nonNull)
                .forEach(line -> {
                    own.put(line.id(), line);
                    if (!line.id().matches(ELEMENT)) {
                        shared.computeIfAbsent(JobIds.base(line.id()), base -> new ArrayList<>())
                                .add(line);
                    }
                });
        final Map<String, JobStatus> ended = new HashMap<>();
        for (final String id : ids) {
            final List<JobLine> others = shared.getOrDefault(JobIds.base(id), List.of());
            Stream.concat(Stream.ofNullable(own.get(id)), others.stream())
                    .filter(line -> JobIds.isAbout(line.id(), id))
                    .findFirst()
                    .map(line -> line.status(id))
                    .filter(status -> status.state() == JobState.ENDED)
                    .ifPresent(status -> ended.put(id, status));
        }
        return ended;
    }

    /** The line with an empty field for the restarts, which sacct does not know. */
    private static String withRestarts(final String line) {
        int separator = -1;
        for (int i = 0; i < FIRST_THREE; i++) {
            separator = line.indexOf('|', separator + 1);
        }
        return separator < 0 ? line : line.substring(0, separator) + "|" + line.substring(separator);
    }

    private static Map<String, JobStatus> unknown(final List<String> ids, final String reason) {
        final Map<String, JobStatus> statuses = new HashMap<>();
        ids.forEach(
                id -> statuses.put(id, JobStatus.of(id, JobState.UNKNOWN, "").withReason(reason)));
        return statuses;
    }
}
