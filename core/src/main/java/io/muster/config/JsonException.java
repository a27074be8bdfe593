package io.muster.config;

import io.muster.MusterException;

/** A text that is not one strict JSON document. The message gives line and column, and never quotes the text. */
public final class JsonException extends MusterException {
    private static final long serialVersionUID = 1L;

    private final boolean truncated;

    JsonException(String message, boolean truncated) {
        super(message);
        this.truncated = truncated;
    }

    /**
     * Whether the text ended before the document did, as a half-written file does.
     *
     * @return true if more text could have made it a document
     */
    public boolean truncated() {
        return truncated;
    }
}
