package io.muster.classes;

import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.AskResourceDecoder;
import io.muster.protocol.AskResourceEncoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.ResourceReplyDecoder;
import io.muster.protocol.ResourceReplyEncoder;
import io.muster.scheduler.RecordCodec.Message;
import io.muster.scheduler.Wire;
import io.muster.transport.ProtocolException;
import java.nio.charset.StandardCharsets;

/** Questions and answers as messages, the same on both ways. */
public final class ResourceCodec {
    private static final int HEADER = MessageHeaderEncoder.ENCODED_LENGTH;
    private static final int FIXED = 64;
    private static final int MAX_PATH_BYTES = 4096;
    private static final ResourceAnswer.Status[] STATUSES = ResourceAnswer.Status.values();

    private ResourceCodec() {}

    /**
     * A question as a message.
     *
     * @param question the question
     * @return the message
     */
    public static Message message(final ResourceQuestion question) {
        final byte[] path = question.path().getBytes(StandardCharsets.UTF_8);
        return new Message(FIXED + path.length, buffer -> {
            final AskResourceEncoder encoder = new AskResourceEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                    .requestId(question.requestId())
                    .client(question.client())
                    .putPath(path, 0, path.length);
            return HEADER + encoder.encodedLength();
        });
    }

    /**
     * An answer as a message.
     *
     * @param answer the answer
     * @return the message
     */
    public static Message message(final ResourceAnswer answer) {
        final byte[] content = answer.content();
        return new Message(FIXED + content.length, buffer -> {
            final ResourceReplyEncoder encoder = new ResourceReplyEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                    .requestId(answer.requestId())
                    .status((short) answer.status().ordinal())
                    .putContent(content, 0, content.length);
            return HEADER + encoder.encodedLength();
        });
    }

    /**
     * Reads a question.
     *
     * @param message the message
     * @return the question
     * @throws ProtocolException if its path is too long
     */
    public static ResourceQuestion question(final ArrayBuffer message) {
        final AskResourceDecoder decoder =
                new AskResourceDecoder().wrapAndApplyHeader(message, 0, new MessageHeaderDecoder());
        final long requestId = decoder.requestId();
        final int client = decoder.client();
        if (decoder.pathLength() > MAX_PATH_BYTES) {
            throw new ProtocolException(
                    "a resource's path of bytes=" + decoder.pathLength() + " must be <= " + MAX_PATH_BYTES);
        }
        return new ResourceQuestion(requestId, client, decoder.path());
    }

    /**
     * Reads an answer.
     *
     * @param message the message
     * @return the answer
     * @throws ProtocolException if its status is none
     */
    public static ResourceAnswer answer(final ArrayBuffer message) {
        final ResourceReplyDecoder decoder =
                new ResourceReplyDecoder().wrapAndApplyHeader(message, 0, new MessageHeaderDecoder());
        final int status = decoder.status();
        if (status >= STATUSES.length) {
            throw new ProtocolException("status=" + status + " is not one of a resource");
        }
        final byte[] content = Wire.bytes(
                message, decoder.limit() + ResourceReplyDecoder.contentHeaderLength(), decoder.contentLength());
        return new ResourceAnswer(decoder.requestId(), STATUSES[status], content);
    }
}
