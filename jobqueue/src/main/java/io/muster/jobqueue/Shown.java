package io.muster.jobqueue;

/** Text from outside as it stands in a message: on one line, control characters visible, not endless. */
final class Shown {
    private static final int LONGEST = 120;

    private Shown() {}

    static String of(final String text) {
        final String start = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
        final StringBuilder shown = new StringBuilder();
        start.chars().forEach(c -> append(shown, (char) c));
        return shown.toString();
    }

    private static void append(final StringBuilder shown, final char c) {
        switch (c) {
            case '\n' -> shown.append("\\n");
            case '\r' -> shown.append("\\r");
            case '\t' -> shown.append("\\t");
            default -> {
                if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                    shown.append(String.format("\\u%04x", (int) c));
                } else {
                    shown.append(c);
                }
            }
        }
    }
}
