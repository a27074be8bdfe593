package io.muster.coordination;

import io.muster.protocol.CoordinationOperation;
import org.jspecify.annotations.Nullable;

/**
 * What a client or a task asks about a lock, a queue or the like.
 *
 * @param requestId the session's own number for it; not used again in that session
 * @param operation what is asked; it says what {@code token} and {@code amount} are
 * @param name of the lock, the queue…
 * @param runId the run that asks, and to which belongs what it gets; 0 for a client, to whose session that belongs
 * @param task the run's task; 0 for a client
 * @param token names something that an earlier answer gave
 * @param amount a number
 * @param mayWait whether the answer may come later, when what is asked for is there
 * @param value bytes that the scheduler only keeps; not changed afterwards
 */
public record CoordinationRequest(
        long requestId,
        CoordinationOperation operation,
        String name,
        long runId,
        long task,
        long token,
        long amount,
        boolean mayWait,
        byte[] value) {
    /** How many characters a name may have. */
    public static final int MAX_NAME_LENGTH = 256;

    /** How many bytes a value may take when it is serialized. */
    public static final int MAX_VALUE_BYTES = 1 << 20;

    /**
     * Which limit it does not keep.
     *
     * @return the violation and what to do; null if there is none
     */
    public @Nullable String violation() {
        if (name.length() > MAX_NAME_LENGTH) {
            return "name.length=" + name.length() + " must be <= " + MAX_NAME_LENGTH + ": name="
                    + name.substring(0, MAX_NAME_LENGTH) + "…";
        }
        if (name.indexOf('\n') >= 0) {
            return "name=" + name.replace("\n", "\\n") + " must be one line";
        }
        if (value.length > MAX_VALUE_BYTES) {
            return "valueBytes=" + value.length + " must be <= " + MAX_VALUE_BYTES + " for name=" + name
                    + "; leave large values with workers: client.publish(name, future), and pass the name on";
        }
        return null;
    }

    /**
     * Whether it is answered, now or later.
     *
     * @return false for what only gives something back
     */
    public boolean isAnswered() {
        return switch (operation) {
            case RELEASE, QUEUE_PUT_BACK, TOPIC_CONSUMED, WITHDRAW -> false;
            default -> true;
        };
    }
}
