package io.muster.jobqueue.sge;

import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import java.util.List;
import org.w3c.dom.Element;

/** An entry of {@code qstat -xml}: a job, or tasks of an array that are in the same state. */
final class ListedJob {
    private final long number;
    private final TaskRanges tasks;
    private final Element element;

    private ListedJob(final long number, final Element element) {
        this.number = number;
        this.tasks = new TaskRanges(Xml.text(element, "tasks"));
        this.element = element;
    }

    /**
     * All entries.
     *
     * @throws QueueUnavailableException if the text is something else
     */
    static List<ListedJob> parse(final String xml) {
        final Element root = Xml.root(xml);
        if (!root.getTagName().equals("job_info")) {
            throw new QueueUnavailableException(
                    "qstat printed <" + root.getTagName() + "> instead of <job_info>: "
                            + Said.brief(root.getTextContent()),
                    null);
        }
        return Xml.all(root, "job_list").stream().map(ListedJob::of).toList();
    }

    long number() {
        return number;
    }

    boolean isPending() {
        return StateWord.state(word()) == JobState.PENDING;
    }

    boolean has(final JobId id) {
        return id.number() == number && tasks.contains(id.task());
    }

    /** Its state without reason and token, which are told elsewhere. A job in error never starts unless somebody clears the error. */
    JobStatus status(final JobId id) {
        final String word = word();
        final String queue = Xml.text(element, "queue_name");
        final JobStatus status = JobStatus.of(id.toString(), StateWord.state(word), word)
                .withNode(queue.substring(queue.indexOf('@') + 1))
                .withRestarts(StateWord.restarts(word))
                .withTimes(
                        Times.parse(Xml.text(element, "JB_submission_time")),
                        isPending() ? null : Times.parse(Xml.text(element, "JAT_start_time")),
                        null,
                        null);
        return isPending() && StateWord.isError(word) ? status.withoutHope() : status;
    }

    private String word() {
        return Xml.text(element, "state");
    }

    private static ListedJob of(final Element element) {
        final String number = Xml.text(element, "JB_job_number");
        if (!number.matches("[0-9]{1,18}")) {
            throw new QueueUnavailableException("qstat printed a job with JB_job_number=" + Said.brief(number), null);
        }
        return new ListedJob(Long.parseLong(number), element);
    }
}
