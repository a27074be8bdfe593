package io.muster.transport;

/** Hands bytes to a message handler as a session does. */
public final class Delivery {
    private Delivery() {}

    /** One framed message, which must be whole, or a {@link ProtocolException} says why not. */
    public static void of(final byte[] framed, final MessageHandler handler) {
        final Inbox inbox = new Inbox(1 << 30, handler, () -> {});
        System.arraycopy(framed, 0, inbox.target(framed.length), inbox.targetOffset(), framed.length);
        inbox.received(framed.length);
    }
}
