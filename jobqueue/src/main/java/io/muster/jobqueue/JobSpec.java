package io.muster.jobqueue;

import io.muster.MemorySize;
import io.muster.config.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one job asks for, complete and checked. */
public final class JobSpec {
    /** The resource that a worker with GPUs has. */
    static final String GPU = "gpu";

    private final JobSettings settings;
    private final int cores;
    private final MemorySize memory;

    private JobSpec(final JobSettings settings, final int cores, final MemorySize memory) {
        this.settings = settings;
        this.cores = cores;
        this.memory = memory;
    }

    /**
     * Makes one.
     *
     * @param settings what is set
     * @param environment the environment variables of the submitting program; some batch systems have defaults there
     * @return the job
     * @throws ConfigurationException if cores or memory are missing
     */
    public static JobSpec of(final JobSettings settings, final Map<String, String> environment) {
        final JobSettings completed = settings.system().completed(settings, environment);
        final Integer cores = completed.get(JobKeys.CORES);
        final MemorySize memory = completed.get(JobKeys.MEMORY);
        if (cores == null || memory == null) {
            throw new ConfigurationException("cores=" + shown(cores) + " and memory=" + shown(memory)
                    + " must both be set; say how much one job has, such as cores: 8 and memory: 24GB");
        }
        return new JobSpec(completed, cores, memory);
    }

    /**
     * The batch system that it is for.
     *
     * @return the batch system
     */
    public BatchSystem system() {
        return settings.system();
    }

    /**
     * The value of a key.
     *
     * @param key the key
     * @param <T> its value
     * @return the value; null if there is none
     */
    public <T> @Nullable T get(final JobKey<T> key) {
        return settings.get(key);
    }

    /**
     * The job's name.
     *
     * @return the name; null to leave it to the batch system
     */
    public @Nullable String name() {
        return get(JobKeys.NAME);
    }

    /**
     * The cores of a job.
     *
     * @return at least 1
     */
    public int cores() {
        return cores;
    }

    /**
     * The memory of a job.
     *
     * @return more than 0
     */
    public MemorySize memory() {
        return memory;
    }

    /**
     * The worker processes of a job.
     *
     * @return at least 1
     */
    public int processes() {
        return Objects.requireNonNullElse(get(JobKeys.PROCESSES), 1);
    }

    /**
     * How many tasks one worker process runs at once.
     *
     * @return the cores shared out, at least 1
     */
    public int threadsPerProcess() {
        return Math.max(1, cores / processes());
    }

    /**
     * The memory of one worker process.
     *
     * @return the job's memory shared out, at least 1 byte
     */
    public MemorySize memoryPerProcess() {
        return new MemorySize(Math.max(1, memory.bytes() / processes()));
    }

    /**
     * The queue or partition.
     *
     * @return its name; null for the batch system's default
     */
    public @Nullable String queue() {
        return first(JobKeys.QUEUE, JobKeys.PARTITION);
    }

    /**
     * What pays for the job.
     *
     * @return account or project; null for the batch system's default
     */
    public @Nullable String account() {
        return first(JobKeys.ACCOUNT, JobKeys.PROJECT);
    }

    /**
     * How long the job may run.
     *
     * @return the walltime; null for the queue's own limit
     */
    public @Nullable Walltime walltime() {
        return get(JobKeys.WALLTIME);
    }

    /**
     * Where the job's output goes.
     *
     * @return the folder as it was given; null for the batch system's default
     */
    public @Nullable String logDirectory() {
        return get(JobKeys.LOG_DIRECTORY);
    }

    /**
     * Directives besides those that follow from the other values.
     *
     * @return without the batch system's prefix
     */
    public List<String> extraDirectives() {
        return list(JobKeys.JOB_EXTRA_DIRECTIVES, JobKeys.JOB_EXTRA);
    }

    /**
     * Directives to leave out.
     *
     * @return options, or how their values begin
     */
    public List<String> skippedDirectives() {
        return list(JobKeys.JOB_DIRECTIVES_SKIP, JobKeys.HEADER_SKIP);
    }

    /**
     * What someone who wrote the settings should be told.
     *
     * @return a line each
     */
    public List<String> notes() {
        final List<String> notes = new ArrayList<>(settings.notes());
        if (processes() > cores) {
            notes.add("processes=" + processes() + " is more than cores=" + cores + "; each process runs one task at a"
                    + " time");
        }
        return notes;
    }

    /**
     * How long the job may run, in seconds.
     *
     * @return 0 if there is no walltime, or it has no limit
     */
    public long walltimeSeconds() {
        final Walltime walltime = walltime();
        return walltime == null || walltime.duration() == null
                ? 0
                : walltime.duration().toSeconds();
    }

    /**
     * The GPUs of a job.
     *
     * @return 0 for none
     */
    public int gpus() {
        return Objects.requireNonNullElse(get(JobKeys.GPUS), 0);
    }

    /**
     * The GPUs of one worker process.
     *
     * @return the job's shared out; 0 for none
     * @throws ConfigurationException if they cannot be shared out evenly
     */
    public int gpusPerProcess() {
        if (gpus() % processes() != 0) {
            throw new ConfigurationException("gpus=" + gpus() + " must be a multiple of processes=" + processes()
                    + ", so that each process has its own");
        }
        return gpus() / processes();
    }

    /**
     * What each worker process has besides threads and memory.
     *
     * @return amounts by name; its GPUs among them, as {@code gpu}
     */
    public Map<String, Double> resources() {
        final Map<String, Double> amounts = new TreeMap<>();
        if (gpus() > 0) {
            amounts.put(GPU, (double) gpusPerProcess());
        }
        for (final String amount : Objects.requireNonNullElse(get(JobKeys.RESOURCES), List.<String>of())) {
            final int equals = amount.indexOf('=');
            amounts.put(amount.substring(0, equals), Double.valueOf(amount.substring(equals + 1)));
        }
        return amounts;
    }

    String shebang() {
        return Objects.requireNonNullElse(
                get(JobKeys.SHEBANG), Objects.requireNonNull(JobKeys.SHEBANG.defaultValue(), "shebang"));
    }

    boolean nanny() {
        return Objects.requireNonNullElse(get(JobKeys.NANNY), true);
    }

    @Nullable
    Duration deathTimeout() {
        return get(JobKeys.DEATH_TIMEOUT);
    }

    List<String> prologue() {
        return list(JobKeys.JOB_SCRIPT_PROLOGUE, JobKeys.ENV_EXTRA);
    }

    List<String> epilogue() {
        return list(JobKeys.JOB_SCRIPT_EPILOGUE, JobKeys.JOB_SCRIPT_EPILOGUE);
    }

    List<String> workerArguments() {
        return list(JobKeys.WORKER_EXTRA_ARGS, JobKeys.EXTRA);
    }

    private @Nullable String first(final JobKey<String> key, final JobKey<String> otherwise) {
        final String value = get(key);
        return value == null ? get(otherwise) : value;
    }

    private List<String> list(final JobKey<List<String>> key, final JobKey<List<String>> oldKey) {
        final List<String> lines = Objects.requireNonNullElse(get(key), List.of());
        return lines.isEmpty() ? Objects.requireNonNullElse(get(oldKey), List.of()) : lines;
    }

    private static String shown(final @Nullable Object value) {
        return value == null ? "null" : value.toString();
    }
}
