package io.muster.jobqueue.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class TextSinkTest {
    @Test
    void charactersCutIntoSingleBytesArePutTogether() {
        final TextSink sink = new TextSink(100);
        for (final byte value : "Grüße, 世界 🚀".getBytes(StandardCharsets.UTF_8)) {
            sink.write(value);
        }
        assertThat(sink.text()).isEqualTo("Grüße, 世界 🚀");
    }

    @Test
    void whatIsNotUtf8IsReplaced() {
        final TextSink sink = new TextSink(100);
        sink.write(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xc3}, 0, 4);
        assertThat(sink.text()).isEqualTo("a\uFFFDb\uFFFD");
    }

    @Test
    void onlyTheFirstCharactersAreKept() {
        final TextSink sink = new TextSink(20_000);
        final byte[] much = "ä".repeat(30_000).getBytes(StandardCharsets.UTF_8);
        sink.write(much, 0, much.length);
        sink.write(much, 0, much.length);
        assertThat(sink.text()).isEqualTo("ä".repeat(20_000));
    }
}
