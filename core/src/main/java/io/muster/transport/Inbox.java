package io.muster.transport;

import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.MessageHeaderDecoder;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Cuts a byte stream into messages: each is its length (int32, little-endian) and so many bytes; a length of 0 is a ring of the bell.
 */
final class Inbox implements Link.ByteSink {
    private static final int INITIAL = 64 * 1024;
    private static final int LENGTH_BYTES = 4;

    /** A buffer that grew beyond this for one message is given back after it. */
    private static final int KEEP = 1 << 20;

    private final MessageHandler handler;
    private final Runnable onRing;
    private final int maxMessageBytes;
    private final ArrayBuffer view = new ArrayBuffer();
    private byte[] bytes = new byte[INITIAL];
    private int end;
    private long consumed;

    Inbox(final int maxMessageBytes, final MessageHandler handler, final Runnable onRing) {
        this.maxMessageBytes = maxMessageBytes;
        this.handler = handler;
        this.onRing = onRing;
    }

    /** Bytes of the stream taken so far. */
    long consumed() {
        return consumed;
    }

    @Override
    public void onBytes(final DirectBuffer buffer, final int offset, final int length) {
        reserve(length);
        buffer.getBytes(offset, bytes, end, length);
        received(length);
    }

    /** How many bytes complete the message that is arriving, or its length. */
    int missingBytes() {
        return end < LENGTH_BYTES ? LENGTH_BYTES - end : LENGTH_BYTES + intAt(0) - end;
    }

    /** Where the next bytes of the stream may be put, {@link #received} tells how many. */
    byte[] target(final int atLeast) {
        reserve(atLeast);
        return bytes;
    }

    int targetOffset() {
        return end;
    }

    void received(final int length) {
        consumed += length;
        end += length;
        int start = 0;
        while (end - start >= LENGTH_BYTES) {
            final int messageBytes = intAt(start);
            if (messageBytes == 0) {
                start += LENGTH_BYTES;
                onRing.run();
                continue;
            }
            if (messageBytes < MessageHeaderDecoder.ENCODED_LENGTH || messageBytes > maxMessageBytes) {
                throw new ProtocolException("messageBytes=" + messageBytes + " must be in ["
                        + MessageHeaderDecoder.ENCODED_LENGTH + ", " + maxMessageBytes + "]");
            }
            if (end - start - LENGTH_BYTES < messageBytes) {
                break;
            }
            start += LENGTH_BYTES;
            dispatch(start, messageBytes);
            start += messageBytes;
        }
        if (start == end) {
            end = 0;
            if (bytes.length > KEEP) {
                bytes = new byte[INITIAL];
            }
        } else if (start > 0) {
            System.arraycopy(bytes, start, bytes, 0, end - start);
            end -= start;
        }
    }

    private void dispatch(final int offset, final int messageBytes) {
        view.wrap(bytes, offset, messageBytes);
        final int schemaId = view.getShort(4, java.nio.ByteOrder.LITTLE_ENDIAN) & 0xffff;
        if (schemaId != MessageHeaderDecoder.SCHEMA_ID) {
            throw new ProtocolException("schemaId=" + schemaId + " must be " + MessageHeaderDecoder.SCHEMA_ID);
        }
        final int templateId = view.getShort(2, java.nio.ByteOrder.LITTLE_ENDIAN) & 0xffff;
        checkFields(templateId, messageBytes);
        try {
            handler.onMessage(templateId, view);
        } catch (final IndexOutOfBoundsException | IllegalArgumentException e) {
            throw (ProtocolException) new ProtocolException("a field of message templateId=" + templateId
                            + " lies outside its messageBytes=" + messageBytes + ": " + e.getMessage())
                    .initCause(e);
        }
    }

    /** Variable fields follow the block, each after its length, and end with the message: decoders allocate what a length says. */
    private void checkFields(final int templateId, final int messageBytes) {
        int at = MessageHeaderDecoder.ENCODED_LENGTH + (view.getShort(0, java.nio.ByteOrder.LITTLE_ENDIAN) & 0xffff);
        while (at != messageBytes) {
            final int left = messageBytes - at - LENGTH_BYTES;
            final int fieldBytes = left < 0 ? 0 : view.getInt(at, java.nio.ByteOrder.LITTLE_ENDIAN);
            if (left < 0 || fieldBytes < 0 || fieldBytes > left) {
                throw new ProtocolException(
                        "a field of message templateId=" + templateId + " lies outside its messageBytes=" + messageBytes
                                + ": at=" + at + " fieldBytes=" + Integer.toUnsignedString(fieldBytes));
            }
            at += LENGTH_BYTES + fieldBytes;
        }
    }

    private void reserve(final int length) {
        if (bytes.length - end < length) {
            final long needed = (long) end + length;
            final long grown = Math.min(Math.max(needed, 2L * bytes.length), Integer.MAX_VALUE - 16);
            if (grown < needed) {
                throw new ProtocolException("bufferedBytes=" + needed + " must be <= " + grown);
            }
            bytes = Arrays.copyOf(bytes, (int) grown);
        }
    }

    private int intAt(final int index) {
        return bytes[index] & 0xff
                | (bytes[index + 1] & 0xff) << 8
                | (bytes[index + 2] & 0xff) << 16
                | bytes[index + 3] << 24;
    }
}
