package io.muster.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.stream.Stream;

/**
 * Where processes of the {@code muster} command log to, unless a file of Logback's says so: standard error, and {@link RingAppender} for
 * clients who ask. They log warnings; of Muster itself what {@link Logging} says.
 *
 * <p>As a file the same would take two tenths of a second of processor time at each start.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    private static final String PATTERN = "%d{HH:mm:ss} %-5level %logger{0} - %msg%n";

    /** A setup, which Logback makes. */
    public LogSetup() {}

    @Override
    public ExecutionStatus configure(final LoggerContext logging) {
        if (isInFile()) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        final Logger root = logging.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(standardError(logging));
        root.addAppender(started(new RingAppender(), "RING", logging));
        logging.getLogger("io.muster").setLevel(Level.toLevel(Logging.level(), Level.WARN));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static boolean isInFile() {
        final ClassLoader loader = LogSetup.class.getClassLoader();
        return System.getProperty("logback.configurationFile") != null
                || Stream.of("logback-test.xml", "logback.xml").anyMatch(file -> loader.getResource(file) != null);
    }

    private static Appender<ILoggingEvent> standardError(final LoggerContext logging) {
        final PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(logging);
        encoder.setPattern(PATTERN);
        encoder.start();
        final ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        return started(appender, "STDERR", logging);
    }

    private static Appender<ILoggingEvent> started(
            final Appender<ILoggingEvent> appender, final String name, final LoggerContext logging) {
        appender.setName(name);
        appender.setContext(logging);
        appender.start();
        return appender;
    }
}
