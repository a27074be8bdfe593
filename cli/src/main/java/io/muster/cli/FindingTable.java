package io.muster.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** What makes no progress, as text for people. */
final class FindingTable {
    private static final List<String> HEADER = List.of("WHAT", "TASKS", "SINCE", "ABOUT", "WHY");
    private static final String NONE = "-";

    private FindingTable() {}

    static String of(final List<?> findings) {
        if (findings.isEmpty()) {
            return "nothing is stuck\n";
        }
        final List<List<String>> rows = new ArrayList<>();
        for (final Object finding : findings) {
            if (finding instanceof Map<?, ?> members) {
                rows.add(row(members));
            }
        }
        return Texts.table(HEADER, rows);
    }

    private static List<String> row(final Map<?, ?> finding) {
        final StringJoiner about = new StringJoiner(" ").setEmptyValue(NONE);
        for (final String part : List.of("task", "worker", "job")) {
            if (finding.get(part) != null) {
                about.add(part + "=" + finding.get(part));
            }
        }
        final String since = finding.get("since_s") instanceof Number seconds
                ? Texts.time(Duration.ofMillis((long) (1000 * seconds.doubleValue())))
                : NONE;
        return List.of(
                String.valueOf(finding.get("what")),
                finding.get("count") instanceof Number count && count.longValue() > 0 ? count.toString() : NONE,
                since,
                about.toString(),
                String.valueOf(finding.get("why")));
    }
}
