package io.muster.config;

import io.muster.MusterException;

/** A setting that does not exist, has no valid value, or contradicts another one. The message says where it was set. */
public final class ConfigurationException extends MusterException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what is set to what and where, what is required, and what to do
     */
    public ConfigurationException(final String message) {
        super(message);
    }

    /**
     * Makes one.
     *
     * @param message what is set to what and where, what is required, and what to do
     * @param cause what found it
     */
    public ConfigurationException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
