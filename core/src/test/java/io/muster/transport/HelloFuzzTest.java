package io.muster.transport;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.protocol.ArrayBuffer;
import io.muster.security.Secret;

/** Whatever bytes come before anything is proved, they are a hello or the end of the connection. */
class HelloFuzzTest {
    private static final int MAX_MESSAGE_BYTES = 64 * 1024;
    private static final byte[] FINGERPRINT = new byte[32];
    private static final Secret SECRET = Secret.random();

    @FuzzTest
    void stream(final byte[] bytes) {
        final Inbox inbox = new Inbox(MAX_MESSAGE_BYTES, HelloFuzzTest::check, () -> {});
        try {
            inbox.onBytes(new ArrayBuffer(bytes), 0, bytes.length);
        } catch (final ProtocolException e) {
            if (String.valueOf(e.getMessage()).isBlank()) {
                throw new AssertionError("it is refused without a word", e);
            }
        }
    }

    private static void check(final int templateId, final ArrayBuffer message) {
        try {
            Greeting.check(templateId, message, "c", SECRET, FINGERPRINT);
            throw new AssertionError("the secret is proved by chance");
        } catch (final Greeting.RefusedException e) {
            if (String.valueOf(e.getMessage()).isBlank()) {
                throw new AssertionError("it is refused without a word", e);
            }
        }
    }
}
