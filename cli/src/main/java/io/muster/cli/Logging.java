package io.muster.cli;

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

    /** The option for a JVM that is to log as much as this one. */
    static String jvmOption() {
        return "-D" + PROPERTY + "=" + System.getProperty(PROPERTY, TALKATIVE);
    }
}
