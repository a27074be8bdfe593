package io.muster.jobqueue.sge;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tasks of an array as {@code qstat} writes them, such as {@code 1,4-10:2}; kept as ranges, however long they are. */
final class TaskRanges {
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,18})(?:-([0-9]{1,18})(?::([0-9]{1,18}))?)?");

    private final List<Range> ranges = new ArrayList<>();

    /** Parts that are no range are passed over; the text of a job that is no array is empty and means task 0. */
    TaskRanges(final String text) {
        if (text.isBlank()) {
            ranges.add(new Range(0, 0, 1));
            return;
        }
        for (final String part : text.strip().split("[,\\s]+")) {
            final Matcher matcher = RANGE.matcher(part);
            if (matcher.matches()) {
                final long first = Long.parseLong(matcher.group(1));
                final long last = matcher.group(2) == null ? first : Long.parseLong(matcher.group(2));
                final long step = matcher.group(3) == null ? 1 : Long.parseLong(matcher.group(3));
                ranges.add(new Range(first, last, Math.max(1, step)));
            }
        }
    }

    boolean contains(final long task) {
        return ranges.stream().anyMatch(range -> range.contains(task));
    }

    private record Range(long first, long last, long step) {
        boolean contains(final long task) {
            return task >= first && task <= last && (task - first) % step == 0;
        }
    }
}
