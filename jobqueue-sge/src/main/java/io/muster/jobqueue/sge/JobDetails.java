package io.muster.jobqueue.sge;

import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/** What {@code qstat -j … -xml} adds to the list of jobs: tokens, times of submission, and why jobs wait. */
final class JobDetails {
    static final JobDetails NONE = new JobDetails();
    static final String TOKEN = "muster_token";

    private final Map<Long, Job> jobs = new HashMap<>();
    private final Map<Long, List<String>> reasons = new HashMap<>();
    private String commonReason = "";

    private JobDetails() {}

    /**
     * Reads them; jobs that Grid Engine does not know are not among them.
     *
     * @throws QueueUnavailableException if the text is something else. When nobody answers, the exit code is 0 all the same.
     */
    static JobDetails parse(final String xml) {
        final Element root = Xml.root(xml);
        final JobDetails details = new JobDetails();
        switch (root.getTagName()) {
            case "unknown_jobs" -> {}
            case "detailed_job_info" -> details.read(root);
            default ->
                throw new QueueUnavailableException(
                        "qstat -j printed <" + root.getTagName() + ">: " + Said.brief(root.getTextContent()), null);
        }
        return details;
    }

    /** The numbers of jobs with a token, in the order in which they were submitted. */
    List<Long> withToken(final String token) {
        return jobs.entrySet().stream()
                .filter(entry -> entry.getValue().token().equals(token))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** The tasks of an array; those of a job that is none are one task 0. */
    List<JobId> ids(final long number) {
        final Job job = jobs.get(number);
        return job == null ? List.of() : job.ids(number);
    }

    JobStatus completed(final JobId id, final JobStatus status) {
        final Job job = jobs.get(id.number());
        if (job == null) {
            return status;
        }
        final Instant submitted = status.submitted() == null ? job.submitted() : status.submitted();
        return status.withToken(job.token())
                .withTimes(submitted, status.started(), status.expectedStart(), status.ended())
                .withReason(status.state() == JobState.PENDING ? reason(id, job, status.word()) : "");
    }

    private String reason(final JobId id, final Job job, final String word) {
        final List<String> own = reasons.getOrDefault(id.number(), List.of());
        final List<String> errors = job.errors().getOrDefault(Math.max(1, id.task()), List.of());
        if (StateWord.isError(word) && !errors.isEmpty()) {
            return String.join("; ", errors);
        }
        if (!own.isEmpty()) {
            return String.join("; ", own);
        }
        return StateWord.isHeld(word) ? "Job is in hold state" : commonReason;
    }

    private void read(final Element root) {
        for (final Element list : Xml.children(root, "djob_info")) {
            Xml.children(list, "element").forEach(this::readJob);
        }
        for (final Element message : Xml.all(root, "SME_message_list")) {
            Xml.children(message, "element").forEach(this::readReason);
        }
        for (final Element common : Xml.all(root, "SME_global_message_list")) {
            for (final Element message : Xml.children(common, "element")) {
                commonReason = Xml.text(message, "MES_message");
            }
        }
    }

    private void readJob(final Element element) {
        jobs.put(number(Xml.text(element, "JB_job_number")), Job.of(element));
    }

    private void readReason(final Element element) {
        final String text = Xml.text(element, "MES_message");
        for (final Element value : Xml.all(element, "ULNG_value")) {
            reasons.computeIfAbsent(number(value.getTextContent().strip()), key -> new ArrayList<>())
                    .add(text);
        }
    }

    private static long number(final String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    /** A job; its first task is 0 if it is no array. */
    private record Job(
            String token,
            @Nullable Instant submitted,
            long firstTask,
            long lastTask,
            long step,
            Map<Long, List<String>> errors) {
        private static final long ARRAY = 128;
        private static final long MOST_TASKS = 1_000_000;

        static Job of(final Element element) {
            final List<Element> ranges = Xml.all(element, "task_id_range");
            final boolean isArray = (number(Xml.text(element, "JB_type")) & ARRAY) != 0 && !ranges.isEmpty();
            return new Job(
                    token(element),
                    Times.parse(Xml.text(element, "JB_submission_time")),
                    isArray ? number(Xml.text(ranges.get(0), "RN_min")) : 0,
                    isArray ? number(Xml.text(ranges.get(0), "RN_max")) : 0,
                    isArray ? Math.max(1, number(Xml.text(ranges.get(0), "RN_step"))) : 1,
                    errors(element));
        }

        List<JobId> ids(final long number) {
            return LongStream.iterate(firstTask, task -> task <= lastTask, task -> task + step)
                    .limit(MOST_TASKS)
                    .mapToObj(task -> new JobId(number, task))
                    .toList();
        }

        private static String token(final Element element) {
            for (final Element context : Xml.children(element, "JB_context")) {
                for (final Element variable : Xml.children(context, "context_list")) {
                    if (Xml.text(variable, "VA_variable").equals(TOKEN)) {
                        return Xml.text(variable, "VA_value");
                    }
                }
            }
            return "";
        }

        /** By task, of which a job that is no array has number 1. */
        private static Map<Long, List<String>> errors(final Element element) {
            final Map<Long, List<String>> errors = new HashMap<>();
            for (final Element list : Xml.children(element, "JB_ja_tasks")) {
                for (final Element task : Xml.elements(list)) {
                    final List<String> messages = Xml.all(task, "QIM_message").stream()
                            .map(message -> message.getTextContent().strip())
                            .distinct()
                            .toList();
                    errors.put(number(Xml.text(task, "JAT_task_number")), messages);
                }
            }
            return errors;
        }
    }
}
