package io.muster.jobqueue.sge;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of a job, or of one task of an array.
 *
 * @param number the job's number
 * @param task the task's number; 0 if the job is no array
 */
record JobId(long number, long task) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})(?:\\.([1-9][0-9]{0,17}))?");

    static Optional<JobId> parse(final String text) {
        final Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new JobId(
                        Long.parseLong(matcher.group(1)),
                        matcher.group(2) == null ? 0 : Long.parseLong(matcher.group(2))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return task == 0 ? Long.toString(number) : number + "." + task;
    }
}
