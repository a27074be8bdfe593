package io.muster.jobqueue;

import io.muster.config.ConfigurationException;
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
public record WorkerLaunch(
        List<String> program, Path schedulerFile, @Nullable Path javaHome, String classPath) {
    /**
     * Copies the command.
     *
     * @throws ConfigurationException if the command is empty, the scheduler file's path is relative, or something has
     *     control characters, which could be taken for lines of the script
     */
    public WorkerLaunch {
        program = List.copyOf(program);
        if (program.isEmpty()) {
            throw new ConfigurationException("program=[] must have the command to run");
        }
        if (!schedulerFile.isAbsolute()) {
            throw new ConfigurationException(
                    "schedulerFile=" + Shown.of(schedulerFile.toString()) + " must be absolute");
        }
        program.forEach(word -> checkLine("program", word));
        checkLine("schedulerFile", schedulerFile.toString());
        checkLine("javaHome", String.valueOf(javaHome));
        checkLine("classPath", classPath);
    }

    private static void checkLine(final String name, final String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new ConfigurationException(name + "=" + Shown.of(text) + " must have no control characters");
        }
    }
}
