package io.muster.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.muster.LogLine;
import io.muster.diagnosis.LogRing;
import java.time.Instant;

/** Keeps the last log lines of a process for clients who ask; set up by {@link LogSetup}. */
public final class RingAppender extends AppenderBase<ILoggingEvent> {
    /** An appender, which Logback makes. */
    public RingAppender() {}

    @Override
    protected void append(final ILoggingEvent event) {
        final String text = event.getThrowableProxy() == null
                ? event.getFormattedMessage()
                : event.getFormattedMessage() + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
        LogRing.ofProcess()
                .add(new LogLine(
                        Instant.ofEpochMilli(event.getTimeStamp()),
                        event.getLevel().toString(),
                        event.getLoggerName(),
                        text));
    }
}
