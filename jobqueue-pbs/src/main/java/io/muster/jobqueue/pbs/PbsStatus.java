package io.muster.jobqueue.pbs;

import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What PBS's words for a job mean. Only a final state ends it: an exit status may be there before. */
final class PbsStatus {
    private static final Set<Integer> BEFORE_SCRIPT = Set.of(40, 41);
    private static final Pattern BETWEEN_NODES = Pattern.compile("\\+");

    private final PbsJob job;
    private final ZoneId zone;

    private PbsStatus(final PbsJob job, final ZoneId zone) {
        this.job = job;
        this.zone = zone;
    }

    /** The status of a job, whose times are told in the zone, under the id that was asked for. */
    static JobStatus of(final PbsJob job, final String id, final ZoneId zone) {
        return new PbsStatus(job, zone).status(id);
    }

    private JobStatus status(final String id) {
        final String word = job.text("job_state");
        final JobState state = state(word);
        final JobStatus status = JobStatus.of(id, state, word)
                .withToken(job.token())
                .withReason(state == JobState.PENDING ? reason() : "")
                .withNode(node())
                .withRestarts(restarts(state))
                .withTimes(
                        job.time(zone, "ctime", "qtime"),
                        job.time(zone, "stime", "start_time"),
                        state == JobState.PENDING ? job.time(zone, "estimated.start_time") : null,
                        state == JobState.ENDED ? job.time(zone, "obittime", "comp_time", "mtime") : null);
        return state == JobState.ENDED ? PbsEnd.of(job).end(status) : status;
    }

    private JobState state(final String word) {
        return switch (word) {
            case "Q", "H", "W", "T" -> JobState.PENDING;
            case "R" ->
                BEFORE_SCRIPT.contains(Objects.requireNonNullElse(job.number("substate"), 0))
                        ? JobState.STARTING
                        : JobState.RUNNING;
            case "B", "E", "S", "U" -> JobState.RUNNING;
            case "F", "C", "X" -> JobState.ENDED;
            default -> JobState.UNKNOWN;
        };
    }

    private String reason() {
        final String comment = job.text("comment").strip();
        final String holds = job.text("hold_types").strip();
        return comment.isEmpty() && !holds.isEmpty() && !holds.equals("n") ? "Hold_Types = " + holds : comment;
    }

    /** {@code n1/0*2+n2/0*2} is n1 and n2. */
    private String node() {
        return BETWEEN_NODES
                .splitAsStream(job.text("exec_host"))
                .map(part -> part.replaceFirst("/.*", "").strip())
                .distinct()
                .collect(Collectors.joining(","));
    }

    private int restarts(final JobState state) {
        final int runs = Objects.requireNonNullElse(job.number("run_count", "start_count"), 0);
        return state == JobState.PENDING ? runs : Math.max(0, runs - 1);
    }
}
