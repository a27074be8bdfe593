package io.muster.jobqueue.sge;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.MusterException;
import java.nio.charset.StandardCharsets;

/** Whatever Grid Engine prints, it is understood or refused with a message. */
class OutputFuzzTest {
    @FuzzTest
    void qstat(final byte[] output) {
        refuse(() -> ListedJob.parse(text(output)));
    }

    @FuzzTest
    void details(final byte[] output) {
        refuse(() -> JobDetails.parse(text(output)));
    }

    @FuzzTest
    void qacct(final byte[] output) {
        refuse(() -> AccountedJob.parse(text(output)));
    }

    @FuzzTest
    void time(final byte[] output) {
        refuse(() -> Times.parse(text(output)));
    }

    @FuzzTest
    void quantities(final byte[] output) {
        refuse(() -> Quantities.bytes(text(output)));
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
