package io.muster.jobqueue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words of a POSIX shell's command line. */
public final class Shell {
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:[A-Za-z_][A-Za-z0-9_]*|\\{[A-Za-z_][A-Za-z0-9_]*})");
    private static final String HOME_PREFIX = "~/";

    private Shell() {}

    /**
     * A word that means exactly the text, whatever is in it.
     *
     * @param text any text without NUL
     * @return the text in single quotes
     * @throws IllegalArgumentException if it has a NUL, which no argument can hold
     */
    public static String quote(final String text) {
        checkNoNul(text);
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /**
     * A word that means the text with variables put in: {@code $NAME}, <code>${NAME}</code> and {@code ~/} at the start
     * are left to the shell that runs the word, all else stands for itself. Nothing is run, and the value of a variable
     * is not split.
     *
     * @param text any text without NUL
     * @return the text in double quotes
     * @throws IllegalArgumentException if it has a NUL, which no argument can hold
     */
    public static String expand(final String text) {
        checkNoNul(text);
        final String path = text.startsWith(HOME_PREFIX) ? "${HOME}" + text.substring(1) : text;
        final StringBuilder word = new StringBuilder("\"");
        final Matcher variable = VARIABLE.matcher(path);
        int from = 0;
        while (variable.find()) {
            word.append(escaped(path.substring(from, variable.start()))).append(variable.group());
            from = variable.end();
        }
        return word.append(escaped(path.substring(from))).append('"').toString();
    }

    private static String escaped(final String text) {
        return text.replaceAll("[\\\\\"$`]", "\\\\$0");
    }

    private static void checkNoNul(final String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("word=" + Shown.of(text) + " must have no NUL");
        }
    }
}
