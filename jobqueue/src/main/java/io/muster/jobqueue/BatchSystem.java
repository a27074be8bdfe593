package io.muster.jobqueue;

import io.muster.jobqueue.command.CommandRunner;
import java.util.List;
import java.util.Map;

/** What is peculiar to one batch system; found by {@link java.util.ServiceLoader}. */
public interface BatchSystem {
    /**
     * What users call it.
     *
     * @return a word in lower case, such as {@code slurm}; also the name of its section in {@code jobqueue.yaml}
     */
    String name();

    /**
     * The keys that it has besides those in {@link JobKeys}. One with the name of a common key takes that one's place.
     *
     * @return the keys
     */
    List<JobKey<?>> keys();

    /**
     * Fills in what this system takes from its surroundings where nothing is set.
     *
     * @param settings what is set
     * @param environment the environment variables of the submitting program
     * @return the same, or more
     */
    default JobSettings completed(final JobSettings settings, final Map<String, String> environment) {
        return settings;
    }

    /**
     * The directives of a job's script.
     *
     * @param spec what the job asks for
     * @return the lines, without those that are to be skipped, and with the extra ones
     */
    List<String> headerLines(JobSpec spec);

    /**
     * Finds out in a running job which one it is.
     *
     * @return lines for a POSIX shell that set the variable {@code muster_job} to the job's id, also where unset
     *     variables are an error
     */
    List<String> jobIdLines();

    /**
     * Finds out in a running job when it has to end.
     *
     * @param seconds how long the job asked to run; 0 if that is not known
     * @return lines for a POSIX shell that set the variable {@code muster_end} to a time in seconds since 1970, or to nothing if it is
     *     not known; run before anything else in the script, also where unset variables are an error
     */
    default List<String> jobEndLines(final long seconds) {
        return List.of(seconds > 0 ? "muster_end=$(($(date +%s) + " + seconds + "))" : "muster_end=");
    }

    /**
     * The variables by which its commands find the site's system, besides {@code PATH}. A job that submits jobs gets those of the host
     * that it was submitted from, so far as it has none of its own.
     *
     * @return names
     */
    default List<String> commandVariables() {
        return List.of();
    }

    /**
     * The commands of this batch system.
     *
     * @param runner runs them
     * @return the queue
     */
    BatchQueue queue(CommandRunner runner);
}
