package io.muster.jobqueue;

import io.muster.MemorySize;
import io.muster.config.ConfigurationException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Describes jobs. What is not said here is as {@code jobqueue.yaml} says, and else as {@link JobKeys} does. A value that breaks its
 * rule is refused at once, with a {@link ConfigurationException} that names value, rule and way out.
 *
 * @param <B> the builder itself
 */
public abstract class JobBuilder<B extends JobBuilder<B>> {
    private final BatchSystem system;
    private final List<UnaryOperator<JobSettings>> changes = new ArrayList<>();
    private JobSettings said;

    /**
     * Begins with nothing said.
     *
     * @param system the batch system of the jobs
     */
    protected JobBuilder(final BatchSystem system) {
        this.system = system;
        this.said = JobSettings.of(system);
    }

    /**
     * This builder with its own type.
     *
     * @return this
     */
    protected abstract B self();

    /**
     * How many cores a job has; its worker processes share them.
     *
     * @param cores at least 1
     * @return this
     */
    public final B coresPerJob(final int cores) {
        return set(JobKeys.CORES, cores);
    }

    /**
     * How much memory a job has; its worker processes share it.
     *
     * @param memory more than 0
     * @return this
     */
    public final B memoryPerJob(final MemorySize memory) {
        return set(JobKeys.MEMORY, memory);
    }

    /**
     * How many worker processes a job has; default 1.
     *
     * @param processes at least 1
     * @return this
     */
    public final B processesPerJob(final int processes) {
        return set(JobKeys.PROCESSES, processes);
    }

    /**
     * How many GPUs a job has; each of its worker processes sees its own share of them, and has the resource {@code gpu}.
     *
     * @param gpus a multiple of the processes
     * @return this
     */
    public final B gpusPerJob(final int gpus) {
        return set(JobKeys.GPUS, gpus);
    }

    /**
     * What each worker process has besides threads and memory; tasks ask for it with {@code TaskOptions}.
     *
     * @param amounts by name
     * @return this
     */
    public final B resources(final Map<String, Double> amounts) {
        return set(JobKeys.RESOURCES, Amounts.texts(new TreeMap<>(amounts)));
    }

    /**
     * How long a job may run; default 30 minutes. Workers leave before it is over.
     *
     * @param walltime more than 0
     * @return this
     */
    public final B walltime(final Duration walltime) {
        return change(settings ->
                settings.with(JobKeys.WALLTIME.name(), JobValue.text(walltime.toSeconds() + "s"), "the program"));
    }

    /**
     * How long a job may run, in any form that the batch system takes.
     *
     * @param walltime such as {@code 1-12:00:00}
     * @return this
     */
    public final B walltime(final String walltime) {
        return set(JobKeys.WALLTIME.name(), walltime);
    }

    /**
     * The queue to submit to.
     *
     * @param queue its name
     * @return this
     */
    public final B queue(final String queue) {
        return set(JobKeys.QUEUE, queue);
    }

    /**
     * The partition to submit to; the same as {@link #queue}.
     *
     * @param partition its name
     * @return this
     */
    public final B partition(final String partition) {
        return set(JobKeys.QUEUE, partition);
    }

    /**
     * What pays.
     *
     * @param account its name
     * @return this
     */
    public final B account(final String account) {
        return set(JobKeys.ACCOUNT, account);
    }

    /**
     * What pays; the same as {@link #account}.
     *
     * @param project its name
     * @return this
     */
    public final B project(final String project) {
        return set(JobKeys.ACCOUNT, project);
    }

    /**
     * The name of the jobs, and the beginning of their workers' names; default {@code muster-worker}.
     *
     * @param name letters, digits and a few others
     * @return this
     */
    public final B jobName(final String name) {
        return set(JobKeys.NAME, name);
    }

    /**
     * Lines of shell before the worker starts.
     *
     * @param lines such as {@code module load java}
     * @return this
     */
    public final B prologue(final String... lines) {
        return set(JobKeys.JOB_SCRIPT_PROLOGUE, List.of(lines));
    }

    /**
     * Lines of shell after the worker ended.
     *
     * @param lines any
     * @return this
     */
    public final B epilogue(final String... lines) {
        return set(JobKeys.JOB_SCRIPT_EPILOGUE, List.of(lines));
    }

    /**
     * Whether a worker process is started again when it dies; default yes.
     *
     * @param nanny true for yes
     * @return this
     */
    public final B nanny(final boolean nanny) {
        return set(JobKeys.NANNY, nanny);
    }

    /**
     * Where workers listen.
     *
     * @param nameOrBlock an interface, an address or a CIDR block, such as {@code ib0} or {@code 10.0.0.0/8}
     * @return this
     */
    public final B workerInterface(final String nameOrBlock) {
        return set(JobKeys.INTERFACE, nameOrBlock);
    }

    /**
     * How long a worker looks for its scheduler before it ends, and its job with it; default 60 seconds.
     *
     * @param timeout more than 0
     * @return this
     */
    public final B deathTimeout(final Duration timeout) {
        return set(JobKeys.DEATH_TIMEOUT, timeout);
    }

    /**
     * Where workers keep files; default the node's temporary folder.
     *
     * @param directory a path; variables are expanded on the node
     * @return this
     */
    public final B localDirectory(final String directory) {
        return set(JobKeys.LOCAL_DIRECTORY, directory);
    }

    /**
     * Further arguments of {@code muster worker}.
     *
     * @param arguments as a shell reads them
     * @return this
     */
    public final B workerArguments(final String... arguments) {
        return set(JobKeys.WORKER_EXTRA_ARGS, List.of(arguments));
    }

    /**
     * The first line of the script.
     *
     * @param line such as {@code #!/bin/bash -l}
     * @return this
     */
    public final B shebang(final String line) {
        return set(JobKeys.SHEBANG, line);
    }

    /**
     * Further directives.
     *
     * @param directives without the batch system's prefix, taken as they are
     * @return this
     */
    public final B extraDirectives(final String... directives) {
        return set(JobKeys.JOB_EXTRA_DIRECTIVES, List.of(directives));
    }

    /**
     * Directives to leave out.
     *
     * @param options options, or how their values begin
     * @return this
     */
    public final B skipDirectives(final String... options) {
        return set(JobKeys.JOB_DIRECTIVES_SKIP, List.of(options));
    }

    /**
     * Where the jobs' output goes; default a folder of the cluster.
     *
     * @param directory a path that the nodes see too
     * @return this
     */
    public final B logDirectory(final String directory) {
        return set(JobKeys.LOG_DIRECTORY, directory);
    }

    /**
     * The Java of the workers; default what the prologue loads, or the one of this program.
     *
     * @param home a JDK or JRE, as the nodes see it
     * @return this
     */
    public final B javaHome(final Path home) {
        return set(JobKeys.JAVA_HOME, home.toString());
    }

    /**
     * Sets any key of {@code jobqueue.yaml}, such as those that only one batch system has.
     *
     * @param key for example {@code job-cpu}
     * @param value as in the file; a list has one element, or is written {@code [a, b]}
     * @return this
     */
    public final B set(final String key, final String value) {
        return change(settings -> settings.withArgument(key + "=" + value));
    }

    /**
     * Sets a key.
     *
     * @param key the key
     * @param value its value; null for none
     * @param <T> its type
     * @return this
     */
    public final <T> B set(final JobKey<T> key, final @Nullable T value) {
        return change(settings -> settings.with(key, value));
    }

    final BatchSystem system() {
        return system;
    }

    /** What was said, on top of other settings. */
    final JobSettings on(final JobSettings base) {
        JobSettings settings = base;
        for (final UnaryOperator<JobSettings> change : changes) {
            settings = change.apply(settings);
        }
        return settings;
    }

    private B change(final UnaryOperator<JobSettings> change) {
        said = change.apply(said);
        changes.add(change);
        return self();
    }
}
