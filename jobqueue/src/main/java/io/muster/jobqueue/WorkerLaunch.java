package io.muster.jobqueue;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a job starts workers. All paths must mean the same on the node that the job runs on.
 *
 * @param program the command {@code muster} and what goes before its subcommand, such as {@code [/opt/muster/bin/muster]}
 * @param schedulerFile the file by which workers find the scheduler; absolute
 * @param javaHome the Java to run on unless the job's environment says otherwise; null to leave it to the command
 * @param classPath what holds the classes of tasks, separated by colons; empty for none
 */
public record WorkerLaunch(List<String> program, Path schedulerFile, @Nullable Path javaHome, String classPath) {
    /**
     * Copies the command.
     *
     * @throws IllegalArgumentException if the command is empty, or the scheduler file's path is relative
     */
    public WorkerLaunch {
        program = List.copyOf(program);
        if (program.isEmpty()) {
            throw new IllegalArgumentException("program=[] must have the command to run");
        }
        if (!schedulerFile.isAbsolute()) {
            throw new IllegalArgumentException("schedulerFile=" + schedulerFile + " must be absolute");
        }
    }
}
