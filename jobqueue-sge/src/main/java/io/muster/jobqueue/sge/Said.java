package io.muster.jobqueue.sge;

import io.muster.jobqueue.command.CommandResult;
import java.util.stream.Collectors;

/** Grid Engine's own words as they stand in a message: without what it adds to every error, and not endless. */
final class Said {
    private static final int LONGEST = 2000;
    private static final int BRIEF = 120;
    private static final String PREFIX = "Unable to run job: ";

    private Said() {}

    static String of(final CommandResult result) {
        final String words = cut(result.said(), LONGEST)
                .lines()
                .map(String::strip)
                .map(line -> line.startsWith(PREFIX) ? line.substring(PREFIX.length()) : line)
                .filter(line -> !line.isEmpty() && !line.equals("Exiting."))
                .collect(Collectors.joining("; "));
        return words.isEmpty() ? "nothing, exit code " + result.exitCode() : words;
    }

    static String brief(final String text) {
        return "\"" + cut(text.strip(), BRIEF).replaceAll("\\p{Cntrl}+", " ") + "\"";
    }

    private static String cut(final String text, final int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "…";
    }
}
