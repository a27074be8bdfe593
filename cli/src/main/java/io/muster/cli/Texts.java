package io.muster.cli;

import java.time.Duration;
import java.util.Locale;

/** How this command writes values for people. */
final class Texts {
    private Texts() {}

    /** A time in the units that matter: {@code 0.3s}, {@code 12.5s}, {@code 3m05s}, {@code 2h07m}, {@code 3d04h}. */
    static String time(final Duration time) {
        final long seconds = time.toSeconds();
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1fs", time.toMillis() / 1000.0);
        }
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%dm%02ds", seconds / 60, seconds % 60);
        }
        final long hours = time.toHours();
        return hours < 24
                ? String.format(Locale.ROOT, "%dh%02dm", hours, time.toMinutesPart())
                : String.format(Locale.ROOT, "%dd%02dh", time.toDays(), time.toHoursPart());
    }
}
