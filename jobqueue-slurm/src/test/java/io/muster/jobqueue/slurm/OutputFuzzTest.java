package io.muster.jobqueue.slurm;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.MusterException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Whatever Slurm prints, it is understood or refused with a message. */
class OutputFuzzTest {
    @FuzzTest
    void squeue(final byte[] output) {
        refuse(() -> queue(output).query(List.of("1", "2_3")));
    }

    @FuzzTest
    void tokens(final byte[] output) {
        refuse(() -> queue(output).find("t-1"));
    }

    @FuzzTest
    void sbatch(final byte[] output) {
        refuse(() -> SubmitAnswer.of(text(output)));
    }

    private static SlurmQueue queue(final byte[] output) {
        return new SlurmQueue(new FakeCommands()
                .says("squeue", text(output))
                .says("sacct", text(output))
                .says("scontrol", text(output)));
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
