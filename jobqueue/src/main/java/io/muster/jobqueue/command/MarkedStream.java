package io.muster.jobqueue.command;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * What lies between two marks of a stream, passed on; a mark is followed by a word and a semicolon. What comes before
 * the first mark is kept apart.
 */
final class MarkedStream extends OutputStream {
    /** The word of a stream that ended without a mark. */
    static final String LOST = "lost";

    private static final int MAX_PREFACE = 4000;

    private enum Part {
        PREFACE,
        CONTENT,
        REST
    }

    private final byte[] mark;
    private final OutputStream content;
    private final TextSink preface = new TextSink(MAX_PREFACE);
    private final CompletableFuture<String> first = new CompletableFuture<>();
    private final CompletableFuture<String> second = new CompletableFuture<>();
    private final StringBuilder word = new StringBuilder();
    private Part part = Part.PREFACE;
    private int matched;

    /**
     * Makes one.
     *
     * @param mark ASCII whose first character does not occur in it again
     * @param content gets what is between the marks
     */
    MarkedStream(final String mark, final OutputStream content) {
        this.mark = mark.getBytes(StandardCharsets.US_ASCII);
        this.content = content;
    }

    /** The word after the first mark, once it is there, or {@link #LOST}. */
    CompletableFuture<String> first() {
        return first;
    }

    /** The word after the second mark, once it is there, or {@link #LOST}. */
    CompletableFuture<String> second() {
        return second;
    }

    /** What came before the first mark. */
    String preface() {
        return preface.text();
    }

    @Override
    public void write(final int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(final byte[] bytes, final int offset, final int length) throws IOException {
        int from = offset;
        final int end = offset + length;
        while (from < end && part != Part.REST) {
            if (matched == mark.length) {
                readWord(bytes[from++]);
            } else {
                from = match(bytes, from, end);
            }
        }
    }

    @Override
    public synchronized void close() {
        first.complete(LOST);
        second.complete(LOST);
    }

    /** Looks for the mark, passes on what is not of it, and returns where it stopped. */
    private int match(final byte[] bytes, final int from, final int end) throws IOException {
        int at = from;
        if (matched == 0) {
            while (at < end && bytes[at] != mark[0]) {
                at++;
            }
            part().write(bytes, from, at - from);
        } else if (bytes[at] != mark[matched]) {
            part().write(mark, 0, matched);
            matched = 0;
            return at;
        }
        if (at < end) {
            matched++;
            at++;
        }
        return at;
    }

    private void readWord(final byte value) {
        if (value != ';') {
            word.append((char) value);
            return;
        }
        (part == Part.PREFACE ? first : second).complete(word.toString());
        part = part == Part.PREFACE ? Part.CONTENT : Part.REST;
        word.setLength(0);
        matched = 0;
    }

    private OutputStream part() {
        return part == Part.PREFACE ? preface : content;
    }
}
