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
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration AWAY = Duration.ofSeconds(5);
    private static final int UNKNOWN_ENOUGH = 3;

    private final Login login;
    private final BatchQueue queue;
    private final JobRequest request;
    private final String id;
    private final long intervalNs;
    private long pauseNs;
    private long calledNs;
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
        this.intervalNs = interval.toNanos();
        this.pauseNs = firstPauseNs();
        this.askedNs = System.nanoTime();
        this.calledNs = askedNs;
        this.status = JobStatus.of(id, JobState.PENDING, "submitted");
    }

    /** Submits one. */
    static SchedulerJob submit(final Login login, final JobRequest request, final Duration interval) {
        final BatchQueue queue = request.spec().system().queue(login.commands());
        final String id = queue.submit(request).get(0);
        LOG.info("the scheduler will run in job {}", id);
        return new SchedulerJob(login, queue, request, id, interval);
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

    /** Asks the batch system soon after the first call, then less and less often; who comes back after a while begins anew. */
    @Override
    public @Nullable String deathNotice() {
        final long nowNs = System.nanoTime();
        if (nowNs - calledNs > AWAY.toNanos()) {
            pauseNs = firstPauseNs();
        }
        calledNs = nowNs;
        if (nowNs - askedNs > pauseNs) {
            ask();
            pauseNs = Math.min(intervalNs, 2 * pauseNs);
        }
        if (status.state() == JobState.ENDED) {
            final JobEnd end = status.end() == null ? JobEnd.UNKNOWN : status.end();
            return end.text() + " (" + status.word()
                    + (status.exitCode() == null ? "" : ", exit code " + status.exitCode()) + ")";
        }
        return unknown >= UNKNOWN_ENOUGH ? JobEnd.UNKNOWN.text() : null;
    }

    @Override
    public String log() {
        final StringBuilder text = new StringBuilder();
        for (final String file : queue.logFiles(request, id)) {
            try {
                text.append(login.commands()
                        .run(Command.of("tail", "-c", LOG_BYTES, file))
                        .output());
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

    private long firstPauseNs() {
        return Math.min(intervalNs, FIRST_PAUSE.toNanos());
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
            unknown = 0;
            LOG.warn("the state of the scheduler's job is not known: {}", e.getMessage());
        }
    }
}
