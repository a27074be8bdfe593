package io.muster.cli;

import io.muster.progress.ProgressBars;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How this command writes values for people. */
final class Texts {
    private Texts() {}

    /** A time in the units that matter: {@code 0.3s}, {@code 12.5s}, {@code 3m05s}, {@code 2h07m}, {@code 3d04h}. */
    static String time(final Duration time) {
        return ProgressBars.time(time);
    }

    /** Rows below a header, in columns as wide as they need to be. */
    static String table(final List<String> header, final List<List<String>> rows) {
        final int[] widths = new int[header.size()];
        Stream.concat(Stream.of(header), rows.stream()).forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        return Stream.concat(Stream.of(header), rows.stream())
                .map(row -> line(row, widths))
                .collect(Collectors.joining());
    }

    private static String line(final List<String> row, final int[] widths) {
        final StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
        }
        return line.toString().stripTrailing() + "\n";
    }
}
