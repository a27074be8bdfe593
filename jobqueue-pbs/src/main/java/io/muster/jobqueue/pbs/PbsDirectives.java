package io.muster.jobqueue.pbs;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code #PBS} lines of a script. Of several values for one option the last one counts, as {@code qsub} has it. */
final class PbsDirectives {
    private static final String PREFIX = "#PBS";
    private static final String VALUE = "\\s*(\"[^\"]*\"|'[^']*'|\\S+)";

    private final String script;

    PbsDirectives(final String script) {
        this.script = script;
    }

    /** The value of an option of one letter, without quotes; null if it is not there. */
    @Nullable
    String value(final char option) {
        String last = null;
        for (final String line : lines()) {
            final Matcher matcher = option(option, VALUE).matcher(line);
            while (matcher.find()) {
                last = unquoted(matcher.group(1));
            }
        }
        return last;
    }

    boolean has(final char option) {
        return value(option) != null;
    }

    /** The script with one more variable in each list of variables. */
    String withVariable(final String assignment) {
        final Pattern list = option('v', "\\s*[\"']?");
        final StringBuilder changed = new StringBuilder();
        for (final String line : script.split("(?<=\n)")) {
            final Matcher matcher = list.matcher(line);
            final boolean isList = line.startsWith(PREFIX) && matcher.find();
            changed.append(
                    isList
                            ? line.substring(0, matcher.end()) + assignment + "," + line.substring(matcher.end())
                            : line);
        }
        return changed.toString();
    }

    private List<String> lines() {
        final List<String> lines = new ArrayList<>();
        script.lines()
                .filter(line -> line.startsWith(PREFIX))
                .map(line -> line.substring(PREFIX.length()))
                .forEach(lines::add);
        return lines;
    }

    private static Pattern option(final char option, final String value) {
        return Pattern.compile("(?<=\\s)-" + option + value);
    }

    private static String unquoted(final String word) {
        final boolean isQuoted = word.length() > 1 && (word.startsWith("\"") || word.startsWith("'"));
        return isQuoted ? word.substring(1, word.length() - 1) : word;
    }
}
