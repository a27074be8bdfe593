package io.muster.jobqueue.command;

import com.jcraft.jsch.Logger;
import org.slf4j.LoggerFactory;

/** What JSch says, for those who look for trouble. */
final class JschLog implements Logger {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(JschLog.class);

    @Override
    public boolean isEnabled(final int level) {
        return LOG.isDebugEnabled();
    }

    @Override
    public void log(final int level, final String message) {
        LOG.debug(message);
    }
}
