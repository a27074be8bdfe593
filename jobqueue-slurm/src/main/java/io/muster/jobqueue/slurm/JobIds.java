package io.muster.jobqueue.slurm;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Slurm's job ids: {@code 12}, {@code 12_3} for an element of an array, {@code 12_[3-5,7%2]} for several of them. */
final class JobIds {
    /** By number, then by the element's number. */
    static final Comparator<String> ORDER = Comparator.<String>comparingLong(id -> Long.parseLong(base(id)))
            .thenComparingLong(id -> isElement(id) ? Long.parseLong(element(id)) : -1);

    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}(_[0-9]{1,9})?");
    private static final Pattern SEVERAL = Pattern.compile("([1-9][0-9]{0,17})_\\[([0-9,:-]+)(%[0-9]+)?]");
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?(?::([0-9]{1,9}))?");
    private static final Pattern COMMA = Pattern.compile(",");

    private JobIds() {}

    /** Whether it is the id of one job; what is not must never reach a command line. */
    static boolean isId(final String text) {
        return ID.matcher(text).matches();
    }

    /** The id of the array of an element; other ids are their own. */
    static String base(final String id) {
        final int separator = id.indexOf('_');
        return separator < 0 ? id : id.substring(0, separator);
    }

    /** The ids without repetition, arrays in place of their elements. */
    static List<String> bases(final Collection<String> ids) {
        return ids.stream().map(JobIds::base).distinct().toList();
    }

    /** The same jobs in fewer words: the elements of an array together. */
    static List<String> together(final Collection<String> ids) {
        final Map<String, SortedSet<Integer>> elements = new TreeMap<>(ORDER);
        for (final String id : ids) {
            final SortedSet<Integer> indexes = elements.computeIfAbsent(base(id), base -> new TreeSet<>());
            if (isElement(id)) {
                indexes.add(Integer.valueOf(element(id)));
            }
        }
        return elements.entrySet().stream()
                .map(entry -> entry.getKey() + ranges(entry.getValue()))
                .toList();
    }

    /** Whether a line about some elements of an array, or about an array none of which began, is about this job too. */
    static boolean isAbout(final String line, final String id) {
        final Matcher several = SEVERAL.matcher(line);
        if (several.matches()) {
            return isElement(id)
                    && several.group(1).equals(base(id))
                    && Arrays.stream(COMMA.split(several.group(2)))
                            .anyMatch(range -> holds(range, Integer.parseInt(element(id))));
        }
        return line.equals(id) || line.equals(base(id));
    }

    private static boolean isElement(final String id) {
        return id.indexOf('_') >= 0;
    }

    private static String element(final String id) {
        return id.substring(id.indexOf('_') + 1);
    }

    private static boolean holds(final String range, final int index) {
        final Matcher matcher = RANGE.matcher(range);
        if (!matcher.matches()) {
            return false;
        }
        final int first = Integer.parseInt(matcher.group(1));
        final int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
        final int step = matcher.group(3) == null ? 1 : Math.max(1, Integer.parseInt(matcher.group(3)));
        return index >= first && index <= last && (index - first) % step == 0;
    }

    private static String ranges(final SortedSet<Integer> indexes) {
        if (indexes.isEmpty()) {
            return "";
        }
        final StringBuilder ranges = new StringBuilder();
        int first = indexes.first();
        int last = first;
        for (final int index : indexes) {
            if (index > last + 1) {
                ranges.append(range(first, last)).append(',');
                first = index;
            }
            last = index;
        }
        ranges.append(range(first, last));
        return indexes.size() == 1 ? "_" + ranges : "_[" + ranges + "]";
    }

    private static String range(final int first, final int last) {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
