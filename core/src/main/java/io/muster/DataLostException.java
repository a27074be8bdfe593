package io.muster;

import java.io.Serial;

/** Scattered data, which no task can compute again, went with the last worker that held it. */
public final class DataLostException extends MusterException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param key the data's key
     * @param reason what happened
     */
    public DataLostException(final String key, final String reason) {
        super("data is lost: key=" + key + ": " + reason
                + ". Scatter it again, or load it in a task, which can be repeated");
    }
}
