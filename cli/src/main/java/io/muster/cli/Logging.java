package io.muster.cli;

import org.jspecify.annotations.Nullable;

/** How much the log says: warnings, or in a process that runs for long also what happens. */
final class Logging {
    private static final String PROPERTY = "muster.log.level";
    private static final String TALKATIVE = "INFO";

    private Logging() {}

    /** Has an effect only before the first log message. */
    static void beTalkative() {
        if (System.getProperty(PROPERTY) == null) {
            System.setProperty(PROPERTY, TALKATIVE);
        }
    }

    /** How much this process logs, as far as somebody has said. */
    static @Nullable String level() {
        return System.getProperty(PROPERTY);
    }

    /** The option for a JVM that is to log as much as this one. */
    static String jvmOption() {
        return "-D" + PROPERTY + "=" + System.getProperty(PROPERTY, TALKATIVE);
    }
}
