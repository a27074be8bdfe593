package io.muster.jobqueue.sge;

import io.muster.jobqueue.JobRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Where the output of a submission's jobs goes. */
final class OutputFiles {
    private static final String OUTPUT = "-o";
    private static final String ERRORS = "-e";

    private final Qcommands commands;
    private final ScriptOptions options;
    private final String logFolder;

    OutputFiles(final Qcommands commands, final JobRequest request) {
        this.commands = commands;
        this.options = new ScriptOptions(request.script());
        this.logFolder = request.logFolder().endsWith("/") ? request.logFolder() : request.logFolder() + "/";
    }

    /** Arguments for {@code qsub}, for what the script leaves open. */
    List<String> arguments() {
        final List<String> arguments = new ArrayList<>();
        for (final String option : streams()) {
            if (!options.has(option)) {
                arguments.addAll(List.of(option, logFolder));
            }
        }
        return arguments;
    }

    /** The folders that must be there before a job starts: Grid Engine makes none, and puts the job in error. */
    Set<String> folders() {
        final Set<String> folders = new LinkedHashSet<>();
        for (final String option : streams()) {
            final String path = path(option);
            final String folder = path.substring(0, path.lastIndexOf('/') + 1);
            if (!folder.contains("$")) {
                folders.add(folder);
            }
        }
        return folders;
    }

    /** The files of a job, standard output first. */
    List<String> of(final String id) {
        final JobId job = JobId.parse(id).orElse(new JobId(0, 0));
        final List<String> files = new ArrayList<>();
        for (final String option : streams()) {
            final String path = path(option)
                    .replace("$JOB_ID", Long.toString(job.number()))
                    .replace("$JOB_NAME", options.jobName())
                    .replace("$TASK_ID", job.task() == 0 ? "undefined" : Long.toString(job.task()));
            files.add(path.endsWith("/") ? path + options.jobName() + "." + option.charAt(1) + id : path);
        }
        return files;
    }

    private List<String> streams() {
        return options.isErrorsMerged() ? List.of(OUTPUT) : List.of(OUTPUT, ERRORS);
    }

    /** Absolute; a folder ends with a slash. */
    private String path(final String option) {
        if (!options.has(option)) {
            return logFolder;
        }
        final String path = options.value(option).replaceFirst("^[^/$~]*:", "");
        if (path.startsWith("~/")) {
            return commands.home() + path.substring(1);
        }
        final String known = path.contains("$HOME") ? path.replace("$HOME", commands.home()) : path;
        final String full = known.contains("$USER") ? known.replace("$USER", commands.user()) : known;
        if (full.startsWith("/")) {
            return full;
        }
        return (options.has("-cwd") ? commands.directory() : commands.home()) + "/" + full;
    }
}
