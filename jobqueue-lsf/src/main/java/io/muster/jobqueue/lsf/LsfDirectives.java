package io.muster.jobqueue.lsf;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code #BSUB} lines of a script. */
final class LsfDirectives {
    private static final String PREFIX = "#BSUB";

    private final String script;

    LsfDirectives(final String script) {
        this.script = script;
    }

    /** The last value of one of the options, without quotes; null if none is there. */
    @Nullable
    String value(final String... options) {
        final Pattern option =
                Pattern.compile("(?<=\\s)-(?:" + String.join("|", options) + ")\\s+(\"[^\"]*\"|'[^']*'|\\S+)");
        return script.lines()
                .filter(line -> line.startsWith(PREFIX))
                .map(line -> option.matcher(line.substring(PREFIX.length())))
                .filter(Matcher::find)
                .map(matcher -> unquoted(matcher.group(1)))
                .reduce((first, second) -> second)
                .orElse(null);
    }

    private static String unquoted(final String word) {
        final boolean isQuoted = word.length() > 1 && (word.startsWith("\"") || word.startsWith("'"));
        return isQuoted ? word.substring(1, word.length() - 1) : word;
    }
}
