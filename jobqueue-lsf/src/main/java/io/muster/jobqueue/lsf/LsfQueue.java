package io.muster.jobqueue.lsf;

import io.muster.jobqueue.ArraySubmissions;
import io.muster.jobqueue.BatchQueue;
import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandException;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** The commands of LSF and of its older relatives. Jobs of an array are {@code 404[1]} and so on. */
final class LsfQueue implements BatchQueue {
    private static final Pattern GOING = Pattern.compile(
            "(?i)is being (terminated|signaled)|already finished|no matching job found|is not found|operation is in"
                    + " progress|will be (terminated|killed)|signaled|no (unfinished )?job found");

    private final CommandRunner runner;
    private final LsfCommands commands;
    private final ArraySubmissions arrays = new ArraySubmissions("LSF", this, LsfRejection::isArrayTooLarge);

    LsfQueue(final CommandRunner runner, final Clock clock, final ZoneId zone) {
        this.runner = runner;
        this.commands = new LsfCommands(runner, clock, zone);
    }

    @Override
    public List<String> submit(final JobRequest request) {
        return arrays.submit(request.count(), (count, before) -> bsub(request, count, before));
    }

    @Override
    public List<JobStatus> query(final Collection<String> ids) {
        final List<LsfId> asked = parsed(ids);
        if (asked.isEmpty()) {
            return List.of();
        }
        final LsfAnswer answer = commands.status(asked);
        final List<JobStatus> statuses = new ArrayList<>();
        for (final LsfId id : asked) {
            final JobStatus job = answer.jobs().get(id);
            if (job != null) {
                statuses.add(job);
            } else if (!isUnknown(id, answer.unknown())) {
                statuses.add(JobStatus.of(id.toString(), JobState.UNKNOWN, ""));
            }
        }
        return statuses;
    }

    @Override
    public List<JobStatus> find(final String token) {
        return commands.status(List.of()).jobs().entrySet().stream()
                .filter(job -> job.getValue().token().equals(token))
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public void cancel(final Collection<String> ids) {
        final List<String> named = texts(parsed(ids));
        if (named.isEmpty()) {
            return;
        }
        final List<String> words = new ArrayList<>(List.of("bkill"));
        words.addAll(named);
        final CommandResult result = commands.run(Command.of(words));
        final boolean isDone = result.isSuccess()
                || result.errors()
                                .lines()
                                .filter(line -> !line.isBlank())
                                .allMatch(line -> GOING.matcher(line).find())
                        && !result.said().isEmpty();
        if (!isDone) {
            throw new QueueUnavailableException(
                    "LSF did not cancel all jobs: bkill ended with " + LsfCommands.said(result), null);
        }
    }

    @Override
    public List<String> logFiles(final JobRequest request, final String id) {
        final LsfId parsed = LsfId.of(id);
        return parsed == null ? List.of() : new LsfSubmission(request).logFiles(parsed);
    }

    @Override
    public String tryOut(final JobRequest request) {
        return "";
    }

    @Override
    public String version() {
        final String identity = commands.identity();
        return identity.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("LSF");
    }

    private List<String> bsub(final JobRequest request, final int count, final Set<String> before) {
        final LsfSubmission submission = new LsfSubmission(request);
        final CommandResult result;
        try {
            final boolean isModern = commands.isModern();
            final boolean isInput = !Boolean.FALSE.equals(request.spec().get(Lsf.USE_STDIN));
            result = runner.run(submission.command(isModern, count, isInput ? null : written(request, submission)));
        } catch (final CommandException e) {
            throw new SubmissionException(Kind.of(e), "LSF was not asked, or did not answer: " + e.getMessage(), e);
        } catch (final QueueUnavailableException e) {
            throw new SubmissionException(Kind.SYSTEM_DOWN, String.valueOf(e.getMessage()), e);
        }
        if (!result.isSuccess()) {
            throw LsfRejection.of(result);
        }
        final Long number = LsfSubmission.number(result);
        return number == null
                ? arrays.lookUp(
                        request,
                        count,
                        before,
                        "bsub did not say the job's id, and nobody knows whether there is one: it ended with "
                                + LsfCommands.said(result))
                : texts(idsOf(number, count));
    }

    /** Puts the script where only the user can read it. */
    private String written(final JobRequest request, final LsfSubmission submission) {
        final String file = submission.scriptFile();
        final List<Command> steps = List.of(
                Command.of("install", "-m", "700", "/dev/null", file),
                Command.of("tee", file).withInput(request.script()));
        for (final Command step : steps) {
            final CommandResult result = runner.run(step);
            if (!result.isSuccess()) {
                throw new SubmissionException(
                        Kind.FIX_REQUEST,
                        "file=" + file + " could not be written; check the log folder: " + LsfCommands.said(result),
                        null);
            }
        }
        return file;
    }

    /** An array that is not known has no jobs that are. */
    private static boolean isUnknown(final LsfId id, final Set<LsfId> unknown) {
        return unknown.contains(id) || unknown.contains(new LsfId(id.number(), 0));
    }

    private static List<LsfId> idsOf(final long number, final int count) {
        final List<LsfId> ids = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            ids.add(new LsfId(number, count == 1 ? 0 : i));
        }
        return ids;
    }

    private static List<LsfId> parsed(final Collection<String> ids) {
        return ids.stream().map(LsfId::of).filter(Objects::nonNull).distinct().toList();
    }

    private static List<String> texts(final List<LsfId> ids) {
        return ids.stream().map(LsfId::toString).toList();
    }
}
