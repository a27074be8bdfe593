package io.muster.jobqueue.lsf;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a job carries its token. LSF has a job description; its older relatives have none, and take the option for two
 * others and a command. There the token follows the job's name, after a dot.
 */
final class LsfMark {
    private static final Pattern DESCRIPTION = Pattern.compile("(?:^|\\s)muster=([A-Za-z0-9-]+)");
    private static final Pattern NAME = Pattern.compile(".*\\.([A-Za-z0-9-]{1,64})(?:\\[[0-9]+\\])?");

    private LsfMark() {}

    static String description(final String own, final String token) {
        return (own + " muster=" + token).strip();
    }

    static String name(final String own, final String token) {
        return own + "." + token;
    }

    /** The token in a description; empty if it has none. */
    static String inDescription(final String description) {
        final Matcher matcher = DESCRIPTION.matcher(description);
        return matcher.find() ? matcher.group(1) : "";
    }

    /** The token in a name; empty if it has none. */
    static String inName(final String name) {
        final Matcher matcher = NAME.matcher(name);
        return matcher.matches() ? matcher.group(1) : "";
    }
}
