package io.muster;

import java.io.Serial;

/** The session with the scheduler has ended although nobody closed the client; what was not finished will not be. */
public final class SchedulerLostException extends MusterException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param reason why the session ended
     */
    public SchedulerLostException(final String reason) {
        super("the scheduler is lost: " + reason + ". Connect anew and submit again");
    }
}
