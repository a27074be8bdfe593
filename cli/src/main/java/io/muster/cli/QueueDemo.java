package io.muster.cli;

import io.muster.Client;
import io.muster.MusterException;
import io.muster.config.ConfigurationException;
import io.muster.jobqueue.Job;
import io.muster.jobqueue.JobQueueCluster;
import io.muster.jobqueue.JobState;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The cluster of a demonstration in a batch queue, and the wait for it. */
final class QueueDemo implements AutoCloseable {
    private static final long POLL_MS = 500;

    private final JobQueueCluster cluster;
    private final int jobs;
    private String shown = "";

    private QueueDemo(final JobQueueCluster cluster, final int jobs) {
        this.cluster = cluster;
        this.jobs = jobs;
    }

    static QueueDemo start(
            final String system, final @Nullable Path config, final List<String> arguments, final int jobs) {
        if (jobs < 1) {
            throw new ConfigurationException("--jobs=" + jobs + " must be >= 1");
        }
        final JobQueueCluster.Builder<?, ?> builder = JobQueueCluster.builder(system)
                .muster(Home.launcher())
                .classPath(System.getenv().getOrDefault("MUSTER_CLASSPATH", ""))
                .jobs(jobs);
        if (config != null) {
            builder.config(config);
        }
        for (final String argument : arguments) {
            final int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new ConfigurationException("--set " + argument + " must be KEY=VALUE");
            }
            builder.set(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return new QueueDemo(builder.start(), jobs);
    }

    Client connect() {
        return cluster.connect();
    }

    /** Waits until every job has a worker, and says what the jobs wait for; returns how many workers there are. */
    int awaitWorkers(final Client client, final PrintWriter err) throws InterruptedException {
        while (true) {
            final List<Job> all = cluster.jobs();
            show(all, err);
            final long running =
                    all.stream().filter(job -> job.state() == JobState.RUNNING).count();
            if (running >= jobs) {
                return client.workers().size();
            }
            final List<Job> ended =
                    all.stream().filter(job -> job.state() == JobState.ENDED).toList();
            if (ended.size() >= 3 * jobs) {
                throw new MusterException("the jobs end before their workers come: "
                        + ended.get(ended.size() - 1).message());
            }
            Thread.sleep(POLL_MS);
        }
    }

    @Override
    public void close() {
        cluster.close();
    }

    private void show(final List<Job> all, final PrintWriter err) {
        final String text = all.stream()
                .map(job -> "job " + job.id() + " " + job.word() + (job.reason().isEmpty() ? "" : " " + job.reason()))
                .collect(Collectors.joining(", "));
        if (!text.equals(shown)) {
            shown = text;
            err.println("muster demo: " + text);
            err.flush();
        }
    }
}
