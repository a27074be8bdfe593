package io.muster.jobqueue;

import io.muster.AdaptiveRule;
import io.muster.Client;
import io.muster.Cluster;
import io.muster.MemorySize;
import io.muster.MusterException;
import io.muster.config.ConfigurationException;
import io.muster.config.DurationText;
import io.muster.jobqueue.command.SshLogin;
import io.muster.jobqueue.manager.JobLimits;
import io.muster.jobqueue.manager.ManagerJson;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster whose workers come out of a batch queue. Its scheduler is a process of its own, which submits jobs and knows at every moment
 * what became of each; the workers in the jobs find it by the scheduler file, which has to lie where the nodes see it.
 *
 * <p>The number of jobs is what is asked for with {@link #scaleJobs} or {@link #adapt}; jobs that die are replaced. Jobs of different
 * kinds are groups: {@link #addGroup}. The builder describes the first group, which is called {@value #FIRST_GROUP}.
 *
 * <p>{@link #close} leaves nothing in the queue. A cluster whose program ends without it is ended too, after {@link Builder#ownerGrace a
 * while}, unless it was {@link #detach detached}. Methods may be called from any thread.
 */
public abstract class JobQueueCluster implements Cluster {
    /** The name of the group that the builder describes. */
    public static final String FIRST_GROUP = "default";

    private static final Logger LOG = LoggerFactory.getLogger(JobQueueCluster.class);
    private static final Duration CONNECT = Duration.ofSeconds(30);

    private final StartedCluster cluster;

    /**
     * A cluster that has been started or found.
     *
     * @param cluster what a builder or {@link #find} made
     */
    protected JobQueueCluster(final StartedCluster cluster) {
        this.cluster = cluster.watch();
    }

    /**
     * Begins to describe a cluster on a batch system that is only known by name; where it is known when the program is written, the
     * builder of its own class has more to say.
     *
     * @param system such as {@code slurm}
     * @return a builder
     * @throws ConfigurationException if there is no such batch system
     */
    public static Builder<?, ?> builder(final String system) {
        return new AnyBuilder(BatchSystems.byName(system));
    }

    /**
     * Finds a cluster that was detached, and takes it over.
     *
     * @param system the batch system that it must be of
     * @param via the host that it was started from; null for this one
     * @param schedulerFile the file that {@link #detach} gave, as that host sees it
     * @return the cluster
     * @throws MusterException if it does not answer, has no jobs, or is of another batch system
     */
    protected static StartedCluster find(
            final BatchSystem system, final @Nullable SshLogin via, final Path schedulerFile) {
        final Login login = via == null ? new LocalLogin() : new RemoteLogin(via);
        try {
            return find(system, login, schedulerFile);
        } catch (final RuntimeException e) {
            login.close();
            throw e;
        }
    }

    private static StartedCluster find(final BatchSystem system, final Login login, final Path schedulerFile) {
        final Path file = login.fetch(schedulerFile.toString()).toAbsolutePath().normalize();
        final ManagerClient manager = ManagerClient.connect(file, login.route(), CONNECT);
        try {
            final Map<?, ?> answer = manager.own();
            if (!system.name().equals(answer.get("system"))) {
                throw new MusterException(
                        "schedulerFile=" + file + " is of a cluster with system=" + answer.get("system") + ", not "
                                + system.name() + "; attach it with the class of its own system");
            }
            return new StartedCluster(system, login, null, manager, file, String.valueOf(answer.get("directory")));
        } catch (final RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Makes a client of this cluster. Close it before the cluster.
     *
     * @return a new client
     * @throws MusterException if the scheduler does not answer
     */
    @Override
    public final Client connect() {
        return Client.connect(cluster.schedulerFile(), CONNECT, cluster.login().route());
    }

    /**
     * The file by which others find the scheduler; {@code attach} takes it.
     *
     * @return the file, on this host
     */
    public final Path schedulerFile() {
        return cluster.schedulerFile();
    }

    /**
     * Sets how many jobs the first group shall have. Returns when the batch system has taken what is missing; jobs too many are closed in
     * the background, idle and young ones first, after their data has moved.
     *
     * @param jobs 0 or more
     * @throws SubmissionException if the batch system did not take a job; {@code kind()} says whether it is tried again
     * @throws ConfigurationException if the number is negative, or more than a cluster may have
     */
    public final void scaleJobs(final int jobs) {
        scaleJobs(FIRST_GROUP, jobs);
    }

    /**
     * Sets how many jobs a group shall have; as {@link #scaleJobs(int)}.
     *
     * @param group its name
     * @param jobs 0 or more
     */
    public final void scaleJobs(final String group, final int jobs) {
        final Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("group", group);
        arguments.put("jobs", (long) jobs);
        cluster.ask("scale", arguments);
    }

    /**
     * Sets how many jobs the first group shall have, by the number of worker processes in them.
     *
     * @param workers 0 or more; rounded up to whole jobs
     */
    @Override
    public final void scale(final int workers) {
        if (workers < 0) {
            throw new ConfigurationException("workers=" + workers + " must be >= 0");
        }
        final Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("group", FIRST_GROUP);
        arguments.put("workers", (long) workers);
        cluster.ask("scale", arguments);
    }

    /**
     * Has the first group's number of jobs follow the work.
     *
     * @param rule sets the bounds, such as {@code a -> a.minimum(0).maximum(20)}
     * @throws ConfigurationException if the bounds make no sense
     */
    @Override
    public final void adapt(final UnaryOperator<AdaptiveRule> rule) {
        adapt(FIRST_GROUP, rule);
    }

    /**
     * Has a group's number of jobs follow the work that only it, or it best, can do.
     *
     * @param group its name
     * @param rule sets the bounds
     * @throws ConfigurationException if the bounds make no sense
     */
    public final void adapt(final String group, final UnaryOperator<AdaptiveRule> rule) {
        final Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("group", group);
        arguments.put("rule", ManagerJson.of(rule.apply(AdaptiveRule.DEFAULT)));
        cluster.ask("adapt", arguments);
    }

    /**
     * Adds a group of other jobs, none at first.
     *
     * @param group its name, new in this cluster
     * @param jobs describes them; what is not said is as {@code jobqueue.yaml} says
     * @throws ConfigurationException if there is such a group already, or a value breaks its rule
     */
    public final void addGroup(final String group, final Consumer<JobGroupBuilder> jobs) {
        final JobGroupBuilder builder = new JobGroupBuilder(cluster.system());
        jobs.accept(builder);
        final JobSettings settings = builder.on(JobqueueConfig.ofThisUser().load(cluster.system(), null, null));
        cluster.ask("add-group", Map.of("group", StartedCluster.group(group, settings)));
    }

    /**
     * All jobs, those that are over among them, the oldest first.
     *
     * @return the jobs
     */
    public final List<Job> jobs() {
        return Job.listOfJson(cluster.ask("jobs", Map.of()).get("jobs"));
    }

    /**
     * What a job wrote, standard output and then standard error; also if no worker of it ever came.
     *
     * @param jobId one of {@link #jobs}
     * @return the last mebibyte of each; says so where there is nothing yet
     * @throws MusterException if this cluster has no such job
     */
    public final String logs(final String jobId) {
        return String.valueOf(cluster.ask("logs", Map.of("job", jobId)).get("text"));
    }

    /**
     * Leaves the cluster running: this object is closed, the program may end, and {@code attach} finds it again.
     *
     * @return the file that {@code attach} takes, as the submitting host sees it
     * @throws MusterException if the scheduler does not answer
     */
    public final Path detach() {
        cluster.detach();
        final Path file = Path.of(cluster.directory(), ClusterFolder.SCHEDULER_FILE);
        LOG.info("the cluster runs on, its scheduler file is {}", file);
        return file;
    }

    /**
     * Cancels all jobs, looks that none is left in the queue, and ends the scheduler. What jobs wrote is deleted, unless one has failed.
     * Further calls do nothing.
     */
    @Override
    public final void close() {
        cluster.close();
    }

    @Override
    public final String toString() {
        return "cluster on " + cluster.system().name() + ", scheduler file " + cluster.schedulerFile();
    }

    /**
     * Describes a cluster and the jobs of its first group.
     *
     * @param <B> the builder itself
     * @param <C> what it makes
     */
    public abstract static class Builder<B extends Builder<B, C>, C extends JobQueueCluster> extends JobBuilder<B> {
        private static final Duration JOB_START = Duration.ofDays(1);
        private static final Duration PROCESS_START = Duration.ofMinutes(1);

        private final Map<String, Consumer<JobGroupBuilder>> groups = new LinkedHashMap<>();
        private final List<String> schedulerArguments = new ArrayList<>();
        private @Nullable Path config;
        private @Nullable String section;
        private SchedulerPlacement placement = SchedulerPlacement.LOGIN;
        private Consumer<JobGroupBuilder> schedulerJob = job -> {};
        private @Nullable SshLogin via;
        private @Nullable MusterCommand command;
        private @Nullable String directory;
        private @Nullable String classPath;
        private @Nullable Duration startTimeout;
        private JobLimits limits = JobLimits.NONE;
        private Duration queryInterval = Duration.ofSeconds(30);
        private Duration ownerGrace = Duration.ofMinutes(1);
        private int jobs;

        /**
         * Begins with the defaults.
         *
         * @param system the batch system
         */
        protected Builder(final BatchSystem system) {
            super(system);
        }

        /**
         * The {@code jobqueue.yaml} to read, instead of the usual ones.
         *
         * @param file must exist
         * @return this
         */
        public final B config(final Path file) {
            config = file;
            return self();
        }

        /**
         * The section to read; default the one called as the batch system.
         *
         * @param name must exist
         * @return this
         */
        public final B section(final String name) {
            section = name;
            return self();
        }

        /**
         * How many jobs to begin with; default none.
         *
         * @param count 0 or more
         * @return this
         */
        public final B jobs(final int count) {
            jobs = count;
            return self();
        }

        /**
         * Another group of jobs; see {@link JobQueueCluster#addGroup}.
         *
         * @param name its name
         * @param description describes them, on top of {@code jobqueue.yaml}
         * @return this
         */
        public final B group(final String name, final Consumer<JobGroupBuilder> description) {
            groups.put(name, description);
            return self();
        }

        /**
         * Where the scheduler runs; default on the submitting host.
         *
         * @param where there, or in a job
         * @return this
         */
        public final B scheduler(final SchedulerPlacement where) {
            placement = where;
            return self();
        }

        /**
         * What the scheduler's job is like, if it has one; default as the workers' jobs, with one core and 4 GiB.
         *
         * @param description describes it
         * @return this
         */
        public final B schedulerJob(final Consumer<JobGroupBuilder> description) {
            schedulerJob = description;
            return self();
        }

        /**
         * Sets an option of the scheduler by its name in the configuration reference.
         *
         * @param key for example {@code scheduler.port}
         * @param value as in a configuration file
         * @return this
         */
        public final B schedulerOption(final String key, final String value) {
            schedulerArguments.add("--set");
            schedulerArguments.add(key + "=" + value);
            return self();
        }

        /**
         * Where the scheduler listens.
         *
         * @param nameOrBlock an interface, an address or a CIDR block, such as {@code ib0} or {@code 10.0.0.0/8}
         * @return this
         */
        public final B schedulerInterface(final String nameOrBlock) {
            return schedulerOption("scheduler.interface", nameOrBlock);
        }

        /**
         * Submits from another host, across SSH. Muster has to be installed there, see {@link #muster}; client and scheduler talk through
         * the same connection.
         *
         * @param login the host to submit from
         * @return this
         */
        public final B via(final SshLogin login) {
            via = login;
            return self();
        }

        /**
         * The command that starts Muster on login host and nodes; default the one that this program is part of.
         *
         * @param launcher its path there
         * @return this
         */
        public final B muster(final Path launcher) {
            command = MusterCommand.of(launcher);
            return self();
        }

        /**
         * The folder in which the cluster gets its own, for scheduler file and logs; default {@code ~/.muster/clusters}. Login host and nodes
         * must see it under the same path.
         *
         * @param folder absolute; made if it is missing
         * @return this
         */
        public final B directory(final Path folder) {
            directory = folder.toString();
            return self();
        }

        /**
         * What holds the classes of the tasks; default the class path of this program.
         *
         * @param entries jars and folders separated by colons, as the nodes see them
         * @return this
         */
        public final B classPath(final String entries) {
            classPath = entries;
            return self();
        }

        /**
         * How long {@link #launch} waits for the scheduler; default a minute, for a job a day.
         *
         * @param timeout more than 0
         * @return this
         */
        public final B startTimeout(final Duration timeout) {
            startTimeout = timeout;
            return self();
        }

        /**
         * What the cluster may ask of the batch system; default {@link JobLimits#NONE}.
         *
         * @param bounds the limits
         * @return this
         */
        public final B limits(final JobLimits bounds) {
            limits = bounds;
            return self();
        }

        /**
         * How long the cluster waits from one question about its jobs to the next; default 30 seconds. While its workers tell all there
         * is to know, it asks none.
         *
         * @param interval 100 milliseconds to a day
         * @return this
         */
        public final B queryInterval(final Duration interval) {
            if (interval.compareTo(Duration.ofMillis(100)) < 0 || interval.compareTo(Duration.ofDays(1)) > 0) {
                throw new ConfigurationException(
                        "queryInterval=" + DurationText.format(interval) + " must be in 100ms..1d");
            }
            queryInterval = interval;
            return self();
        }

        /**
         * How long the cluster goes on when this program is gone, or does not get through to it, and did not {@link #detach} it; default a
         * minute.
         *
         * @param grace 1 second to a day
         * @return this
         */
        public final B ownerGrace(final Duration grace) {
            if (grace.compareTo(Duration.ofSeconds(1)) < 0 || grace.compareTo(Duration.ofDays(1)) > 0) {
                throw new ConfigurationException("ownerGrace=" + DurationText.format(grace) + " must be in 1s..1d");
            }
            ownerGrace = grace;
            return self();
        }

        /**
         * Starts the cluster: returns when its scheduler listens, with the batch system's answer to the first jobs.
         *
         * @return the cluster
         * @throws ConfigurationException if cores or memory are not said, or something else breaks a rule
         * @throws SubmissionException if the batch system did not take a job
         * @throws MusterException if the scheduler does not start, with what it said
         */
        public abstract C start();

        /**
         * Does what {@link #start} does, up to the object.
         *
         * @param make makes it
         * @return the cluster
         */
        protected final C launch(final Function<StartedCluster, C> make) {
            final C cluster = make.apply(ClusterLauncher.launch(plan()));
            try {
                if (jobs != 0) {
                    cluster.scaleJobs(jobs);
                }
                return cluster;
            } catch (final RuntimeException e) {
                cluster.close();
                throw e;
            }
        }

        private ClusterPlan plan() {
            final JobSettings base = JobqueueConfig.ofThisUser().load(system(), config, section);
            final JobSettings first = on(base);
            first.notes().forEach(LOG::info);
            final Map<String, JobSettings> all = new LinkedHashMap<>();
            all.put(FIRST_GROUP, first);
            groups.forEach((name, description) -> all.put(name, described(description, base)));
            all.values().forEach(settings -> JobSpec.of(settings, System.getenv()));
            final JobSettings ofScheduler = described(
                    schedulerJob,
                    first.with(JobKeys.CORES, 1)
                            .with(JobKeys.MEMORY, MemorySize.gib(4))
                            .with(JobKeys.PROCESSES, 1)
                            .with(JobKeys.GPUS, null)
                            .with(JobKeys.RESOURCES, List.of()));
            final SshLogin remote = via;
            return new ClusterPlan(
                    system(),
                    all,
                    ofScheduler,
                    placement,
                    List.copyOf(schedulerArguments),
                    limits,
                    queryInterval,
                    ownerGrace,
                    Objects.requireNonNullElse(
                            startTimeout, placement == SchedulerPlacement.JOB ? JOB_START : PROCESS_START),
                    directory,
                    command,
                    classPath,
                    remote != null,
                    remote == null ? LocalLogin::new : () -> new RemoteLogin(remote));
        }

        private JobSettings described(final Consumer<JobGroupBuilder> description, final JobSettings base) {
            final JobGroupBuilder builder = new JobGroupBuilder(system());
            description.accept(builder);
            return builder.on(base);
        }
    }

    private static final class Any extends JobQueueCluster {
        private Any(final StartedCluster cluster) {
            super(cluster);
        }
    }

    private static final class AnyBuilder extends Builder<AnyBuilder, Any> {
        private AnyBuilder(final BatchSystem system) {
            super(system);
        }

        @Override
        public Any start() {
            return launch(Any::new);
        }

        @Override
        protected AnyBuilder self() {
            return this;
        }
    }
}
