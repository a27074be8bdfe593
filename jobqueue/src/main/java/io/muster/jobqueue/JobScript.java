package io.muster.jobqueue;

import io.muster.config.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The script of a job that runs workers: directives, prologue, and the worker command in place of the shell, so that
 * signals reach it. With an epilogue the shell stays and passes signals on. The script knows where the scheduler file
 * is, not what is in it.
 */
public final class JobScript {
    private static final Pattern NEWLINE = Pattern.compile("\n");
    private static final List<String> LIFETIME = List.of(
            "muster_lifetime=",
            "if [ -n \"$muster_end\" ]; then",
            "    muster_lifetime=\"--lifetime $((muster_end - $(date +%s)))s\"",
            "fi");

    private final JobSpec spec;
    private final WorkerLaunch launch;
    private final List<String> words;
    private final List<String> argumentNotes;
    private final List<String> exports;

    private JobScript(
            final JobSpec spec,
            final WorkerLaunch launch,
            final List<String> words,
            final List<String> argumentNotes,
            final List<String> exports) {
        this.spec = spec;
        this.launch = launch;
        this.words = words;
        this.argumentNotes = argumentNotes;
        this.exports = exports;
    }

    /**
     * The script of a job that runs workers.
     *
     * @param spec what the job asks for
     * @param launch how it starts workers
     * @param token what its submission is marked with, so that a worker tells which one it belongs to; empty for none
     * @return the script
     */
    public static JobScript ofWorkers(final JobSpec spec, final WorkerLaunch launch, final String token) {
        final WorkerArguments arguments = arguments(spec, launch, token);
        final List<String> words = new ArrayList<>();
        words.add("worker");
        words.addAll(arguments.words());
        words.add("$muster_lifetime");
        return new JobScript(spec, launch, words, arguments.notes(), List.of());
    }

    /**
     * The script of a job that runs the scheduler.
     *
     * @param spec what the job asks for
     * @param launch how it starts Muster, and the file that the scheduler writes
     * @param arguments of {@code muster scheduler} besides the file
     * @param environment the variables of the submitting host; the job takes from it where the batch system's commands are
     * @return the script
     */
    public static JobScript ofScheduler(
            final JobSpec spec,
            final WorkerLaunch launch,
            final List<String> arguments,
            final Map<String, String> environment) {
        final List<String> words = new ArrayList<>();
        words.add("scheduler");
        words.add("--scheduler-file");
        words.add(Shell.quote(launch.schedulerFile().toString()));
        arguments.forEach(argument -> words.add(Shell.quote(argument)));
        words.add("$muster_lifetime");
        return new JobScript(spec, launch, words, List.of(), commands(spec.system(), environment));
    }

    /**
     * The script of a job that looks at its node.
     *
     * @param spec what the job asks for
     * @param launch how it starts Muster
     * @param arguments of {@code muster node-check} besides scratch folder and lifetime
     * @return the script
     */
    public static JobScript ofNodeCheck(final JobSpec spec, final WorkerLaunch launch, final List<String> arguments) {
        final List<String> words = new ArrayList<>();
        words.add("node-check");
        arguments.forEach(argument -> words.add(Shell.quote(argument)));
        words.add("--scratch");
        words.add("\"$muster_scratch\"");
        words.add("$muster_lifetime");
        return new JobScript(spec, launch, words, List.of(), List.of());
    }

    /**
     * The script.
     *
     * @return its text, each line with a newline at its end
     */
    public String text() {
        final List<String> lines = new ArrayList<>();
        lines.add(spec.shebang());
        lines.add("");
        lines.addAll(spec.system().headerLines(spec));
        lines.add("");
        lines.add("umask 077");
        lines.addAll(spec.system().jobEndLines(spec.walltimeSeconds()));
        spec.prologue().forEach(code -> lines.addAll(List.of(NEWLINE.split(code))));
        lines.addAll(exports);
        lines.addAll(java());
        lines.addAll(spec.system().jobIdLines());
        lines.addAll(scratch());
        lines.addAll(LIFETIME);
        final String command = command();
        lines.addAll(spec.epilogue().isEmpty() ? List.of("exec " + command) : withEpilogue(command));
        return String.join("\n", lines) + "\n";
    }

    /**
     * What someone who wrote the settings should be told.
     *
     * @return a line each
     */
    public List<String> notes() {
        final List<String> notes = new ArrayList<>(spec.notes());
        notes.addAll(argumentNotes);
        return notes;
    }

    /** Where the batch system's commands are, after what the job has itself. */
    private static List<String> commands(final BatchSystem system, final Map<String, String> environment) {
        final List<String> lines = new ArrayList<>();
        final String path = environment.getOrDefault("PATH", "");
        if (isWord(path)) {
            lines.add("export PATH=\"$PATH\":" + Shell.quote(path));
        }
        for (final String name : system.commandVariables()) {
            final String value = environment.getOrDefault(name, "");
            if (isWord(value)) {
                lines.add("[ -n \"${" + name + ":-}\" ] || export " + name + "=" + Shell.quote(value));
            }
        }
        return lines;
    }

    private static boolean isWord(final String value) {
        return !value.isEmpty() && value.chars().noneMatch(Character::isISOControl);
    }

    private List<String> java() {
        final List<String> lines = new ArrayList<>();
        final String chosen = spec.get(JobKeys.JAVA_HOME);
        if (chosen != null) {
            lines.add("export MUSTER_JAVA_HOME=" + Shell.quote(chosen));
        } else if (launch.javaHome() != null) {
            lines.add("if [ -z \"${MUSTER_JAVA_HOME:-}${JAVA_HOME:-}\" ] && [ -x "
                    + Shell.quote(launch.javaHome() + "/bin/java") + " ]; then");
            lines.add("    export MUSTER_JAVA_HOME="
                    + Shell.quote(launch.javaHome().toString()));
            lines.add("fi");
        }
        if (!launch.classPath().isEmpty()) {
            lines.add("export MUSTER_CLASSPATH=" + Shell.quote(launch.classPath()));
        }
        return lines;
    }

    private List<String> scratch() {
        final String chosen = spec.get(JobKeys.LOCAL_DIRECTORY);
        if (chosen != null) {
            return List.of("muster_scratch=" + Shell.expand(chosen), "mkdir -p -- \"$muster_scratch\"");
        }
        return List.of(
                "muster_scratch=${TMPDIR:-/tmp}",
                "if ! [ -d \"$muster_scratch\" ] || ! [ -w \"$muster_scratch\" ]; then",
                "    muster_scratch=/tmp",
                "fi");
    }

    private String command() {
        return Stream.concat(launch.program().stream().map(Shell::quote), words.stream())
                .collect(Collectors.joining(" "));
    }

    private List<String> withEpilogue(final String command) {
        final List<String> lines = new ArrayList<>();
        lines.add(command + " &");
        lines.add("muster_worker=$!");
        lines.add("trap 'kill -TERM \"$muster_worker\" 2>/dev/null || :' TERM INT");
        lines.add("muster_status=0");
        lines.add("wait \"$muster_worker\" || muster_status=$?");
        lines.add("while kill -0 \"$muster_worker\" 2>/dev/null; do");
        lines.add("    muster_status=0");
        lines.add("    wait \"$muster_worker\" || muster_status=$?");
        lines.add("done");
        lines.add("trap - TERM INT");
        spec.epilogue().forEach(code -> lines.addAll(List.of(NEWLINE.split(code))));
        lines.add("exit \"$muster_status\"");
        return lines;
    }

    private static WorkerArguments arguments(final JobSpec spec, final WorkerLaunch launch, final String token) {
        final WorkerArguments arguments = new WorkerArguments();
        arguments.put("--scheduler-file", Shell.quote(launch.schedulerFile().toString()));
        arguments.put("--name", "\"" + Objects.requireNonNullElse(spec.name(), "worker") + "-$muster_job\"");
        arguments.put("--job", "\"$muster_job\"");
        if (!token.isEmpty()) {
            arguments.put("--job-token", token);
        }
        arguments.put("--threads", Integer.toString(spec.threadsPerProcess()));
        arguments.put("--memory-limit", spec.memoryPerProcess().toString());
        if (spec.processes() > 1) {
            arguments.put("--processes", Integer.toString(spec.processes()));
        }
        arguments.put(spec.nanny() ? "--nanny" : "--no-nanny", "");
        final @Nullable Duration deathTimeout = spec.deathTimeout();
        if (deathTimeout != null) {
            arguments.put("--death-timeout", DurationText.format(deathTimeout));
        }
        arguments.put("--local-directory", "\"$muster_scratch\"");
        final Map<String, Double> besidesGpus = new TreeMap<>(spec.resources());
        besidesGpus.remove(JobSpec.GPU);
        final String amounts = String.join(",", Amounts.texts(besidesGpus));
        if (!amounts.isEmpty()) {
            arguments.put("--resources", amounts);
        }
        final String networkInterface = spec.get(JobKeys.INTERFACE);
        final List<String> extra = new ArrayList<>(spec.workerArguments());
        if (networkInterface != null) {
            extra.add("--interface " + networkInterface);
        }
        if (spec.gpus() > 0) {
            extra.add("--set worker.gpus-per-process=" + spec.gpusPerProcess());
        }
        arguments.addExtra(extra);
        return arguments;
    }
}
