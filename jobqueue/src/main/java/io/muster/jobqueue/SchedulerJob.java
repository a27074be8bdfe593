package io.muster.jobqueue;

import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A scheduler in a job of its own. */
final class SchedulerJob implements SchedulerLife {
    private static final Logger LOG = LoggerFactory.getLogger(SchedulerJob.class);
    private static final String LOG_BYTES = Integer.toString(16 * 1024);

    private final Login login;
    private final BatchQueue queue;
    private final JobRequest request;
    private final String id;
    private final Duration interval;
    private long askedNs;
    private JobStatus status;
    private int unknown;

    private SchedulerJob(
            final Login login,
            final BatchQueue queue,
            final JobRequest request,
            final String id,
            final Duration interval) {
        this.login = login;
        this.queue = queue;
        this.request = request;
        this.id = id;
        this.interval = interval;
        this.askedNs = System.nanoTime();
        this.status = JobStatus.of(id, JobState.PENDING, "submitted");
    }

    /** Submits one. */
    static SchedulerJob submit(final Login login, final JobRequest request, final Duration interval) {
        final BatchQueue queue = request.spec().system().queue(login.commands());
        final String id = queue.submit(request).get(0);
        LOG.info("the scheduler will run in job {}", id);
        return new SchedulerJob(login, queue, request, id, interval);
    }

    /** The job's id. */
    String id() {
        return id;
    }

    @Override
    public String description() {
        return "scheduler in job " + id;
    }

    @Override
    public String progress() {
        return "job " + id + " is " + status.word() + (status.reason().isEmpty() ? "" : ", " + status.reason())
                + (status.expectedStart() == null ? "" : ", expected to start at " + status.expectedStart());
    }

    @Override
    public @Nullable String deathNotice() {
        if (System.nanoTime() - askedNs > interval.toNanos()) {
            ask();
        }
        if (status.state() == JobState.ENDED) {
            final JobEnd end = status.end() == null ? JobEnd.UNKNOWN : status.end();
            return end.text() + " (" + status.word()
                    + (status.exitCode() == null ? "" : ", exit code " + status.exitCode()) + ")";
        }
        return unknown > 2 ? JobEnd.UNKNOWN.text() : null;
    }

    @Override
    public String log() {
        final StringBuilder text = new StringBuilder();
        for (final String file : queue.logFiles(request, id)) {
            try {
                text.append(login.commands().run(Command.of("tail", "-c", LOG_BYTES, file)).output());
            } catch (final CommandException e) {
                text.append(file).append(" can't be read: ").append(e.getMessage());
            }
        }
        return text.toString();
    }

    @Override
    public void kill() {
        queue.cancel(List.of(id));
    }

    private void ask() {
        askedNs = System.nanoTime();
        try {
            final List<JobStatus> answer = queue.query(List.of(id));
            unknown = answer.isEmpty() ? unknown + 1 : 0;
            if (!answer.isEmpty()) {
                final JobStatus before = status;
                status = answer.get(0);
                if (!before.word().equals(status.word()) || !before.reason().equals(status.reason())) {
                    LOG.info("the scheduler's {}", progress());
                }
            }
        } catch (final QueueUnavailableException e) {
            LOG.warn("the state of the scheduler's job is not known: {}", e.getMessage());
        }
    }
}
