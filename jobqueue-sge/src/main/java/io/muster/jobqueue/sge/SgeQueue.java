package io.muster.jobqueue.sge;

import io.muster.jobqueue.BatchQueue;
import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandException;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The commands of Grid Engine. A job carries its token in its context, which only {@code qstat -j} shows, and only until the job is over.
 */
final class SgeQueue implements BatchQueue {
    /*
     * A query is qstat for all jobs of the user, whatever their number; qstat -j for those that wait, because only that says why; and
     * qacct for those that are gone. qacct takes one number or everything, so for several it is asked for all of the user's jobs that
     * ended within a day; jobs that never started have no time and are left out there, as if unknown. A job that was deleted while it
     * waited is in no record at all. Records come some seconds after the end (flush_time in the site's reporting_params): a job that
     * has just ended may be unknown for so long.
     */
    private static final List<String> ENDED_WITHIN_A_DAY = List.of("-E", "-d", "1", "-j", "*");
    private static final Pattern CANCELLED_OR_OVER = Pattern.compile(
            "(?i)has (registered|deleted)|does not exist|comprises no tasks|already in deletion|forced the deletion");

    private final CommandRunner runner;
    private final Qcommands commands;
    private final Set<String> cancelled = ConcurrentHashMap.newKeySet();
    private final Set<String> madeFolders = ConcurrentHashMap.newKeySet();

    SgeQueue(final CommandRunner runner) {
        this.runner = runner;
        this.commands = new Qcommands(runner);
    }

    @Override
    public List<String> submit(final JobRequest request) {
        try {
            makeFolders(request);
        } catch (final QueueUnavailableException e) {
            throw new SubmissionException(Kind.SYSTEM_DOWN, String.valueOf(e.getMessage()), e);
        }
        final List<String> words = new ArrayList<>(List.of("qsub", "-terse", "-sync", "n"));
        words.addAll(arguments(request));
        final CommandResult result = qsub(request, words);
        if (!result.isSuccess()) {
            throw refused("qsub", result, SubmitAnswer.kind(result));
        }
        final OptionalLong number = SubmitAnswer.number(result.output());
        return number.isPresent() ? ids(number.getAsLong(), request.count()) : found(request, result);
    }

    @Override
    public List<JobStatus> query(final Collection<String> ids) {
        final List<JobId> jobs =
                ids.stream().distinct().flatMap(id -> JobId.parse(id).stream()).toList();
        if (jobs.isEmpty()) {
            return List.of();
        }
        final List<ListedJob> listed = listed();
        final Map<Long, List<ListedJob>> waiting =
                listed.stream().filter(ListedJob::isPending).collect(Collectors.groupingBy(ListedJob::number));
        final Set<Long> numbers = jobs.stream()
                .filter(job ->
                        waiting.getOrDefault(job.number(), List.of()).stream().anyMatch(entry -> entry.has(job)))
                .map(JobId::number)
                .collect(Collectors.toCollection(TreeSet::new));
        return statuses(jobs, listed, reasons(numbers));
    }

    @Override
    public List<JobStatus> find(final String token) {
        final List<ListedJob> listed = listed();
        final Set<Long> numbers = listed.stream().map(ListedJob::number).collect(Collectors.toCollection(TreeSet::new));
        final JobDetails details = details(numbers);
        final List<JobId> jobs = details.withToken(token).stream()
                .flatMap(number -> details.ids(number).stream())
                .toList();
        return statuses(jobs, listed, details).stream()
                .map(status -> status.withToken(token))
                .toList();
    }

    @Override
    public void cancel(final Collection<String> ids) {
        final Set<String> jobs = new LinkedHashSet<>();
        ids.forEach(id -> JobId.parse(id).ifPresent(job -> jobs.add(job.toString())));
        if (jobs.isEmpty()) {
            return;
        }
        final List<String> words = new ArrayList<>(List.of("qdel"));
        words.addAll(jobs);
        final CommandResult result = commands.run(words);
        final List<String> lines = Stream.of(result.output(), result.errors())
                .flatMap(String::lines)
                .filter(line -> !line.isBlank())
                .toList();
        final boolean isDone = !lines.isEmpty()
                && lines.stream()
                        .allMatch(line -> CANCELLED_OR_OVER.matcher(line).find());
        if (!result.isSuccess() && !isDone) {
            throw new QueueUnavailableException(
                    "qdel failed on " + runner.where() + " with exit code " + result.exitCode() + ": "
                            + Said.of(result),
                    null);
        }
        cancelled.addAll(jobs);
    }

    @Override
    public List<String> logFiles(final JobRequest request, final String id) {
        return new OutputFiles(commands, request).of(id);
    }

    @Override
    public String tryOut(final JobRequest request) {
        final List<String> words = new ArrayList<>(List.of("qsub", "-w", "v"));
        words.addAll(arguments(request));
        final CommandResult result = qsub(request, words);
        if (!result.isSuccess()) {
            throw refused("qsub -w v", result, SubmitAnswer.kind(result));
        }
        return result.output().isBlank() ? Said.of(result) : result.output().strip();
    }

    @Override
    public String version() {
        final String version =
                commands.output(List.of("qstat", "-help")).lines().findFirst().orElse("Grid Engine");
        listed();
        return version.strip();
    }

    private List<ListedJob> listed() {
        return ListedJob.parse(commands.output(List.of("qstat", "-u", commands.user(), "-s", "prs", "-xml")));
    }

    private JobDetails details(final Set<Long> numbers) {
        if (numbers.isEmpty()) {
            return JobDetails.NONE;
        }
        final String list = numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
        return JobDetails.parse(commands.output(List.of("qstat", "-j", list, "-xml")));
    }

    /** States are known without them, so that there is an answer even if there are no reasons. */
    private JobDetails reasons(final Set<Long> numbers) {
        try {
            return details(numbers);
        } catch (final QueueUnavailableException e) {
            return JobDetails.NONE;
        }
    }

    private List<JobStatus> statuses(final List<JobId> jobs, final List<ListedJob> listed, final JobDetails details) {
        final Map<Long, List<ListedJob>> byNumber = listed.stream().collect(Collectors.groupingBy(ListedJob::number));
        final Map<JobId, JobStatus> known = new HashMap<>();
        for (final JobId job : jobs) {
            byNumber.getOrDefault(job.number(), List.of()).stream()
                    .filter(entry -> entry.has(job))
                    .findFirst()
                    .ifPresent(entry -> known.put(job, details.completed(job, entry.status(job))));
        }
        final List<JobId> gone =
                jobs.stream().filter(job -> !known.containsKey(job)).toList();
        final Map<JobId, AccountedJob> accounted = accounted(gone);
        for (final JobId job : gone) {
            final AccountedJob record = accounted.get(job);
            if (record != null) {
                known.put(job, record.status(job, isCancelled(job)));
            }
        }
        return jobs.stream().filter(known::containsKey).map(known::get).toList();
    }

    /** A failure to read the records, which not every host can, leaves the jobs unknown: that they are gone is sure. */
    private Map<JobId, AccountedJob> accounted(final List<JobId> gone) {
        final Set<Long> numbers = gone.stream().map(JobId::number).collect(Collectors.toSet());
        if (numbers.isEmpty()) {
            return Map.of();
        }
        final List<String> words = new ArrayList<>(List.of("qacct", "-o", commands.user()));
        words.addAll(
                numbers.size() == 1 ? List.of("-j", numbers.iterator().next().toString()) : ENDED_WITHIN_A_DAY);
        try {
            return AccountedJob.parse(commands.run(words).output());
        } catch (final QueueUnavailableException e) {
            return Map.of();
        }
    }

    private boolean isCancelled(final JobId job) {
        return cancelled.contains(job.toString()) || cancelled.contains(Long.toString(job.number()));
    }

    private List<String> arguments(final JobRequest request) {
        final ScriptOptions options = new ScriptOptions(request.script());
        final List<String> arguments =
                new ArrayList<>(List.of("-b", "n", "-ac", JobDetails.TOKEN + "=" + request.token()));
        if (!options.has("-S") && !options.shell().isEmpty()) {
            arguments.addAll(List.of("-S", options.shell()));
        }
        arguments.addAll(new OutputFiles(commands, request).arguments());
        if (request.count() > 1) {
            arguments.addAll(List.of("-t", "1-" + request.count()));
        }
        return arguments;
    }

    private CommandResult qsub(final JobRequest request, final List<String> words) {
        try {
            return runner.run(Command.of(words).withInput(request.script()));
        } catch (final CommandException e) {
            final Kind kind = Kind.of(e);
            throw new SubmissionException(
                    kind,
                    kind == Kind.FIX_REQUEST ? e.getMessage() + "; " + Qcommands.HINT : String.valueOf(e.getMessage()),
                    e);
        }
    }

    private void makeFolders(final JobRequest request) {
        for (final String folder : new OutputFiles(commands, request).folders()) {
            if (!madeFolders.contains(folder)) {
                final CommandResult result = commands.run(List.of("mkdir", "-p", "--", folder));
                if (!result.isSuccess()) {
                    throw refused("mkdir -p " + folder, result, Kind.FIX_REQUEST);
                }
                madeFolders.add(folder);
            }
        }
    }

    private List<String> found(final JobRequest request, final CommandResult answer) {
        final String what = "qsub on " + runner.where() + " printed no job number, but "
                + Said.brief(answer.output() + answer.errors());
        final List<String> ids;
        try {
            ids = find(request.token()).stream().map(JobStatus::id).toList();
        } catch (final QueueUnavailableException e) {
            throw new SubmissionException(Kind.SYSTEM_DOWN, what + "; then " + e.getMessage(), e);
        }
        if (ids.size() < request.count()) {
            throw new SubmissionException(
                    Kind.SYSTEM_DOWN, what + "; there are " + ids.size() + " jobs with its token", null);
        }
        return ids;
    }

    private SubmissionException refused(final String command, final CommandResult result, final Kind kind) {
        final String words = Said.of(result);
        return new SubmissionException(
                kind,
                command + " on " + runner.where() + ": " + words
                        + (words.contains("SGE_ROOT") ? "; " + Qcommands.HINT : ""),
                null);
    }

    private static List<String> ids(final long number, final int count) {
        return count == 1
                ? List.of(new JobId(number, 0).toString())
                : LongStream.rangeClosed(1, count)
                        .mapToObj(task -> new JobId(number, task).toString())
                        .toList();
    }
}
