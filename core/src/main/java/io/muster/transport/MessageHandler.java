package io.muster.transport;

import io.muster.protocol.ArrayBuffer;

/** Takes the messages of a session, one at a time. */
@FunctionalInterface
public interface MessageHandler {
    /**
     * Takes a message.
     *
     * @param templateId which message it is
     * @param message its bytes from the SBE header on, from index 0 to the capacity; valid during the call only
     */
    void onMessage(int templateId, ArrayBuffer message);
}
