package io.muster.jobqueue.lsf;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.MusterException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;

/** Whatever LSF prints, it is understood or refused with a message. */
class OutputFuzzTest {
    private static final LsfTime TIME = new LsfTime(ZoneOffset.UTC, Instant.ofEpochSecond(1_795_315_135L));

    @FuzzTest
    void bjobsJson(final byte[] output) {
        refuse(() -> LsfJson.answer(text(output), TIME));
    }

    @FuzzTest
    void bjobsTable(final byte[] output) {
        refuse(() -> LsfTable.jobs(text(output), TIME));
    }

    @FuzzTest
    void bjobsLong(final byte[] output) {
        refuse(() -> LsfLong.details(text(output)));
    }

    @FuzzTest
    void id(final byte[] output) {
        refuse(() -> LsfId.of(text(output)));
    }

    private static String text(final byte[] output) {
        return new String(output, StandardCharsets.UTF_8);
    }

    private static void refuse(final Runnable reading) {
        try {
            reading.run();
        } catch (final MusterException e) {
            if (String.valueOf(e.getMessage()).isBlank()) {
                throw new AssertionError("it is refused without a word", e);
            }
        }
    }
}
