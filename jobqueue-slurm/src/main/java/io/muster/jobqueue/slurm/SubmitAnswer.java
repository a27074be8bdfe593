package io.muster.jobqueue.slurm;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What sbatch printed when it took a job. A line that can only be its answer is certain if nothing else was printed;
 * banners and wrappers print lines of digits too.
 *
 * @param id the only job id that it can mean; null if there is none, or several
 * @param cluster the cluster that it names with it; null if none
 * @param isCertain whether nothing else was printed
 */
record SubmitAnswer(@Nullable String id, @Nullable String cluster, boolean isCertain) {
    private static final Pattern ANSWER =
            Pattern.compile("(?:Submitted batch job )?([1-9][0-9]{0,9})(?:(?:;| on cluster )([A-Za-z0-9_.-]{1,255}))?");

    /** Reads it. */
    static SubmitAnswer of(final String output) {
        final Set<SubmitAnswer> answers = new LinkedHashSet<>();
        boolean isCertain = true;
        for (final String line : (Iterable<String>) output.lines()::iterator) {
            final Matcher matcher = ANSWER.matcher(line.strip());
            if (matcher.matches()) {
                answers.add(new SubmitAnswer(matcher.group(1), matcher.group(2), true));
            } else if (!line.isBlank()) {
                isCertain = false;
            }
        }
        if (answers.size() != 1) {
            return new SubmitAnswer(null, null, false);
        }
        final SubmitAnswer answer = answers.iterator().next();
        return new SubmitAnswer(answer.id, answer.cluster, isCertain);
    }
}
