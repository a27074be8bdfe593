package io.muster.jobqueue.slurm;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a script ended.
 *
 * @param code its exit code; null if a signal ended it, or nothing is known
 * @param signal the signal that ended it; null if none did
 * @param couldNotStart whether Slurm could not start it, such as for an output file that cannot be opened
 */
record ExitStatus(@Nullable Integer code, @Nullable Integer signal, boolean couldNotStart) {
    private static final Pattern PAIR = Pattern.compile("([0-9]{1,9}):([0-9]{1,9})");
    private static final Pattern RAW = Pattern.compile("[0-9]{1,9}");
    /** A signal no script dies of: what is left of slurmd's error numbers from 4000 on, seen as a wait status. */
    private static final int START_FAILURE = 53;

    private static final int LAST_SIGNAL = 64;
    private static final int CODE_SHIFT = 8;
    private static final int CODE_MASK = 0xff;
    private static final int SIGNAL_MASK = 0x7f;

    /**
     * Reads it.
     *
     * @param text a wait status as squeue prints it, or code and signal with a colon as sacct does
     */
    static ExitStatus of(final String text) {
        final Matcher pair = PAIR.matcher(text);
        if (pair.matches()) {
            return of(Integer.parseInt(pair.group(1)), Integer.parseInt(pair.group(2)));
        }
        if (!RAW.matcher(text).matches()) {
            return new ExitStatus(null, null, false);
        }
        final int raw = Integer.parseInt(text);
        return of(raw >> CODE_SHIFT & CODE_MASK, raw & SIGNAL_MASK);
    }

    private static ExitStatus of(final int code, final int signal) {
        if (signal == START_FAILURE) {
            return new ExitStatus(null, null, true);
        }
        if (signal == 0) {
            return new ExitStatus(code, null, false);
        }
        return new ExitStatus(null, signal > LAST_SIGNAL ? null : signal, false);
    }
}
