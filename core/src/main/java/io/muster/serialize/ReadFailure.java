package io.muster.serialize;

import java.io.EOFException;
import java.io.StreamCorruptedException;
import org.jspecify.annotations.Nullable;

/** Turns what a JDK stream throws while it reads into one text that says what to do. */
final class ReadFailure {
    private ReadFailure() {}

    static SerializationException explain(
            Throwable failure, ClassResolver classes, @Nullable String refusal, @Nullable String place) {
        if (failure instanceof SerializationException) {
            return (SerializationException) failure;
        }
        return new SerializationException(text(failure, classes.missing(), classes.why(), refusal, place), failure);
    }

    private static String text(
            Throwable failure,
            @Nullable String missing,
            @Nullable String why,
            @Nullable String refusal,
            @Nullable String place) {
        String where = place == null ? "" : " (" + place + ")";
        if (refusal != null) {
            return "refused to read a value" + where + ": " + refusal;
        }
        if (missing != null) {
            return missingClass(missing, why, where);
        }
        String text = SafeText.of(failure);
        String message = SafeText.message(failure);
        if (failure instanceof NoClassDefFoundError && message != null && message.indexOf(' ') < 0) {
            return missingClass(message.replace('/', '.'), null, where);
        }
        if (failure instanceof StackOverflowError) {
            return "can't read a value" + where + ": its objects nest too deeply for this thread's stack; keep links"
                    + " between elements in a list instead, or give the thread more stack (-Xss)";
        }
        if (failure instanceof EOFException || failure instanceof StreamCorruptedException) {
            return "damaged value" + where + ": the stream is cut short or corrupt: " + text;
        }
        if (text.contains("filter status: REJECTED")) {
            return "refused to read a value" + where + ": " + text + "; see this JVM's jdk.serialFilter";
        }
        if (text.contains("local class incompatible") || text.contains("ambda")) {
            return "can't read a value" + where + ": " + text
                    + "; the class differs between sender and receiver: put the same build on both class paths";
        }
        return "can't read a value" + where + ": " + text;
    }

    private static String missingClass(String name, @Nullable String why, String where) {
        return "class " + name + " is not on this JVM's class path" + where + (why == null ? "" : why)
                + ". Put the jar that holds it there: MUSTER_CLASSPATH=<jars> before muster worker";
    }
}
