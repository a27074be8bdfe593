package io.muster.system;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** What tasks of these tests do; files make it visible from one process to the other. */
final class Work {
    private Work() {}

    /** Notes an attempt in a file and tells how many there were. */
    static int attempt(final String file) throws IOException {
        Files.writeString(Path.of(file), "x", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return (int) Files.size(Path.of(file));
    }

    /** Fails until it was tried so often. */
    static int succeedAtAttempt(final int needed, final String file) throws IOException {
        final int attempt = attempt(file);
        if (attempt < needed) {
            throw new IllegalStateException("attempt " + attempt + " fails");
        }
        return attempt;
    }

    /** Says that it runs, and goes on once it is told to, or the test's directory is gone and with it the one who would tell. */
    static int meet(final String running, final String goOn) throws IOException, InterruptedException {
        attempt(running);
        final Path sign = Path.of(goOn);
        while (!Files.exists(sign) && Files.exists(sign.getParent())) {
            Thread.sleep(2);
        }
        return 42;
    }

    static int recurse(final int depth) {
        return recurse(depth + 1) + 1;
    }

    static int sum(final List<Integer> values) {
        return values.stream().mapToInt(value -> value).sum();
    }

    /** A value that can't be sent, in one that could. */
    static final class Parcel implements Serializable {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial")
        final Object content;

        Parcel(final Object content) {
            this.content = content;
        }
    }

    /** Its message can't be had. */
    static final class MuteException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }
}
