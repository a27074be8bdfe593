package io.muster.jobqueue.command;

import io.muster.config.ConfigurationException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command to run: a program and its arguments, never a line for a shell.
 *
 * @param words the program, found on {@code PATH}, and its arguments
 * @param input what it reads on standard input; empty: nothing
 * @param timeout how long it may take; then it is killed with all that it started
 * @param directory the folder to run in; null for that of the runner
 */
public record Command(
        List<String> words,
        String input,
        Duration timeout,
        @Nullable String directory) {
    /** How long a command of a batch system may take unless said otherwise: one minute. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(1);

    /**
     * Copies the words.
     *
     * @throws ConfigurationException if there is no program, or the time is not positive
     */
    public Command {
        words = List.copyOf(words);
        if (words.isEmpty() || words.get(0).isEmpty()) {
            throw new ConfigurationException("words=" + words + " must begin with a program");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new ConfigurationException("timeout=" + timeout + " must be > 0");
        }
    }

    /**
     * A command without input, in the runner's folder, for at most {@link #DEFAULT_TIMEOUT}.
     *
     * @param words the program and its arguments
     * @return the command
     */
    public static Command of(final String... words) {
        return new Command(List.of(words), "", DEFAULT_TIMEOUT, null);
    }

    /**
     * A command without input, in the runner's folder, for at most {@link #DEFAULT_TIMEOUT}.
     *
     * @param words the program and its arguments
     * @return the command
     */
    public static Command of(final List<String> words) {
        return new Command(words, "", DEFAULT_TIMEOUT, null);
    }

    /**
     * The same with something to read.
     *
     * @param text what it reads on standard input
     * @return another command
     */
    public Command withInput(final String text) {
        return new Command(words, text, timeout, directory);
    }

    /**
     * The same with another time limit.
     *
     * @param limit how long it may take
     * @return another command
     */
    public Command within(final Duration limit) {
        return new Command(words, input, limit, directory);
    }

    /**
     * The same in another folder.
     *
     * @param folder where to run it
     * @return another command
     */
    public Command in(final String folder) {
        return new Command(words, input, timeout, folder);
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }
}
