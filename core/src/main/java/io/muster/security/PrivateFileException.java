package io.muster.security;

import io.muster.MusterException;
import org.jspecify.annotations.Nullable;

/** A file or directory that must be private to this user, and is missing, unfinished or unsafe. */
public final class PrivateFileException extends MusterException {
    private static final long serialVersionUID = 1L;

    /** What kind of problem it is. */
    public enum Reason {
        /** There is no such file. */
        MISSING,
        /** The file is empty or ends too early; its writer may still be at work. */
        INCOMPLETE,
        /** The file is unsafe or invalid, and waiting does not help. */
        REFUSED
    }

    private final Reason reason;

    PrivateFileException(Reason reason, String message) {
        this(reason, message, null);
    }

    PrivateFileException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /**
     * What kind of problem it is.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
