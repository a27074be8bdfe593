package io.muster.jobqueue.pbs;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.MusterException;
import java.nio.charset.StandardCharsets;

/** Whatever PBS prints, it is understood or refused with a message. */
class OutputFuzzTest {
    @FuzzTest
    void qstatJson(final byte[] output) {
        refuse(() -> PbsJson.jobs(text(output)));
    }

    @FuzzTest
    void qstatText(final byte[] output) {
        refuse(() -> PbsText.jobs(text(output)));
    }

    @FuzzTest
    void id(final byte[] output) {
        refuse(() -> PbsId.of(text(output)));
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
