package io.muster.jobqueue.command;

/**
 * What a command did.
 *
 * @param exitCode as the program ended; 128 + n if signal n ended it
 * @param output what it wrote to standard output, cut after {@link #MAX_CHARS}
 * @param errors what it wrote to standard error, cut likewise
 */
public record CommandResult(int exitCode, String output, String errors) {
    /** How many characters of each stream are kept: {@value}. */
    public static final int MAX_CHARS = 16 << 20;

    /**
     * Whether it says that it succeeded.
     *
     * @return true for exit code 0
     */
    public boolean isSuccess() {
        return exitCode == 0;
    }

    /**
     * What it said, for a message.
     *
     * @return standard error without blanks around it; standard output if that is empty
     */
    public String said() {
        return errors.isBlank() ? output.strip() : errors.strip();
    }
}
