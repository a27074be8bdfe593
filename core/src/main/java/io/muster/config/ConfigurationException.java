package io.muster.config;

import io.muster.MusterException;

/** A setting that does not exist, has no valid value, or contradicts another one. The message says where it was set. */
public final class ConfigurationException extends MusterException {
    private static final long serialVersionUID = 1L;

    ConfigurationException(final String message) {
        super(message);
    }

    ConfigurationException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
