package io.muster.jobqueue.command;

/** Runs commands where the batch system is: on this host, or on a login node. Safe for use by several threads. */
public interface CommandRunner extends AutoCloseable {
    /**
     * Runs a command and waits for its end.
     *
     * @param command what to run
     * @return how it ended
     * @throws CommandException if it could not be run, or did not end in time; the message names the command and says
     * why
     */
    CommandResult run(Command command);

    /**
     * Where commands run, for messages.
     *
     * @return such as {@code this host} or {@code user@login}
     */
    String where();

    @Override
    void close();
}
