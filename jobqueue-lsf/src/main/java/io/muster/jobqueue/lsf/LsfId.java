package io.muster.jobqueue.lsf;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A job's id as LSF takes it: {@code 404}, or {@code 404[3]} for a job of an array.
 *
 * @param number at least 1: LSF takes 0 for all jobs
 * @param index the place in the array, from 1 on; 0 for a job that is in none
 */
record LsfId(long number, int index) implements Comparable<LsfId> {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,17})(?:\\[([1-9][0-9]{0,8})\\])?");

    /** Null if the text is not an id. */
    static @Nullable LsfId of(final String text) {
        final Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        return new LsfId(
                Long.parseLong(matcher.group(1)), matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2)));
    }

    @Override
    public int compareTo(final LsfId other) {
        return number == other.number ? Integer.compare(index, other.index) : Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return index == 0 ? Long.toString(number) : number + "[" + index + "]";
    }
}
