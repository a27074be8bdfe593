package io.muster.jobqueue.sge;

import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.command.CommandResult;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code qsub} answered: a job's number somewhere among whatever else a site's wrapper prints, or a refusal. */
final class SubmitAnswer {
    private static final int TRY_LATER = 25;
    private static final int KILLED = 128;

    private static final Pattern TERSE = Pattern.compile("([1-9][0-9]{0,17})(?:\\.[0-9]+-[0-9]+:[0-9]+)?");
    private static final Pattern SENTENCE = Pattern.compile(
            "Your job(?:-array)? ([1-9][0-9]{0,17})(?:\\.[0-9:-]+)? \\(\".*\"\\) has been submitted\\.?");
    private static final Pattern LIMIT = Pattern.compile(
            "(?i)only \\d+ jobs are allowed|quota|try (it )?again|too many jobs|maximum number of (active )?jobs");
    private static final Pattern DOWN =
            Pattern.compile("(?i)unable to (contact|reach|send message|receive)|commlib|got (send|read|select|receive)"
                    + " error|communication error|can'?t (contact|reach|connect)|timed? ?out|no response|qmaster (is"
                    + " )?(down|not)|shut(ting)? ?down|can't be written|couldn't be written");

    private SubmitAnswer() {}

    /** The job's number; empty if there is none, or there are several. */
    static OptionalLong number(final String output) {
        final Set<Long> terse = new LinkedHashSet<>();
        final Set<Long> sentences = new LinkedHashSet<>();
        output.lines().map(String::strip).forEach(line -> {
            add(terse, TERSE.matcher(line));
            add(sentences, SENTENCE.matcher(line));
        });
        final Set<Long> numbers = sentences.isEmpty() ? terse : sentences;
        return numbers.size() == 1 ? OptionalLong.of(numbers.iterator().next()) : OptionalLong.empty();
    }

    /** What can be done about a refusal; one in unknown words is taken for one of the request, so that it is looked at. */
    static Kind kind(final CommandResult result) {
        final String words = Said.of(result);
        if (result.exitCode() == TRY_LATER || LIMIT.matcher(words).find()) {
            return Kind.LIMIT_REACHED;
        }
        return result.exitCode() >= KILLED || DOWN.matcher(words).find() ? Kind.SYSTEM_DOWN : Kind.FIX_REQUEST;
    }

    private static void add(final Set<Long> numbers, final Matcher matcher) {
        if (matcher.matches()) {
            numbers.add(Long.parseLong(matcher.group(1)));
        }
    }
}
