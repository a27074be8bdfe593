package io.muster.jobqueue.command;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Keeps the first characters of what is written to it in UTF-8, with U+FFFD for what is not, and drops the rest. */
final class TextSink extends OutputStream {
    private static final int CHUNK = 8192;
    private static final int LONGEST_CHARACTER = 4;

    private final int maxChars;
    private final StringBuilder kept = new StringBuilder();
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK + LONGEST_CHARACTER);
    private final CharBuffer chars = CharBuffer.allocate(CHUNK + LONGEST_CHARACTER);

    TextSink(final int maxChars) {
        this.maxChars = maxChars;
    }

    @Override
    public void write(final int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(final byte[] source, final int offset, final int length) {
        for (int at = 0; at < length && kept.length() < maxChars; at += CHUNK) {
            bytes.put(source, offset + at, Math.min(CHUNK, length - at)).flip();
            decoder.decode(bytes, chars, false);
            bytes.compact();
            keepChars();
        }
    }

    /** What was kept so far; an unfinished character at the end counts as wrong. */
    synchronized String text() {
        final String unfinished = bytes.position() > 0 && kept.length() < maxChars ? "\uFFFD" : "";
        return kept + unfinished;
    }

    private void keepChars() {
        chars.flip();
        kept.append(chars, 0, Math.min(chars.length(), maxChars - kept.length()));
        chars.clear();
    }
}
