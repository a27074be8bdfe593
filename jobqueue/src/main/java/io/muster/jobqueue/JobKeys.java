package io.muster.jobqueue;

import io.muster.MemorySize;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The keys that every batch system has. Their names are those of dask-jobqueue; what is Muster's own says so. */
public final class JobKeys {
    /** The name of the job, and the beginning of its workers' names. Null: the batch system names the job. */
    public static final JobKey<String> NAME = name(
                    "[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}", "must begin with a letter, a digit or _")
            .withDefault("muster-worker");

    /** How many cores a job has. */
    public static final JobKey<Integer> CORES = JobKey.number("cores", 1, 65_536);

    /** How much memory a job has. */
    public static final JobKey<MemorySize> MEMORY = JobKey.memory("memory");

    /** How many worker processes share a job's cores and memory. */
    public static final JobKey<Integer> PROCESSES =
            JobKey.number("processes", 1, 4096).withDefault(1);

    /** Whether a worker process is started again when it dies. */
    public static final JobKey<Boolean> NANNY = JobKey.flag("nanny", true);

    /** The network interface that workers listen on. */
    public static final JobKey<String> INTERFACE =
            JobKey.text("interface", "[A-Za-z0-9_.:@-]{1,64}", "must be the name of a network interface, such as ib0");

    /** How long a worker looks for its scheduler. Null: as {@code worker.death-timeout} says. */
    public static final JobKey<Duration> DEATH_TIMEOUT =
            JobKey.time("death-timeout").withDefault(Duration.ofSeconds(60));

    /** Where workers keep files; variables are expanded on the node. */
    public static final JobKey<String> LOCAL_DIRECTORY =
            JobKey.text("local-directory", "\\P{Cntrl}{1,4096}", "must be a path on one line");

    /** Further arguments of {@code muster worker}, as a shell reads them. */
    public static final JobKey<List<String>> WORKER_EXTRA_ARGS = lines("worker-extra-args");

    /** The first line of the script. */
    public static final JobKey<String> SHEBANG = JobKey.text(
                    "shebang",
                    "(?!.*[/ ](csh|tcsh|fish|condor_submit)( |$))#! ?/\\P{Cntrl}{1,250}",
                    "must be #! and the path of a Bourne shell, such as #!/bin/bash")
            .withDefault("#!/usr/bin/env bash");

    /** The queue or partition. */
    public static final JobKey<String> QUEUE = queue("queue");

    /** The same as {@link #QUEUE}; Muster's own. */
    public static final JobKey<String> PARTITION = queue("partition");

    /** What pays. */
    public static final JobKey<String> ACCOUNT = account("account");

    /** The same as {@link #ACCOUNT}. */
    public static final JobKey<String> PROJECT = account("project");

    /** How long a job may run. Null: as long as the queue allows. */
    public static final JobKey<Walltime> WALLTIME = JobKey.walltime(WalltimeForms.HOURS_MINUTES_SECONDS);

    /** Lines of the script before the worker starts. */
    public static final JobKey<List<String>> JOB_SCRIPT_PROLOGUE = code("job-script-prologue");

    /** Lines of the script after the worker ended. */
    public static final JobKey<List<String>> JOB_SCRIPT_EPILOGUE = code("job-script-epilogue");

    /** Further directives, taken as they are. */
    public static final JobKey<List<String>> JOB_EXTRA_DIRECTIVES = lines("job-extra-directives");

    /** Directives to leave out: by option, or by the start of its value. */
    public static final JobKey<List<String>> JOB_DIRECTIVES_SKIP = lines("job-directives-skip");

    /** Where the jobs' output goes. */
    public static final JobKey<String> LOG_DIRECTORY = JobKey.text(
            "log-directory",
            "[A-Za-z0-9_./~+@=,:%^${}][A-Za-z0-9_./~+@=,:%^${}-]{0,4095}",
            "must be a path of letters, digits and _ . / ~ + @ = , : % ^ $ { } -, and not begin with -");

    /** Options of the scheduler. */
    public static final JobKey<List<String>> SCHEDULER_OPTIONS = JobKey.map("scheduler-options");

    /** The Java that workers run on; Muster's own. Null: what the prologue loads, else the submitting program's. */
    public static final JobKey<String> JAVA_HOME =
            JobKey.text("java-home", "/\\P{Cntrl}{0,4095}", "must be the absolute path of a JDK or JRE");

    /** How many GPUs a job has, shared out among its worker processes; Muster's own. Null: none is asked for. */
    public static final JobKey<Integer> GPUS = JobKey.number("gpus", 1, 1024);

    /** What each worker process has besides threads and memory, {@code NAME=AMOUNT} each; Muster's own. */
    public static final JobKey<List<String>> RESOURCES = JobKey.list(
            "resources",
            "must be a list of NAME=AMOUNT, such as [licence=1]",
            text -> text.matches("[A-Za-z_][A-Za-z0-9_.-]{0,63}=[0-9]{1,9}(\\.[0-9]{1,6})?"));

    static final JobKey<List<String>> EXTRA = lines("extra").withNote("is the old name of worker-extra-args");
    static final JobKey<List<String>> ENV_EXTRA = code("env-extra").withNote("is the old name of job-script-prologue");
    static final JobKey<List<String>> JOB_EXTRA =
            lines("job-extra").withNote("is the old name of job-extra-directives");
    static final JobKey<List<String>> HEADER_SKIP =
            lines("header-skip").withNote("is the old name of job-directives-skip");

    private static final JobKey<String> SHARED_TEMP_DIRECTORY = JobKey.text(
                    "shared-temp-directory", "\\P{Cntrl}*", "must be one line")
            .withNote("is not used: jobs get the path of the scheduler file, which holds what they need");
    private static final JobKey<String> PYTHON = JobKey.text("python", "\\P{Cntrl}*", "must be one line")
            .withNote("is not used: workers are Java; java-home says which");
    private static final JobKey<String> WORKER_COMMAND = JobKey.text(
                    "worker-command", "\\P{Cntrl}*", "must be one line")
            .withNote("is not used: the command is muster worker");

    /** All of them. */
    static final List<JobKey<?>> ALL = List.of(
            NAME,
            CORES,
            MEMORY,
            PROCESSES,
            NANNY,
            INTERFACE,
            DEATH_TIMEOUT,
            LOCAL_DIRECTORY,
            WORKER_EXTRA_ARGS,
            SHEBANG,
            QUEUE,
            PARTITION,
            ACCOUNT,
            PROJECT,
            WALLTIME,
            JOB_SCRIPT_PROLOGUE,
            JOB_SCRIPT_EPILOGUE,
            JOB_EXTRA_DIRECTIVES,
            JOB_DIRECTIVES_SKIP,
            LOG_DIRECTORY,
            SCHEDULER_OPTIONS,
            JAVA_HOME,
            GPUS,
            RESOURCES,
            EXTRA,
            ENV_EXTRA,
            JOB_EXTRA,
            HEADER_SKIP,
            SHARED_TEMP_DIRECTORY,
            PYTHON,
            WORKER_COMMAND);

    private static final Pattern LINE = Pattern.compile("[\\P{Cntrl}\t]*");
    private static final Pattern CODE = Pattern.compile("[\\P{Cntrl}\t\n]*");

    private JobKeys() {}

    /**
     * The key {@code name} of a batch system with its own idea of a name.
     *
     * @param allowed a regular expression that the whole name matches
     * @param beginning what it says about the first character
     * @return the key, with {@link #NAME}'s default
     */
    public static JobKey<String> name(final String allowed, final String beginning) {
        return JobKey.text(
                        "name", allowed, beginning + " and have only letters, digits, _ . + -, 200 characters at most")
                .withDefault("muster-worker");
    }

    /**
     * The key {@code resource-spec} of a batch system that takes a list of resources.
     *
     * @param example what it may look like
     * @return the key
     */
    public static JobKey<String> resourceSpec(final String example) {
        return JobKey.text(
                "resource-spec",
                "[A-Za-z0-9_][A-Za-z0-9_ .,:=+*/@%^!&|<>()\\[\\]{}~?'\"-]{0,4095}",
                "must be resources on one line without $ ; ` # \\, such as " + example);
    }

    private static JobKey<String> queue(final String name) {
        return JobKey.text(
                name,
                "[A-Za-z0-9_@*][A-Za-z0-9_.,@:*+/-]{0,999}",
                "must be names of letters, digits and _ . , @ : * + / -, and not begin with -");
    }

    private static JobKey<String> account(final String name) {
        return JobKey.text(
                name,
                "[A-Za-z0-9_][A-Za-z0-9_.,@:+/=-]{0,999}",
                "must be a name of letters, digits and _ . , @ : + / = -, and begin with a letter, a digit or _");
    }

    private static JobKey<List<String>> lines(final String name) {
        return JobKey.list(
                name,
                "must be a list of lines without control characters",
                text -> LINE.matcher(text).matches());
    }

    private static JobKey<List<String>> code(final String name) {
        return JobKey.list(
                name,
                "must be a list of lines without control characters",
                text -> CODE.matcher(text).matches());
    }
}
