package io.muster.classes;

/**
 * Answers a {@link ResourceQuestion}.
 *
 * @param requestId as asked
 * @param status what became of the question
 * @param content the resource; empty unless it is there
 */
public record ResourceAnswer(long requestId, Status status, byte[] content) {
    private static final byte[] NOTHING = {};

    /** What became of a question. The order is that of the numbers in messages. */
    public enum Status {
        /** The resource comes along. */
        HERE,
        /** There is none of that path on the client's class path. */
        ABSENT,
        /** The client is not there any more. */
        GONE,
        /** The resource is longer than {@link OfferedClasses#MAX_BYTES}. */
        TOO_LARGE
    }

    /**
     * An answer without a resource.
     *
     * @param requestId as asked
     * @param why anything but {@link Status#HERE}
     * @return the answer
     */
    public static ResourceAnswer without(final long requestId, final Status why) {
        return new ResourceAnswer(requestId, why, NOTHING);
    }

    /**
     * The same answer to another question.
     *
     * @param otherRequestId its number
     * @return the answer
     */
    public ResourceAnswer to(final long otherRequestId) {
        return new ResourceAnswer(otherRequestId, status, content);
    }
}
