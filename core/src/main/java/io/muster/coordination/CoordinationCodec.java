package io.muster.coordination;

import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.CoordinationAnswerDecoder;
import io.muster.protocol.CoordinationAnswerEncoder;
import io.muster.protocol.CoordinationOperation;
import io.muster.protocol.CoordinationRequestDecoder;
import io.muster.protocol.CoordinationRequestEncoder;
import io.muster.protocol.CoordinationStatus;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.scheduler.Wire;
import io.muster.transport.Outbox;
import io.muster.transport.ProtocolException;
import io.muster.transport.SharedOutbox;
import java.nio.charset.StandardCharsets;

/** Requests and answers as messages, the same for clients and for workers. */
public final class CoordinationCodec {
    private static final int FIXED = 96;

    private CoordinationCodec() {}

    /**
     * Adds a request to a session's messages.
     *
     * @param request the request
     * @param box where to
     */
    public static void write(final CoordinationRequest request, final SharedOutbox box) {
        final byte[] name = request.name().getBytes(StandardCharsets.UTF_8);
        final byte[] value = request.value();
        box.add(FIXED + name.length + value.length, buffer -> {
            final CoordinationRequestEncoder encoder = new CoordinationRequestEncoder();
            encoder.wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                    .requestId(request.requestId())
                    .runId(request.runId())
                    .task(request.task())
                    .token(request.token())
                    .amount(request.amount())
                    .operation(request.operation())
                    .mayWait((short) (request.mayWait() ? 1 : 0))
                    .putName(name, 0, name.length)
                    .putValue(value, 0, value.length);
            return MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
        });
    }

    /**
     * Reads a request.
     *
     * @param message the message
     * @return the request
     * @throws ProtocolException if it asks for what is not known
     */
    public static CoordinationRequest request(final ArrayBuffer message) {
        final CoordinationRequestDecoder decoder =
                new CoordinationRequestDecoder().wrapAndApplyHeader(message, 0, new MessageHeaderDecoder());
        final CoordinationOperation operation = decoder.operation();
        if (operation == CoordinationOperation.NULL_VAL || operation == CoordinationOperation.SBE_UNKNOWN) {
            throw new ProtocolException(
                    "operation=" + decoder.operationRaw() + " is not one that can be asked of a scheduler");
        }
        final long requestId = decoder.requestId();
        final long runId = decoder.runId();
        final long task = decoder.task();
        final long token = decoder.token();
        final long amount = decoder.amount();
        final boolean mayWait = decoder.mayWait() != 0;
        final String name = decoder.name();
        final byte[] value = Wire.bytes(
                message, decoder.limit() + CoordinationRequestDecoder.valueHeaderLength(), decoder.valueLength());
        return new CoordinationRequest(requestId, operation, name, runId, task, token, amount, mayWait, value);
    }

    /**
     * Adds an answer to a session's messages.
     *
     * @param answer the answer
     * @param out where to
     */
    public static void write(final CoordinationAnswer answer, final Outbox out) {
        final byte[] value = answer.value();
        final CoordinationAnswerEncoder encoder = new CoordinationAnswerEncoder();
        encoder.wrapAndApplyHeader(out.begin(FIXED + value.length), 0, new MessageHeaderEncoder())
                .requestId(answer.requestId())
                .token(answer.token())
                .amount(answer.amount())
                .status(answer.status())
                .putValue(value, 0, value.length);
        out.end(MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength());
    }

    /**
     * Reads an answer.
     *
     * @param message the message
     * @return the answer
     * @throws ProtocolException if it says what is not known
     */
    public static CoordinationAnswer answer(final ArrayBuffer message) {
        final CoordinationAnswerDecoder decoder =
                new CoordinationAnswerDecoder().wrapAndApplyHeader(message, 0, new MessageHeaderDecoder());
        final CoordinationStatus status = decoder.status();
        if (status == CoordinationStatus.NULL_VAL || status == CoordinationStatus.SBE_UNKNOWN) {
            throw new ProtocolException("status=" + decoder.statusRaw() + " is not one of a scheduler's answers");
        }
        final byte[] value = Wire.bytes(
                message, decoder.limit() + CoordinationAnswerDecoder.valueHeaderLength(), decoder.valueLength());
        return new CoordinationAnswer(decoder.requestId(), status, decoder.token(), decoder.amount(), value);
    }
}
