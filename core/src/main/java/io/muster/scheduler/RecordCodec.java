package io.muster.scheduler;

import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.AskRecordsEncoder;
import io.muster.protocol.LogEventEncoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.ProfileEncoder;
import io.muster.protocol.RecordKind;
import io.muster.protocol.RecordsEncoder;
import io.muster.protocol.SaidEncoder;
import io.muster.transport.Outbox;
import java.nio.charset.StandardCharsets;

/** What happened, as messages: each with the room that it takes at most, and what writes it. */
public final class RecordCodec {
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int FIXED = 96;

    private RecordCodec() {}

    /**
     * A message to be written.
     *
     * @param maxBytes how much room it takes at most
     * @param writer writes it
     */
    public record Message(int maxBytes, Writer writer) {
        /**
         * Puts it into a session's outbox.
         *
         * @param out the outbox
         */
        public void into(final Outbox out) {
            out.end(writer.write(out.begin(maxBytes)));
        }
    }

    /** Writes a message. */
    @FunctionalInterface
    public interface Writer {
        /**
         * Writes it.
         *
         * @param buffer where to, from the beginning on
         * @return how many bytes it took
         */
        int write(ArrayBuffer buffer);
    }

    /**
     * A question.
     *
     * @param requestId echoed in the answer
     * @param kind what is asked for
     * @param since see {@link RecordKind}
     * @param limit how much at most
     * @param name see {@link RecordKind}
     * @return the message
     */
    public static Message ask(
            final long requestId, final RecordKind kind, final long since, final int limit, final String name) {
        final byte[] text = name.getBytes(StandardCharsets.UTF_8);
        return new Message(FIXED + text.length, buffer -> {
            final AskRecordsEncoder encoder = new AskRecordsEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                    .requestId(requestId)
                    .since(since)
                    .most(limit)
                    .kind(kind)
                    .putName(text, 0, text.length);
            return HEADER + encoder.encodedLength();
        });
    }

    /**
     * A worker's answer.
     *
     * @param requestId as asked
     * @param json the answer
     * @return the message
     */
    public static Message records(final long requestId, final String json) {
        final byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return new Message(FIXED + text.length, buffer -> {
            final RecordsEncoder encoder = new RecordsEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                    .requestId(requestId)
                    .putJson(text, 0, text.length);
            return HEADER + encoder.encodedLength();
        });
    }

    /**
     * A worker's samples.
     *
     * @param samples as {@link io.muster.diagnosis.CallTree#toText}
     * @return the message
     */
    public static Message profile(final String samples) {
        final byte[] text = samples.getBytes(StandardCharsets.UTF_8);
        return new Message(FIXED + text.length, buffer -> {
            final ProfileEncoder encoder = new ProfileEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder()).putText(text, 0, text.length);
            return HEADER + encoder.encodedLength();
        });
    }

    /**
     * What a task says to its user.
     *
     * @param task the task
     * @param runId its run
     * @param isLog whether it is for the log, else for the console
     * @param said the text
     * @return the message
     */
    public static Message said(final long task, final long runId, final boolean isLog, final String said) {
        final byte[] text = said.getBytes(StandardCharsets.UTF_8);
        return new Message(FIXED + text.length, buffer -> {
            final SaidEncoder encoder = new SaidEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                    .task(task)
                    .runId(runId)
                    .kind((short) (isLog ? 1 : 0))
                    .putText(text, 0, text.length);
            return HEADER + encoder.encodedLength();
        });
    }

    /**
     * An event.
     *
     * @param topic what it is about
     * @param what what happened
     * @return the message
     */
    public static Message event(final String topic, final String what) {
        final byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        final byte[] text = what.getBytes(StandardCharsets.UTF_8);
        return new Message(FIXED + name.length + text.length, buffer -> {
            final LogEventEncoder encoder = new LogEventEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                    .putTopic(name, 0, name.length)
                    .putText(text, 0, text.length);
            return HEADER + encoder.encodedLength();
        });
    }
}
