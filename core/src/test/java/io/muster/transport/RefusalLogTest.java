package io.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Strangers cannot fill the log. */
class RefusalLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("refusals of a test");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long nowNs = -5;
    private final RefusalLog log = new RefusalLog(logger, () -> nowNs);

    @Test
    void aFloodIsCutOffAndItsRestCounted() {
        logger.setAdditive(false);
        logger.addAppender(lines);
        lines.start();
        for (int i = 0; i < RefusalLog.MOST + 7; i++) {
            log.refused("peer", "it lies");
        }
        assertThat(lines.list).hasSize(RefusalLog.MOST);

        nowNs += RefusalLog.WINDOW_NS;
        log.refused("other", "it left");
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .endsWith("refused 7 more within 10 s", "refused other: it left");
    }
}
