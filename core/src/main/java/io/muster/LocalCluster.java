package io.muster;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.config.TransportChoice;
import io.muster.scheduler.LocalScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster on this machine: in this JVM by default, ready in milliseconds and without copies, or as processes of its own, as on a
 * supercomputer.
 *
 * <pre>{@code
 * try (LocalCluster cluster = LocalCluster.builder().workers(2).processes(true).start();
 *         Client client = cluster.connect()) {
 *     System.out.println(client.submit(() -> 6 * 7).join());
 * }
 * }</pre>
 */
public final class LocalCluster implements Cluster {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCluster.class);

    /** How long a new client waits to hear of the workers, which were there when the cluster started. */
    private static final Duration INTRODUCTION = Duration.ofSeconds(2);

    private final int workers;
    private final int threadsPerWorker;
    private final @Nullable LocalScheduler local;
    private final @Nullable LocalProcesses processes;
    private final Settings settings;
    private @Nullable LocalScaling scaling;
    private boolean closed;

    private LocalCluster(final Builder builder) {
        workers = builder.workers;
        threadsPerWorker = builder.threadsPerWorker;
        settings = builder.settings;
        if (builder.processes) {
            local = null;
            processes = LocalProcesses.start(
                    workers, threadsPerWorker, builder.settings, builder.schedulerFile, builder.startTimeout);
        } else {
            processes = null;
            local = new LocalScheduler(workers, threadsPerWorker, builder.settings);
        }
    }

    /**
     * Begins to describe a cluster.
     *
     * @return a builder with the defaults
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Makes a client of this cluster. Close it before the cluster.
     *
     * @return a new client
     * @throws MusterException if the scheduler does not answer
     */
    @Override
    public Client connect() {
        if (local != null) {
            return Client.over(local.link());
        }
        final Client client = Client.connect(Objects.requireNonNull(processes).schedulerFile());
        try {
            client.awaitWorkers(Math.max(1, connected()), INTRODUCTION);
        } catch (final WaitTimeoutException e) {
            LOG.debug("some workers are away", e);
        }
        return client;
    }

    /**
     * The file by which other processes find the scheduler.
     *
     * @return the file
     * @throws MusterException if the cluster lives in this JVM
     */
    public Path schedulerFile() {
        if (processes == null) {
            throw new MusterException("a cluster in this JVM has no scheduler file; use processes(true)");
        }
        return processes.schedulerFile();
    }

    /**
     * How many workers it shall have.
     *
     * @return as built, or as scaled since
     */
    public synchronized int workers() {
        return scaling == null ? workers : scaling.wanted();
    }

    private synchronized int connected() {
        return scaling == null ? workers : scaling.connected();
    }

    /**
     * Sets how many workers there shall be. Those that are missing are started; those too many leave once what they run has ended and their
     * results have moved to others, the ones without work first.
     *
     * @param count 0 or more
     * @throws MusterException if it is negative or absurd, the cluster is closed, or a process can't be started
     */
    @Override
    public void scale(final int count) {
        if (count < 0 || count > AdaptiveRule.MOST) {
            throw new MusterException("workers=" + count + " must be >= 0 and <= " + AdaptiveRule.MOST);
        }
        scaling().scale(count);
    }

    @Override
    public void adapt(final UnaryOperator<AdaptiveRule> rule) {
        scaling().adapt(rule.apply(AdaptiveRule.DEFAULT).checked());
    }

    /** What each worker process has besides threads. */
    private Map<String, Double> offered() {
        final Map<String, Double> amounts = new HashMap<>();
        for (final String entry : settings.get(Options.WORKER_RESOURCES)) {
            final int at = entry.indexOf('=');
            amounts.put(entry.substring(0, at).strip(), Double.valueOf(entry.substring(at + 1)));
        }
        return amounts;
    }

    private synchronized LocalScaling scaling() {
        if (closed) {
            throw new MusterException("the cluster is closed; start another one");
        }
        if (scaling == null) {
            final LocalScaling.Host host =
                    local == null ? Objects.requireNonNull(processes) : new LocalThreads(local, threadsPerWorker);
            final Map<String, Double> offered = local == null ? offered() : Map.of();
            scaling = new LocalScaling(
                    host,
                    need -> need.slots(threadsPerWorker, offered),
                    local == null ? Objects.requireNonNull(processes).names() : LocalThreads.names(local));
        }
        return scaling;
    }

    /**
     * What the processes wrote, newest last; for when something went wrong.
     *
     * @return the text of all logs, empty for a cluster in this JVM
     */
    public String logs() {
        return processes == null ? "" : processes.logs();
    }

    /** Ends scheduler and workers, within ten seconds. Further calls do nothing. */
    @Override
    public void close() {
        final LocalScaling ended;
        synchronized (this) {
            closed = true;
            ended = scaling;
        }
        if (ended != null) {
            ended.close();
        }
        if (local != null) {
            local.close();
        }
        if (processes != null) {
            processes.close();
        }
    }

    @Override
    public String toString() {
        return "LocalCluster(workers=" + workers + ", threadsPerWorker=" + threadsPerWorker
                + (processes == null ? ", in this JVM" : ", processes, " + processes.schedulerFile()) + ")";
    }

    /**
     * Describes a cluster. Defaults: one worker in this JVM with a thread per core; with {@link #processes}, as many workers as half the
     * cores and at least two, the threads shared among them.
     */
    public static final class Builder {
        private int workers;
        private int threadsPerWorker;
        private boolean processes;
        private Settings settings = Settings.load();
        private @Nullable Path schedulerFile;
        private Duration startTimeout = Duration.ofSeconds(60);

        private Builder() {}

        /**
         * How many workers.
         *
         * @param count at least 1
         * @return this
         */
        public Builder workers(final int count) {
            this.workers = atLeastOne("workers", count);
            return this;
        }

        /**
         * How many tasks each runs at once.
         *
         * @param count at least 1
         * @return this
         */
        public Builder threadsPerWorker(final int count) {
            this.threadsPerWorker = atLeastOne("threadsPerWorker", count);
            return this;
        }

        /**
         * Whether scheduler and workers are processes of their own; default no.
         *
         * @param separate true for processes
         * @return this
         */
        public Builder processes(final boolean separate) {
            this.processes = separate;
            return this;
        }

        /**
         * What carries messages between processes.
         *
         * @param name {@code auto}, {@code aeron} or {@code tcp}
         * @return this
         */
        public Builder transport(final String name) {
            try {
                settings = settings.with(Options.TRANSPORT, TransportChoice.valueOf(name.toUpperCase(Locale.ROOT)));
            } catch (final IllegalArgumentException e) {
                throw new MusterException("transport=" + name + " must be one of auto, aeron, tcp", e);
            }
            return this;
        }

        /**
         * Sets an option by its name in the configuration reference.
         *
         * @param key for example {@code scheduler.lease}
         * @param value as in a configuration file
         * @return this
         */
        public Builder set(final String key, final String value) {
            settings = settings.withText(key, value);
            return this;
        }

        /**
         * Where the scheduler file goes; default a private directory.
         *
         * @param file the file
         * @return this
         */
        public Builder schedulerFile(final Path file) {
            this.schedulerFile = file;
            return this;
        }

        /**
         * How long {@link #start} waits for the processes; default 60 seconds.
         *
         * @param timeout the time
         * @return this
         */
        public Builder startTimeout(final Duration timeout) {
            this.startTimeout = timeout;
            return this;
        }

        /**
         * Starts the cluster; returns when all workers are there.
         *
         * @return the cluster
         * @throws MusterException if a process does not start, with what it said
         */
        public LocalCluster start() {
            settings.check();
            final int cores = Runtime.getRuntime().availableProcessors();
            if (workers == 0) {
                workers = processes ? Math.max(2, cores / 2) : 1;
            }
            if (threadsPerWorker == 0) {
                threadsPerWorker = Math.max(1, cores / workers);
            }
            return new LocalCluster(this);
        }

        private static int atLeastOne(final String name, final int value) {
            if (value < 1) {
                throw new MusterException(name + "=" + value + " must be >= 1");
            }
            return value;
        }
    }
}
