package io.muster.jobqueue.slurm;

import io.muster.jobqueue.BatchQueue;
import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.command.CommandException;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The commands of Slurm. Jobs are marked with their token as the comment, in place of any other comment. */
final class SlurmQueue implements BatchQueue {
    private static final String SCANCEL = "scancel";
    private static final String SCONTROL = "scontrol";
    private static final List<String> OVER_OR_UNKNOWN =
            List.of("Invalid job id specified", "Job/step already completing or completed");
    private static final Pattern CLUSTERS = Pattern.compile("(?:-M\\s*|--clusters?(?:=|\\s+))([A-Za-z0-9_.,-]+)");
    private static final Pattern UP = Pattern.compile("\\bUP\\b");

    private final SlurmCommands commands;
    private final JobTable table;
    private final Accounting accounting;

    SlurmQueue(final CommandRunner runner) {
        commands = new SlurmCommands(runner);
        table = new JobTable(commands);
        accounting = new Accounting(commands);
    }

    @Override
    public List<String> submit(final JobRequest request) {
        final CommandResult result = sbatch(request, "--parsable");
        final SubmitAnswer answer = SubmitAnswer.of(result.output());
        if (answer.cluster() != null) {
            commands.addClusters(answer.cluster());
        }
        final String certain = answer.isCertain() ? answer.id() : null;
        final String id = certain == null ? lookUp(request, answer.id(), result) : certain;
        return request.count() == 1
                ? List.of(id)
                : IntStream.range(0, request.count())
                        .mapToObj(index -> id + "_" + index)
                        .toList();
    }

    @Override
    public List<JobStatus> query(final Collection<String> ids) {
        final List<String> asked = ids.stream().distinct().filter(JobIds::isId).toList();
        if (asked.isEmpty()) {
            return List.of();
        }
        final Map<String, JobStatus> known = new HashMap<>(table.of(asked));
        final List<String> forgotten =
                asked.stream().filter(id -> !known.containsKey(id)).toList();
        if (!forgotten.isEmpty()) {
            known.putAll(accounting.of(forgotten));
        }
        return asked.stream().map(known::get).filter(Objects::nonNull).toList();
    }

    @Override
    public List<JobStatus> find(final String token) {
        return table.find(token);
    }

    @Override
    public void cancel(final Collection<String> ids) {
        final List<String> jobs =
                JobIds.together(ids.stream().filter(JobIds::isId).toList());
        if (jobs.isEmpty()) {
            return;
        }
        final CommandResult result = commands.ask(SCANCEL, jobs);
        if (!result.isSuccess() && !isOverOrUnknown(result)) {
            throw commands.useless(SCANCEL, result);
        }
    }

    @Override
    public List<String> logFiles(final JobRequest request, final String id) {
        return LogNames.files(request, id);
    }

    @Override
    public String tryOut(final JobRequest request) {
        return SlurmCommands.said(sbatch(request, "--test-only").said());
    }

    @Override
    public String version() {
        final CommandResult version = commands.ask("sbatch", List.of("--version"));
        if (!version.isSuccess()) {
            throw commands.useless("sbatch --version", version);
        }
        final CommandResult ping = commands.ask(SCONTROL, List.of("ping"));
        if (!UP.matcher(ping.output()).find()) {
            throw commands.useless(SCONTROL + " ping", ping);
        }
        return version.output().strip() + ", " + SlurmCommands.said(ping.output());
    }

    private CommandResult sbatch(final JobRequest request, final String mode) {
        final List<String> words = new ArrayList<>(List.of("sbatch", mode, "--comment=" + request.token()));
        if (request.count() > 1) {
            words.add("--array=0-" + (request.count() - 1));
        }
        words.addAll(LogNames.options(request));
        request.spec().extraDirectives().stream()
                .map(String::strip)
                .map(CLUSTERS::matcher)
                .filter(Matcher::matches)
                .forEach(directive -> commands.addClusters(directive.group(1)));
        final CommandResult result;
        try {
            result = commands.run(request.script(), words);
        } catch (final CommandException e) {
            throw new SubmissionException(Kind.of(e), "sbatch gave no answer: " + e.getMessage(), e);
        }
        if (!result.isSuccess()) {
            throw new SubmissionException(
                    Rejections.kind(result),
                    "sbatch on " + commands.where() + " refused the job with exit code " + result.exitCode() + ": "
                            + SlurmCommands.said(result.said()),
                    null);
        }
        return result;
    }

    /** Finds out which job it is that sbatch says it took, or only may have taken. */
    private String lookUp(final JobRequest request, final @Nullable String likely, final CommandResult result) {
        final List<JobStatus> found;
        try {
            found = table.find(request.token());
        } catch (final QueueUnavailableException e) {
            throw nobodyKnows(request, result, e);
        }
        if (!found.isEmpty()) {
            return JobIds.base(found.get(0).id());
        }
        if (likely == null) {
            throw nobodyKnows(request, result, null);
        }
        return likely;
    }

    private static SubmissionException nobodyKnows(
            final JobRequest request, final CommandResult result, final @Nullable Throwable cause) {
        return new SubmissionException(
                Kind.SYSTEM_DOWN,
                "sbatch ended with exit code 0 but named no job, and none has the comment " + request.token()
                        + " (yet); it printed: " + SlurmCommands.said(result.output()) + "; errors: "
                        + SlurmCommands.said(result.errors()),
                cause);
    }

    private static boolean isOverOrUnknown(final CommandResult result) {
        return !result.errors().isBlank()
                && result.errors()
                        .lines()
                        .filter(line -> !line.isBlank())
                        .allMatch(line -> OVER_OR_UNKNOWN.stream().anyMatch(line::contains));
    }
}
