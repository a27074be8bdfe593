package io.muster.protocol;

import java.nio.charset.StandardCharsets;

/** A program that encodes and decodes messages, to be run in a JVM without any flag. */
final class FlaglessRoundTrip {
    private FlaglessRoundTrip() {}

    /**
     * Prints what the decoders read of what the encoders wrote.
     *
     * @param args ignored
     */
    public static void main(final String[] args) {
        final ArrayBuffer buffer = new ArrayBuffer(new byte[4096], 3, 4000);
        final byte[] payload = "payload".getBytes(StandardCharsets.UTF_8);
        new AssignEncoder()
                .wrapAndApplyHeader(buffer, 5, new MessageHeaderEncoder())
                .runId(1L << 40)
                .task(3L << 32 | 9)
                .functionId(-1)
                .attempt(2)
                .flags((short) 1)
                .worker(4)
                .putInputs(new byte[12], 0, 12)
                .putPayload(payload, 0, payload.length)
                .key("stra\u00dfe");

        final AssignDecoder assign = new AssignDecoder().wrapAndApplyHeader(buffer, 5, new MessageHeaderDecoder());
        final String line = assign.runId() + " " + assign.task() + " " + assign.functionId() + " " + assign.attempt()
                + " " + assign.flags() + " " + assign.worker() + " " + assign.inputsLength();
        assign.skipInputs();
        final ArrayBuffer read = new ArrayBuffer(new byte[16]);
        final int length = assign.getPayload(read, 0, 16);
        final boolean german = assign.key().equals("stra\u00dfe");
        System.out.println(line + " " + read.getStringWithoutLengthUtf8(0, length) + " " + german);
    }
}
