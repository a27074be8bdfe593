package io.muster.data;

/**
 * What precedes a value's bytes.
 *
 * @param task the value's name
 * @param status {@link #HERE}, {@link #GONE} or {@link #UNUSABLE}
 * @param totalBytes length of its serialized form
 * @param bodyBytes length of the part before the arrays
 * @param bodyChecksum CRC-32C of that part
 * @param fromPosition where the bytes that follow begin
 * @param message what went wrong
 */
record ValueHead(
        long task, int status, long totalBytes, long bodyBytes, int bodyChecksum, long fromPosition, String message) {
    static final int HERE = 0;
    static final int GONE = 1;
    static final int UNUSABLE = 2;

    static ValueHead gone(final long task) {
        return new ValueHead(task, GONE, 0, 0, 0, 0, "");
    }

    static ValueHead unusable(final long task, final String message) {
        return new ValueHead(task, UNUSABLE, 0, 0, 0, 0, message);
    }

    boolean sameBytesAs(final ValueHead other) {
        return totalBytes == other.totalBytes && bodyBytes == other.bodyBytes && bodyChecksum == other.bodyChecksum;
    }
}
