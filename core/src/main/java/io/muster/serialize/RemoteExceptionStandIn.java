package io.muster.serialize;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stands for an exception that was thrown on a worker and whose class, or whose bytes, can't be had here. It has the
 * original's message, causes and stack trace, and prints like it.
 */
public final class RemoteExceptionStandIn extends Exception {
    private static final long serialVersionUID = 1L;

    /** The class of the exception that this one stands for. */
    private final String className;

    /**
     * A stand-in for an exception of a class.
     *
     * @param className the class of the original
     * @param message the message of the original; may be null
     * @param cause the stand-in of the original's cause; null for none
     */
    public RemoteExceptionStandIn(String className, @Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
        this.className = Objects.requireNonNull(className, "className");
    }

    /**
     * The class of the exception that this one stands for.
     *
     * @return its full name
     */
    public String className() {
        return className;
    }

    @Override
    public String toString() {
        String message = getMessage();
        return message == null ? className : className + ": " + message;
    }
}
