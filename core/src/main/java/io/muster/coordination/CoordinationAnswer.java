package io.muster.coordination;

import io.muster.protocol.CoordinationStatus;
import java.nio.charset.StandardCharsets;

/**
 * What came of a {@link CoordinationRequest}.
 *
 * @param requestId as asked
 * @param status what came of it
 * @param token names what was given
 * @param amount a number
 * @param value bytes that somebody gave, or the text of a refusal; not changed afterwards
 */
public record CoordinationAnswer(long requestId, CoordinationStatus status, long token, long amount, byte[] value) {
    private static final byte[] NOTHING = {};

    /**
     * An answer without a value.
     *
     * @param requestId as asked
     * @param status what came of it
     * @param token names what was given
     * @param amount a number
     * @return the answer
     */
    public static CoordinationAnswer of(
            final long requestId, final CoordinationStatus status, final long token, final long amount) {
        return new CoordinationAnswer(requestId, status, token, amount, NOTHING);
    }

    /**
     * A refusal.
     *
     * @param requestId as asked
     * @param why what was violated and what is required
     * @return the answer
     */
    public static CoordinationAnswer refusal(final long requestId, final String why) {
        return new CoordinationAnswer(
                requestId, CoordinationStatus.REFUSED, 0, 0, why.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The value as text, which a refusal's is.
     *
     * @return the text
     */
    public String text() {
        return new String(value, StandardCharsets.UTF_8);
    }
}
