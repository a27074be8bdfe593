package io.muster.jobqueue.pbs;

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
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The commands of OpenPBS, PBS Pro and Torque. Ids are those that PBS writes, server included. {@code qdel} gets one
 * job at a time, or neighbours of one array, and never one that is over: several at once with an unknown one among them
 * end OpenPBS's server.
 */
final class PbsQueue implements BatchQueue {
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})-([0-9]{1,9})(?::1)?(?:%[0-9]+)?");
    private static final Pattern SERVER = Pattern.compile("(?m)^Server:\\s*(\\S+)");
    private static final Pattern VERSION = Pattern.compile("(?m)^\\s*pbs_version\\s*=\\s*(\\S+)");

    private final CommandRunner runner;
    private final PbsCommands commands;
    private final ZoneId zone;
    private final ArraySubmissions arrays = new ArraySubmissions("PBS", this, PbsRejection::isArrayTooLarge);

    PbsQueue(final CommandRunner runner, final ZoneId zone) {
        this.runner = runner;
        this.commands = new PbsCommands(runner);
        this.zone = zone;
    }

    @Override
    public List<String> submit(final JobRequest request) {
        return arrays.submit(request.count(), (count, before) -> qsub(request, count, before));
    }

    @Override
    public List<JobStatus> query(final Collection<String> ids) {
        final List<String> asked =
                ids.stream().filter(id -> PbsId.of(id) != null).distinct().toList();
        if (asked.isEmpty()) {
            return List.of();
        }
        final PbsCommands.Answer answer = commands.status(asked);
        final Map<String, PbsJob> jobs = new HashMap<>();
        answer.jobs().forEach(job -> jobs.put(key(job.id()), job));
        final List<JobStatus> statuses = new ArrayList<>();
        for (final String id : asked) {
            final PbsJob job = jobs.get(key(id));
            if (job != null) {
                statuses.add(PbsStatus.of(job, id, zone));
            } else if (!answer.saysUnknown()) {
                statuses.add(JobStatus.of(id, JobState.UNKNOWN, ""));
            }
        }
        return statuses;
    }

    @Override
    public List<JobStatus> find(final String token) {
        final List<String> own = commands.ownIds();
        if (own.isEmpty()) {
            return List.of();
        }
        final List<String> marked = commands.status(own).jobs().stream()
                .filter(job -> job.token().equals(token))
                .flatMap(job -> jobsOf(job).stream())
                .map(PbsId::of)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing((PbsId id) -> Long.parseLong(id.number()))
                        .thenComparing(PbsId::place))
                .map(PbsId::toString)
                .toList();
        return query(marked).stream().map(status -> status.withToken(token)).toList();
    }

    @Override
    public void cancel(final Collection<String> ids) {
        final List<String> alive = query(ids).stream()
                .filter(status -> status.state() != JobState.ENDED)
                .map(JobStatus::id)
                .toList();
        if (alive.isEmpty()) {
            return;
        }
        final boolean hasRanges = !commands.dialect().isTorque();
        final List<String> problems = new ArrayList<>();
        for (final List<PbsId> run : PbsCancellation.runs(alive)) {
            if (run.size() == 1 || !hasRanges || delete(PbsCancellation.operand(run)) != null) {
                for (final PbsId id : run) {
                    final String problem = delete(id.toString());
                    if (problem != null) {
                        problems.add(problem);
                    }
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new QueueUnavailableException("PBS did not cancel all jobs: " + String.join("; ", problems), null);
        }
    }

    @Override
    public List<String> logFiles(final JobRequest request, final String id) {
        return new PbsSubmission(request).logFiles(id, commands.dialect().isTorque());
    }

    @Override
    public String tryOut(final JobRequest request) {
        return "";
    }

    @Override
    public String version() {
        final String name = commands.dialect().isTorque() ? "Torque" : "PBS";
        final Command command = Command.of("qstat", "-B", "-f");
        final CommandResult result = commands.run(command);
        final Matcher server = SERVER.matcher(result.output());
        final Matcher version = VERSION.matcher(result.output());
        if (!result.isSuccess() || !server.find()) {
            throw PbsCommands.unavailable(command, result);
        }
        return name + (version.find() ? " " + version.group(1) : "") + ", server " + server.group(1);
    }

    private List<String> qsub(final JobRequest request, final int count, final Set<String> before) {
        final PbsSubmission submission = new PbsSubmission(request);
        final CommandResult result;
        try {
            result = runner.run(count == 1 ? submission.job() : submission.array(commands.dialect(), count));
        } catch (final CommandException e) {
            throw new SubmissionException(Kind.of(e), "PBS was not asked, or did not answer: " + e.getMessage(), e);
        } catch (final QueueUnavailableException e) {
            throw new SubmissionException(Kind.SYSTEM_DOWN, String.valueOf(e.getMessage()), e);
        }
        if (!result.isSuccess()) {
            throw PbsRejection.of(result);
        }
        final PbsId id = PbsSubmission.id(result.output(), count > 1);
        return id == null
                ? arrays.lookUp(
                        request,
                        count,
                        before,
                        "qsub did not say the job's id, and nobody knows whether there is one: it ended with "
                                + PbsCommands.said(result))
                : idsOf(id, count);
    }

    /** Null if it is gone; else what went wrong. */
    private @Nullable String delete(final String operand) {
        final CommandResult result = commands.run(Command.of("qdel", operand));
        if (result.isSuccess() || PbsCommands.UNKNOWN_OR_OVER.contains(result.exitCode())) {
            return null;
        }
        if (PbsCommands.isWithoutServer(result)) {
            throw PbsCommands.unavailable(Command.of("qdel", operand), result);
        }
        return "qdel " + operand + " ended with " + PbsCommands.said(result);
    }

    private static List<String> idsOf(final PbsId id, final int count) {
        return count == 1 ? List.of(id.toString()) : id.elements(0, count - 1);
    }

    /** The job itself, or those of an array. */
    private static List<String> jobsOf(final PbsJob job) {
        final PbsId id = PbsId.of(job.id());
        if (id == null || !id.isArray()) {
            return List.of(job.id());
        }
        final Matcher range = RANGE.matcher(job.text("array_indices_submitted", "job_array_request"));
        return range.matches()
                ? id.elements(Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2)))
                : List.of();
    }

    private static String key(final String id) {
        final PbsId parsed = PbsId.of(id);
        return parsed == null ? id : parsed.key();
    }
}
