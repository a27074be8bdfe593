package io.muster.config;

import io.muster.MemorySize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All settings that there are, one constant each; {@link Settings} holds their values. */
public final class Options {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration YEAR = Duration.ofDays(365);
    private static final int MAX_THREADS = 65_536;
    private static final Map<String, Option<?>> ALL = new LinkedHashMap<>();

    /** The address that the scheduler listens on and tells others. */
    public static final Option<String> SCHEDULER_HOST = define(
            "scheduler.host",
            ValueType.TEXT,
            "",
            "Name or address that the scheduler listens on and tells others. Empty: that of scheduler.interface, else"
                    + " all addresses of this host, that of its name first; 127.0.0.1 for a LocalCluster.",
            Rule.line());

    /** The network that the scheduler listens on. */
    public static final Option<String> SCHEDULER_INTERFACE = define(
            "scheduler.interface",
            ValueType.TEXT,
            "",
            "Network that the scheduler listens on: the first of a list that fits an address of this host, such as"
                    + " ib0,10.77.0.0/16. An entry is the name of an interface, an address, a host name or a block of"
                    + " addresses. Counts only if scheduler.host is empty.",
            Rule.line());

    /** The port that the scheduler listens on. */
    public static final Option<Integer> SCHEDULER_PORT = define(
            "scheduler.port",
            ValueType.INTEGER,
            0,
            "Port that the scheduler listens on. 0: any free one.",
            Rule.between(0, 65_535));

    /** How many workers may die under a task. */
    public static final Option<Integer> SCHEDULER_ALLOWED_FAILURES = define(
            "scheduler.allowed-failures",
            ValueType.INTEGER,
            3,
            "How many workers may die for an unknown reason while they run a task, before the task is given up.",
            Rule.between(0, 1_000_000));

    /** Whether tasks go from busy workers to idle ones. */
    public static final Option<Boolean> SCHEDULER_WORK_STEALING = define(
            "scheduler.work-stealing",
            ValueType.BOOLEAN,
            true,
            "Whether tasks that a busy worker has not started are taken back where an idle one would start them earlier.",
            Rule.none());

    /** How fast workers' links are. */
    public static final Option<MemorySize> SCHEDULER_NETWORK_BANDWIDTH = define(
            "scheduler.network-bandwidth",
            ValueType.MEMORY,
            new MemorySize(0),
            "Bytes that a worker sends in a second, and receives; the scheduler weighs transfers by it. 0: what transfers of 1 MiB"
                    + " and more show; 100 MB until there were some.",
            Rule.none());

    /** How long tasks wait for a worker that could run them. */
    public static final Option<Duration> SCHEDULER_NO_WORKERS_TIMEOUT = define(
            "scheduler.no-workers-timeout",
            ValueType.DURATION,
            Duration.ZERO,
            "How long a task waits for a worker that could run it before it fails. 0: for ever.",
            Rule.between(Duration.ZERO, YEAR));

    /** How long a silent worker keeps its tasks. */
    public static final Option<Duration> SCHEDULER_LEASE = define(
            "scheduler.lease",
            ValueType.DURATION,
            Duration.ofSeconds(15),
            "How long nothing may be heard of a worker before its tasks go to others. Greater than worker.fence.",
            Rule.between(Duration.ofMillis(10), YEAR));

    /** Whether the scheduler checks itself. */
    public static final Option<Boolean> SCHEDULER_VALIDATE = define(
            "scheduler.validate",
            ValueType.BOOLEAN,
            false,
            "Whether the scheduler checks its whole state after every batch of commands, and ends where it is wrong. Slow; for"
                    + " finding bugs.",
            Rule.none());

    /** How often the scheduler looks for tasks that make no progress. */
    public static final Option<Duration> SCHEDULER_CHECK_INTERVAL = define(
            "scheduler.check-interval",
            ValueType.DURATION,
            Duration.ofSeconds(15),
            "How often the scheduler looks for tasks that make no progress; it logs what it finds twice. 0: never.",
            Rule.between(Duration.ZERO, HOUR));

    /** The file that tells others how to reach the scheduler. */
    public static final Option<String> SCHEDULER_FILE = define(
            "scheduler.file",
            ValueType.PATH,
            "",
            "File that the scheduler writes, and that workers and clients find it by. Empty: none.",
            Rule.line());

    /** How long a scheduler without clients stays. */
    public static final Option<Duration> SCHEDULER_IDLE_TIMEOUT = define(
            "scheduler.idle-timeout",
            ValueType.DURATION,
            Duration.ZERO,
            "How long a scheduler without clients stays before it ends, and all workers with it; at least 30s until the first"
                    + " client has come. 0: for ever.",
            Rule.between(Duration.ZERO, YEAR));

    /** How long a scheduler without work stays. */
    public static final Option<Duration> SCHEDULER_UNUSED_TIMEOUT = define(
            "scheduler.unused-timeout",
            ValueType.DURATION,
            Duration.ZERO,
            "How long a scheduler without tasks that run or could run stays before it ends, though clients are"
                    + " connected; they lose the results that they hold. 0: for ever.",
            Rule.between(Duration.ZERO, YEAR));

    /** Whether copies that nobody needs are dropped. */
    public static final Option<Boolean> SCHEDULER_REDUCE_REPLICAS = define(
            "scheduler.reduce-replicas",
            ValueType.BOOLEAN,
            true,
            "Whether copies of results that came about by fetching inputs are dropped, every 2s, where no task needs them"
                    + " and there are more than were asked for.",
            Rule.none());

    /** How long a scheduler that ends waits for its jobs to be gone. */
    public static final Option<Duration> SCHEDULER_CLOSE_TIMEOUT = define(
            "scheduler.close-timeout",
            ValueType.DURATION,
            Duration.ofSeconds(30),
            "How long a scheduler that ends waits until the jobs that it submitted are out of the batch queue.",
            Rule.between(Duration.ZERO, HOUR));

    /** Whether there is a dashboard. */
    public static final Option<Boolean> DASHBOARD_ENABLED = define(
            "dashboard.enabled",
            ValueType.BOOLEAN,
            true,
            "Whether the scheduler shows itself in the browser, where muster-dashboard is on its class path.",
            Rule.none());

    /** Where the dashboard listens. */
    public static final Option<String> DASHBOARD_HOST = define(
            "dashboard.host",
            ValueType.TEXT,
            "127.0.0.1",
            "Name or address that the dashboard listens on. Anything but a loopback address can be reached over the"
                    + " network, in plain HTTP: who listens in learns the token. 0.0.0.0: all addresses of this host.",
            Rule.line());

    /** The port of the dashboard. */
    public static final Option<Integer> DASHBOARD_PORT = define(
            "dashboard.port",
            ValueType.INTEGER,
            8787,
            "Port that the dashboard listens on; where it is taken, any free one. 0: any free one.",
            Rule.between(0, 65_535));

    /** By which names the dashboard may be reached. */
    public static final Option<List<String>> DASHBOARD_ALLOWED_HOSTS = define(
            "dashboard.allowed-hosts",
            ValueType.LIST,
            List.of(),
            "Names of hosts, without port, by which browsers reach the dashboard besides those of this host, such as that of"
                    + " a Jupyter hub or an Open OnDemand portal that passes requests on.",
            Rule.none());

    /** When a worker that does not hear its scheduler stops. */
    public static final Option<Duration> WORKER_FENCE = define(
            "worker.fence",
            ValueType.DURATION,
            Duration.ofSeconds(12),
            "How long a worker goes on without hearing its scheduler before it gives up its runs. Less than"
                    + " scheduler.lease.",
            Rule.between(Duration.ofMillis(5), YEAR));

    /** How many tasks a worker runs at once. */
    public static final Option<Integer> WORKER_THREADS = define(
            "worker.threads",
            ValueType.INTEGER,
            0,
            "How many tasks a worker runs at once. 0: as many as it has cores.",
            Rule.between(0, MAX_THREADS));

    /** A worker's name. */
    public static final Option<String> WORKER_NAME = define(
            "worker.name",
            ValueType.TEXT,
            "",
            "Name of the worker, unique among the living workers of a cluster. Empty: made from host and process id.",
            Rule.line());

    /** Whether a nanny watches over the worker. */
    public static final Option<Boolean> WORKER_NANNY = define(
            "worker.nanny",
            ValueType.BOOLEAN,
            true,
            "Whether the worker is a process of its own that is started again when it dies.",
            Rule.none());

    /** How much memory a worker may use. */
    public static final Option<String> WORKER_MEMORY_LIMIT = define(
            "worker.memory-limit",
            new ValueType<>("auto or memory size", String::strip, text -> text),
            "auto",
            "How much memory the worker may use. auto: what the host and the cgroup allow. 0: no limit.",
            Rule.memoryLimit());

    /** How much results may take before the least recently used go to disk. */
    public static final Option<Double> WORKER_MEMORY_TARGET = define(
            "worker.memory.target",
            ValueType.FRACTION,
            0.60,
            "Share of the worker's memory that results may take; beyond it the least recently used go to disk. off:"
                    + " they don't.",
            Rule.fraction());

    /** How full a worker's memory may be before results go to disk whatever they take. */
    public static final Option<Double> WORKER_MEMORY_SPILL = define(
            "worker.memory.spill",
            ValueType.FRACTION,
            0.70,
            "Share of the worker's memory in use, by whatever, beyond which results go to disk. off: they don't.",
            Rule.fraction());

    /** How full a worker's memory may be before it starts nothing more. */
    public static final Option<Double> WORKER_MEMORY_PAUSE = define(
            "worker.memory.pause",
            ValueType.FRACTION,
            0.80,
            "Share of the worker's memory in use beyond which it starts no task and fetches nothing. off: it goes on.",
            Rule.fraction());

    /** How large a worker process may become before its nanny ends it. */
    public static final Option<Double> WORKER_MEMORY_TERMINATE = define(
            "worker.memory.terminate",
            ValueType.FRACTION,
            0.95,
            "Share of worker.memory-limit beyond which the nanny kills the worker process and starts another. off: it"
                    + " does not.",
            Rule.fraction());

    /** Whether what a worker sends is compressed. */
    public static final Option<CompressionChoice> WORKER_COMPRESSION = define(
            "worker.compression",
            ValueType.choice(CompressionChoice.class),
            CompressionChoice.AUTO,
            "Whether results of 1 MiB and more are compressed on their way to another host: bytes of numbers put apart,"
                    + " then LZ4. auto: where a sample and the speed of the link say that it is faster. lz4: where it"
                    + " makes them smaller by a tenth. none: never. Within a host they never are.",
            Rule.none());

    /** How much a worker may have on disk. */
    public static final Option<String> WORKER_MAX_SPILL = define(
            "worker.max-spill",
            new ValueType<>("off or memory size", String::strip, text -> text),
            ValueType.OFF,
            "How much the worker may write to disk of results that don't fit into memory. off: what the disk takes.",
            Rule.offOrMemorySize());

    /** Where a worker keeps files. */
    public static final Option<String> WORKER_LOCAL_DIRECTORY = define(
            "worker.local-directory",
            ValueType.PATH,
            "",
            "Folder below which the worker keeps its files; best on a local disk. Empty: the temporary folder.",
            Rule.line());

    /** How long a worker looks for its scheduler. */
    public static final Option<Duration> WORKER_DEATH_TIMEOUT = define(
            "worker.death-timeout",
            ValueType.DURATION,
            Duration.ofSeconds(60),
            "How long a worker looks for its scheduler, at the start and after it lost it, before it ends.",
            Rule.between(Duration.ofMillis(10), YEAR));

    /** What a worker has to offer besides threads. */
    public static final Option<List<String>> WORKER_RESOURCES = define(
            "worker.resources",
            ValueType.LIST,
            List.of(),
            "What the worker has besides threads and memory, such as gpu=2,licence=1.",
            Rule.amounts());

    /** The batch job that a worker runs in. */
    public static final Option<String> WORKER_JOB = define(
            "worker.job",
            ValueType.TEXT,
            "",
            "Id of the batch job that the worker runs in, as the batch system writes it. Empty: none.",
            Rule.line());

    /** What the submitter marked a worker's job with. */
    public static final Option<String> WORKER_JOB_TOKEN = define(
            "worker.job-token",
            ValueType.TEXT,
            "",
            "What the submitter of the worker's job marked it with. Empty: nothing.",
            Rule.line());

    /** When a worker's job is over. */
    public static final Option<Duration> WORKER_LIFETIME = define(
            "worker.lifetime",
            ValueType.DURATION,
            Duration.ZERO,
            "How long after the start of its process the worker's job is over; it moves its results away and leaves"
                    + " before that. 0: never.",
            Rule.between(Duration.ZERO, YEAR));

    /** How long before the end of its job a worker begins to leave. */
    public static final Option<Duration> WORKER_LIFETIME_MARGIN = define(
            "worker.lifetime-margin",
            ValueType.DURATION,
            Duration.ZERO,
            "How long before the end of worker.lifetime the worker begins to leave; half of it at most. 0: a twentieth"
                    + " of it, but at least 20s and at most 5m.",
            Rule.between(Duration.ZERO, YEAR));

    /** By how much lifetimes differ. */
    public static final Option<Duration> WORKER_LIFETIME_STAGGER = define(
            "worker.lifetime-stagger",
            ValueType.DURATION,
            Duration.ZERO,
            "By how much at most the worker's lifetime is longer or shorter than worker.lifetime, so that workers started"
                    + " together do not leave together; by how much follows from its name. Half of worker.lifetime at"
                    + " most.",
            Rule.between(Duration.ZERO, YEAR));

    /** Whether another process follows at the end of the lifetime. */
    public static final Option<Boolean> WORKER_LIFETIME_RESTART = define(
            "worker.lifetime-restart",
            ValueType.BOOLEAN,
            false,
            "Whether the nanny starts another process when worker.lifetime is over, with a lifetime of its own. For"
                    + " workers that leak, not for the walltime of a job.",
            Rule.none());

    /** How long a worker that is asked to end may take. */
    public static final Option<Duration> WORKER_DRAIN_TIMEOUT = define(
            "worker.drain-timeout",
            ValueType.DURATION,
            Duration.ofSeconds(25),
            "How long a worker that gets SIGTERM may take to finish what it runs and to move its results away. Less"
                    + " than the batch system waits before it kills.",
            Rule.between(Duration.ZERO, HOUR));

    /** How many threads of a worker may wait for other tasks. */
    public static final Option<Integer> WORKER_MAX_BLOCKED_THREADS = define(
            "worker.max-blocked-threads",
            ValueType.INTEGER,
            1000,
            "How many tasks of a worker may wait for other tasks at once, besides those that worker.threads run. Each"
                    + " keeps a thread.",
            Rule.between(0, MAX_THREADS));

    /** How long a task that was interrupted may go on. */
    public static final Option<Duration> WORKER_INTERRUPT_PATIENCE = define(
            "worker.interrupt-patience",
            ValueType.DURATION,
            Duration.ofSeconds(2),
            "How long a task may go on after it was interrupted, as its time was over or it was cancelled, before its"
                    + " thread is left behind and another takes its place.",
            Rule.between(Duration.ZERO, HOUR));

    /** How many GPUs each worker process has. */
    public static final Option<Integer> WORKER_GPUS_PER_PROCESS = define(
            "worker.gpus-per-process",
            ValueType.INTEGER,
            0,
            "How many of the GPUs that the batch system gave to the job each worker process gets for its own; it offers"
                    + " them as the resource gpu. 0: all see all.",
            Rule.between(0, 1024));

    /** The largest result that travels with its report. */
    public static final Option<MemorySize> WORKER_INLINE_RESULT = define(
            "worker.inline-result",
            ValueType.MEMORY,
            new MemorySize(1024),
            "Size up to which a result is sent along with the report that its task is finished.",
            Rule.atMost(MemorySize.mib(1)));

    /** The address that a worker listens on and tells others. */
    public static final Option<String> WORKER_HOST = define(
            "worker.host",
            ValueType.TEXT,
            "",
            "Name or address that the worker listens on and tells others. Empty: that of worker.interface, else the one"
                    + " it reaches the scheduler from.",
            Rule.line());

    /** The network that a worker listens on. */
    public static final Option<String> WORKER_INTERFACE = define(
            "worker.interface",
            ValueType.TEXT,
            "",
            "Network that the worker listens on: the first of a list that fits an address of this host, such as"
                    + " ib0,10.77.0.0/16. An entry is the name of an interface, an address, a host name or a block of"
                    + " addresses. Counts only if worker.host is empty.",
            Rule.line());

    /** How often a quiet session says that it is there. */
    public static final Option<Duration> SESSION_HEARTBEAT = define(
            "session.heartbeat",
            ValueType.DURATION,
            Duration.ofSeconds(1),
            "How often workers and clients tell the scheduler that they are there. At most a third of worker.fence; up"
                    + " to that it grows by 1 ms with each worker that is there.",
            Rule.between(Duration.ofMillis(1), HOUR));

    /** How long to wait for a scheduler. */
    public static final Option<Duration> SESSION_CONNECT_TIMEOUT = define(
            "session.connect-timeout",
            ValueType.DURATION,
            Duration.ofSeconds(30),
            "How long a client waits for the scheduler file and the scheduler.",
            Rule.between(Duration.ofMillis(1), YEAR));

    /** What sessions between scheduler and workers run on. */
    public static final Option<TransportChoice> TRANSPORT = define(
            "transport",
            ValueType.choice(TransportChoice.class),
            TransportChoice.AUTO,
            "What sessions between scheduler and workers run on. auto: Aeron where both sides can, else TCP.",
            Rule.none());

    /** How long an idle loop spins. */
    public static final Option<Duration> LOOP_SPIN = define(
            "loop.spin",
            ValueType.DURATION,
            Duration.ofNanos(50_000),
            "How long a loop without work polls before it sleeps in the kernel. 0: not at all.",
            Rule.between(Duration.ZERO, Duration.ofSeconds(1)));

    /** How many threads call a client's callbacks. */
    public static final Option<Integer> CLIENT_CALLBACK_THREADS = define(
            "client.callback-threads",
            ValueType.INTEGER,
            4,
            "How many threads of a client fetch values for callbacks and call them.",
            Rule.between(1, MAX_THREADS));

    /** Whether a process ends with the one that started it. */
    public static final Option<Boolean> PROCESS_PARENT_WATCH = defineInternal(
            "process.parent-watch", ValueType.BOOLEAN, false, "Ends when standard input does.", Rule.none());

    /** Where a worker process puts results that don't fit into memory. */
    public static final Option<String> PROCESS_SPILL_DIRECTORY = defineInternal(
            "process.spill-directory",
            ValueType.PATH,
            "",
            "Folder below which results go to disk. Empty: worker.local-directory.",
            Rule.line());

    /** How the process before this one died. */
    public static final Option<String> PROCESS_LAST_DEATH = defineInternal(
            "process.last-death", ValueType.TEXT, "", "How the worker process before this one died.", Rule.line());

    /** The number that the process before this one had. */
    public static final Option<Long> PROCESS_LAST_WORKER = defineInternal(
            "process.last-worker",
            ValueType.LONG,
            -1L,
            "The worker number of the process before this one. -1: none.",
            Rule.atLeast(-1));

    /** What the process before this one ran when it died. */
    public static final Option<List<String>> PROCESS_LAST_RUNS = defineInternal(
            "process.last-runs",
            ValueType.LIST,
            List.of(),
            "The runs that the process before this one had started when it died.",
            Rule.numbers());

    /** How long the job ran before this process. */
    public static final Option<Duration> PROCESS_STARTED_AFTER = defineInternal(
            "process.started-after",
            ValueType.DURATION,
            Duration.ZERO,
            "How long after the start of its nanny this process was started; worker.lifetime counts from there.",
            Rule.between(Duration.ZERO, YEAR));

    /** How often a worker looks at what its tasks do. */
    public static final Option<Duration> WORKER_PROFILE_INTERVAL = define(
            "worker.profile.interval",
            ValueType.DURATION,
            Duration.ofMillis(10),
            "How often a worker looks at what the threads that run tasks are doing, for the profile. It takes no more than"
                    + " 2 % of a core for that. 0: never.",
            Rule.between(Duration.ZERO, HOUR));

    /** How many rows of the task stream are kept. */
    public static final Option<Integer> DIAGNOSTICS_STREAM_ROWS = define(
            "diagnostics.stream-rows",
            ValueType.INTEGER,
            100_000,
            "How many bars of the task stream (runs, transfers, reads from disk) the scheduler keeps, at up to 50 bytes"
                    + " each. 0: none.",
            Rule.between(0, 10_000_000));

    private Options() {}

    /**
     * All options.
     *
     * @return in the order of the reference
     */
    public static List<Option<?>> all() {
        return Collections.unmodifiableList(new ArrayList<>(ALL.values()));
    }

    /**
     * The option of a key.
     *
     * @param key the dotted key
     * @return the option
     * @throws ConfigurationException if there is none; the message names the nearest one
     */
    public static Option<?> byKey(final String key) {
        final Option<?> option = ALL.get(key);
        if (option == null) {
            throw new ConfigurationException(unknown(key));
        }
        return option;
    }

    static @Nullable Option<?> find(final String key) {
        return ALL.get(key);
    }

    /** Whether the key is a whole number of parts of some option's key, but not all of them. */
    static boolean isGroup(final String key) {
        return ALL.keySet().stream().anyMatch(each -> each.startsWith(key + "."));
    }

    static String unknown(final String key) {
        return "there is no setting " + key + ", the nearest is " + NearestName.of(key, ALL.keySet());
    }

    private static <T> Option<T> define(
            final String key, final ValueType<T> type, final T value, final String text, final Rule<T> rule) {
        return add(new Option<>(key, type, value, text, rule, false));
    }

    private static <T> Option<T> defineInternal(
            final String key, final ValueType<T> type, final T value, final String text, final Rule<T> rule) {
        return add(new Option<>(key, type, value, text, rule, true));
    }

    private static <T> Option<T> add(final Option<T> option) {
        ALL.put(option.key(), option);
        return option;
    }
}
