package io.muster.jobqueue.manager;

import io.muster.jobqueue.JobEnd;
import java.util.ArrayList;
import java.util.List;

/** What went wrong with a job, for people: cause, names, codes, node, and the end of what it wrote. */
final class FailureText {
    private FailureText() {}

    /** Empty if nothing did. */
    static String of(final Job job) {
        final JobEnd end = job.end;
        if (end == null) {
            return job.departedWorkers.isEmpty() || !job.workers.isEmpty()
                    ? ""
                    : "its workers have left (" + job.departedWorkers + "); the batch system is being asked why";
        }
        if (job.departure != null && !job.isHopeless || end == JobEnd.COMPLETED && job.everWorked) {
            return "";
        }
        final StringBuilder text = new StringBuilder(
                named(job) + (job.everWorked ? " is over: " : " was over before a worker came: ") + end.text());
        final List<String> details = details(job);
        if (!details.isEmpty()) {
            text.append(" (").append(String.join(", ", details)).append(')');
        }
        if (!job.status.reason().isEmpty()) {
            text.append("; the batch system's reason: ").append(job.status.reason());
        }
        if (!job.departedWorkers.isEmpty()) {
            text.append("; its workers left: ").append(job.departedWorkers);
        }
        if (!job.tail.isBlank()) {
            text.append("; the end of its output:\n").append(job.tail.stripTrailing());
        }
        return text.toString();
    }

    /** A job that should be gone. */
    static String left(final Job job) {
        final String word = job.status.word();
        final Departure departure = job.departure;
        return named(job)
                + (word.isEmpty() ? "" : ", state " + word)
                + (departure == null || departure.problem.isEmpty()
                        ? ""
                        : "; it could not be cancelled: " + departure.problem);
    }

    private static String named(final Job job) {
        final String name = job.group.shape.jobName();
        return "job " + job.id + (name.isEmpty() ? "" : " (" + name + ")");
    }

    private static List<String> details(final Job job) {
        final List<String> details = new ArrayList<>();
        if (!job.status.word().isEmpty()) {
            details.add("state " + job.status.word());
        }
        if (job.status.exitCode() != null) {
            details.add("exit code " + job.status.exitCode());
        }
        if (job.status.signal() != null) {
            details.add("signal " + job.status.signal());
        }
        if (!job.node.isEmpty()) {
            details.add("node " + job.node);
        }
        return details;
    }
}
