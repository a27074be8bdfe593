package io.muster.jobqueue.sge;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@code qacct} prints of one job that is over: the last of its records, as each run of a requeued job has one. */
final class AccountedJob {
    private static final Pattern RECORD = Pattern.compile("(?m)^={10,}$");
    private static final Pattern LEADING_NUMBER = Pattern.compile("([0-9]{1,9})\\b.*");
    private static final int SIGNAL_BASE = 128;
    private static final int SIGXCPU = 24;
    private static final List<Integer> RAN_AGAIN = List.of(24, 25);
    private static final List<Integer> BY_A_SIGNAL = List.of(17, 37, 100);
    private static final List<Integer> SHEPHERD_LOST = List.of(18, 19, 20, 21);
    private static final List<Integer> AFTER_THE_SCRIPT = List.of(0, 12, 13, 14, 15, 16, 30);
    private static final int LIMIT_ENFORCED = 37;
    private static final int ASSUMEDLY_AFTER_JOB = 100;

    private final Map<String, String> fields;
    private final int requeues;

    private AccountedJob(final Map<String, String> fields, final int requeues) {
        this.fields = fields;
        this.requeues = requeues;
    }

    /** By job or task. Whatever else is in the text, messages for example, is passed over. */
    static Map<JobId, AccountedJob> parse(final String text) {
        final Map<JobId, AccountedJob> jobs = new LinkedHashMap<>();
        for (final String record : RECORD.split(text)) {
            final Map<String, String> fields = fields(record);
            final String task = fields.getOrDefault("taskid", "");
            final String id = fields.getOrDefault("jobnumber", "") + (task.matches("[1-9][0-9]*") ? "." + task : "");
            JobId.parse(id).ifPresent(job -> {
                final AccountedJob before = jobs.get(job);
                jobs.put(job, new AccountedJob(fields, before == null ? 0 : before.requeuesWithThisRun()));
            });
        }
        return jobs;
    }

    /** A kill counts as a cancellation if this cluster had asked for one: Grid Engine does not tell them apart. */
    JobStatus status(final JobId id, final boolean isCancelled) {
        final int failed = number("failed");
        final int exit = number("exit_status");
        final @Nullable Integer signal =
                BY_A_SIGNAL.contains(failed) && exit > SIGNAL_BASE ? Integer.valueOf(exit - SIGNAL_BASE) : null;
        final @Nullable Integer exitCode =
                signal == null && hasStarted() && ranToItsEnd(failed) ? Integer.valueOf(exit) : null;
        return JobStatus.of(id.toString(), JobState.ENDED, failed == 0 ? "z" : field("failed"))
                .withNode(hasStarted() ? field("hostname") : "")
                .withRestarts(requeues)
                .withTimes(time("qsub_time"), time("start_time"), null, time("end_time"))
                .withEnd(end(failed, exit, signal, isCancelled), exitCode, signal);
    }

    private JobEnd end(final int failed, final int exit, final @Nullable Integer signal, final boolean isCancelled) {
        if (RAN_AGAIN.contains(failed) || isDeleted()) {
            return JobEnd.CANCELLED;
        }
        if (failed == LIMIT_ENFORCED) {
            return isOverMemory() ? JobEnd.OUT_OF_MEMORY : JobEnd.WALLTIME;
        }
        if (signal != null && signal == SIGXCPU) {
            return JobEnd.WALLTIME;
        }
        if (isCancelled && (signal != null || !hasStarted())) {
            return JobEnd.CANCELLED;
        }
        if (!hasStarted()) {
            return JobEnd.NOT_STARTED;
        }
        if (AFTER_THE_SCRIPT.contains(failed)) {
            return exit == 0 ? JobEnd.COMPLETED : JobEnd.FAILED;
        }
        if (signal != null || failed == ASSUMEDLY_AFTER_JOB && exit != 0) {
            return JobEnd.FAILED;
        }
        if (SHEPHERD_LOST.contains(failed) || failed == ASSUMEDLY_AFTER_JOB) {
            return JobEnd.NODE_FAILURE;
        }
        return JobEnd.NOT_STARTED;
    }

    /**
     * Grid Engine has one number for all limits that it enforces, and writes down those that the job asked for, not those of the queue.
     * The time is what most jobs have to keep to, so memory is blamed only if the time was not over.
     */
    private boolean isOverMemory() {
        final Map<String, String> limits = limits();
        final @Nullable Duration time = Quantities.time(limits.getOrDefault("h_rt", ""));
        final @Nullable Duration ran = Quantities.time(field("ru_wallclock"));
        if (time != null && ran != null && ran.compareTo(time) >= 0) {
            return false;
        }
        final @Nullable Duration cpuLimit = Quantities.time(limits.getOrDefault("h_cpu", ""));
        final @Nullable Duration cpu = Quantities.time(field("cpu"));
        if (cpuLimit != null && cpu != null && cpu.compareTo(cpuLimit) >= 0) {
            return false;
        }
        final double memory = Quantities.bytes(limits.getOrDefault("h_vmem", "")) * Math.max(1, number("slots"));
        return memory > 0 && Quantities.bytes(field("maxvmem")) > memory || time != null && ran != null;
    }

    /** The values of {@code -l} in the job's category. */
    private Map<String, String> limits() {
        final Map<String, String> limits = new HashMap<>();
        for (final String word : field("category").split("[ ,]+")) {
            final int equals = word.indexOf('=');
            if (equals > 0) {
                limits.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return limits;
    }

    private boolean hasStarted() {
        return time("start_time") != null;
    }

    /** Univa's and Altair's Grid Engine say who deleted a job. */
    private boolean isDeleted() {
        return !List.of("", "NONE", "none").contains(field("deleted_by"));
    }

    private int requeuesWithThisRun() {
        return requeues + (RAN_AGAIN.contains(number("failed")) ? 1 : 0);
    }

    private static boolean ranToItsEnd(final int failed) {
        return AFTER_THE_SCRIPT.contains(failed) || BY_A_SIGNAL.contains(failed);
    }

    private String field(final String name) {
        return fields.getOrDefault(name, "");
    }

    private int number(final String name) {
        final Matcher matcher = LEADING_NUMBER.matcher(field(name));
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    private @Nullable Instant time(final String name) {
        return Times.parse(field(name));
    }

    private static Map<String, String> fields(final String record) {
        final Map<String, String> fields = new HashMap<>();
        record.lines().forEach(line -> {
            final String[] words = line.strip().split("\\s+", 2);
            if (words.length == 2) {
                fields.put(words[0], words[1].strip());
            }
        });
        return fields;
    }
}
