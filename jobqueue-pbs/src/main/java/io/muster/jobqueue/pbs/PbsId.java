package io.muster.jobqueue.pbs;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A job's id as PBS writes it, such as {@code 1.server}, {@code 25[].server} for an array and {@code 25[2].server} for
 * one of its jobs.
 *
 * @param number the number that the server has given
 * @param index {@code [2]} for a job of an array, {@code []} for the array, empty for others
 * @param server the server with a dot before it; empty if it is not said
 */
record PbsId(String number, String index, String server) {
    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,18})(\\[[0-9]{0,9}\\])?(\\.[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?");

    /** Null if the text is not an id. */
    static @Nullable PbsId of(final String text) {
        final Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? new PbsId(matcher.group(1), orEmpty(matcher.group(2)), orEmpty(matcher.group(3)))
                : null;
    }

    boolean isArray() {
        return index.equals("[]");
    }

    boolean isElement() {
        return index.length() > 2;
    }

    /** The place in the array; 0 for a job that is in none. */
    int place() {
        return isElement() ? Integer.parseInt(index.substring(1, index.length() - 1)) : 0;
    }

    /** What is the same however the server is named. */
    String key() {
        return number + index;
    }

    /** The jobs of this array. */
    List<String> elements(final int first, final int last) {
        final List<String> elements = new ArrayList<>();
        for (int i = first; i <= last; i++) {
            elements.add(number + "[" + i + "]" + server);
        }
        return elements;
    }

    @Override
    public String toString() {
        return number + index + server;
    }

    private static String orEmpty(final @Nullable String text) {
        return text == null ? "" : text;
    }
}
