package io.muster.security;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** The few ASN.1 values of a certificate in DER; each method returns one whole element. */
final class Der {
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int UTF8_STRING = 0x0C;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int CONTEXT = 0xA0;
    private static final int FIRST_GENERALIZED_YEAR = 2050;

    private Der() {}

    static byte[] sequence(byte[]... elements) {
        return element(SEQUENCE, elements);
    }

    static byte[] set(byte[]... elements) {
        return element(SET, elements);
    }

    static byte[] context(int number, byte[]... elements) {
        return element(CONTEXT + number, elements);
    }

    static byte[] integer(BigInteger value) {
        return element(INTEGER, value.toByteArray());
    }

    static byte[] bitString(byte[] wholeBytes) {
        return element(BIT_STRING, new byte[] {0}, wholeBytes);
    }

    static byte[] utf8(String value) {
        return element(UTF8_STRING, value.getBytes(StandardCharsets.UTF_8));
    }

    /** An object identifier whose second arc is below 40. */
    static byte[] objectIdentifier(int... arcs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(arcs[0] * 40 + arcs[1]);
        for (int i = 2; i < arcs.length; i++) {
            for (int shift = 28; shift > 0; shift -= 7) {
                if (arcs[i] >>> shift != 0) {
                    out.write(arcs[i] >>> shift & 0x7F | 0x80);
                }
            }
            out.write(arcs[i] & 0x7F);
        }
        return element(OBJECT_IDENTIFIER, out.toByteArray());
    }

    /** A point in time as X.509 wants it: two-digit years before 2050, four-digit ones from then on. */
    static byte[] time(Instant instant) {
        OffsetDateTime utc = instant.atOffset(ZoneOffset.UTC);
        boolean generalized = utc.getYear() >= FIRST_GENERALIZED_YEAR;
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        if (generalized) {
            writeTwoDigits(text, utc.getYear() / 100);
        }
        writeTwoDigits(text, utc.getYear() % 100);
        writeTwoDigits(text, utc.getMonthValue());
        writeTwoDigits(text, utc.getDayOfMonth());
        writeTwoDigits(text, utc.getHour());
        writeTwoDigits(text, utc.getMinute());
        writeTwoDigits(text, utc.getSecond());
        text.write('Z');
        return element(generalized ? GENERALIZED_TIME : UTC_TIME, text.toByteArray());
    }

    private static void writeTwoDigits(ByteArrayOutputStream text, int number) {
        text.write('0' + number / 10);
        text.write('0' + number % 10);
    }

    private static byte[] element(int tag, byte[]... contents) {
        int length = 0;
        for (byte[] content : contents) {
            length += content.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
        out.write(tag);
        writeLength(out, length);
        for (byte[] content : contents) {
            out.writeBytes(content);
        }
        return out.toByteArray();
    }

    private static void writeLength(ByteArrayOutputStream out, int length) {
        if (length < 0x80) {
            out.write(length);
            return;
        }
        int bytes = (39 - Integer.numberOfLeadingZeros(length)) / 8;
        out.write(0x80 | bytes);
        for (int i = bytes - 1; i >= 0; i--) {
            out.write(length >>> 8 * i);
        }
    }
}
