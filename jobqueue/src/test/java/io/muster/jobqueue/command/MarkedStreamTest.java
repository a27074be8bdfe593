package io.muster.jobqueue.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MarkedStreamTest {
    private final TextSink content = new TextSink(1000);
    private final MarkedStream stream = new MarkedStream("mark:", content);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void whatIsBetweenTheMarksIsPassedOnHoweverItIsCut(final int length) throws IOException {
        write("Welcome, mark!\nmark:ready;mar mark mmark;\nmark:0;left over mark:1;", length);
        assertThat(stream.preface()).isEqualTo("Welcome, mark!\n");
        assertThat(stream.first()).isCompletedWithValue("ready");
        assertThat(content.text()).isEqualTo("mar mark mmark;\n");
        assertThat(stream.second()).isCompletedWithValue("0");
    }

    @Test
    void aStreamThatEndsEarlyIsLost() throws IOException {
        write("mark:ready;some", 100);
        stream.close();
        assertThat(stream.first()).isCompletedWithValue("ready");
        assertThat(content.text()).isEqualTo("some");
        assertThat(stream.second()).isCompletedWithValue(MarkedStream.LOST);
    }

    @Test
    void aStreamWithoutAnyMarkIsAllPreface() throws IOException {
        write("This account is not available.", 100);
        stream.close();
        assertThat(stream.preface()).isEqualTo("This account is not available.");
        assertThat(stream.first()).isCompletedWithValue(MarkedStream.LOST);
        assertThat(content.text()).isEmpty();
    }

    private void write(final String text, final int length) throws IOException {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at < bytes.length; at += length) {
            stream.write(bytes, at, Math.min(length, bytes.length - at));
        }
    }
}
