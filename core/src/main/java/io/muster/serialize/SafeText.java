package io.muster.serialize;

import java.io.PrintWriter;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/** Texts of exceptions whose own methods may throw; and texts cut to a length. */
final class SafeText {
    private SafeText() {}

    /** Class and message, as {@link Throwable#toString()} gives them unless it fails. */
    static String of(Throwable failure) {
        try {
            String text = failure.toString();
            return text == null ? failure.getClass().getName() : text;
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return failure.getClass().getName() + " (its toString failed)";
        }
    }

    /** The message, or null if there is none or it fails. */
    static @Nullable String message(Throwable failure) {
        try {
            return failure.getMessage();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return "(its getMessage failed: " + e.getClass().getName() + ")";
        }
    }

    /** The cause, or null if there is none or it fails. */
    static @Nullable Throwable cause(Throwable failure) {
        try {
            return failure.getCause();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return null;
        }
    }

    /** The stack trace as the JDK prints it, cut to a length; class and frames alone if printing fails. */
    static String stackTrace(Throwable failure, int maxChars) {
        Cut cut = new Cut(maxChars);
        try {
            failure.printStackTrace(new PrintWriter(cut));
            return cut.text.toString();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return cut(frames(failure), maxChars);
        }
    }

    /** The text itself, or its beginning and how much is left out. */
    static String cut(String text, int maxChars) {
        if (text.length() <= maxChars) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(maxChars - 1)) ? maxChars - 1 : maxChars;
        return text.substring(0, end) + "... (" + (text.length() - end) + " more characters)";
    }

    private static String frames(Throwable failure) {
        StringBuilder text = new StringBuilder(of(failure)).append('\n');
        try {
            for (StackTraceElement frame : failure.getStackTrace()) {
                text.append("\tat ").append(frame).append('\n');
            }
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            text.append("\t(its stack trace failed: ")
                    .append(e.getClass().getName())
                    .append(")\n");
        }
        return text.toString();
    }

    /** Keeps the first characters and drops the rest. */
    private static final class Cut extends Writer {
        private final StringBuilder text = new StringBuilder();
        private final int maxChars;

        Cut(int maxChars) {
            this.maxChars = maxChars;
        }

        @Override
        public void write(char[] chars, int offset, int length) {
            text.append(chars, offset, Math.min(length, maxChars - text.length()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
