package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.security.SchedulerFile;
import io.muster.security.Secret;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class AnnouncementTest {
    private static final String ADDRESS = "tcp://192.0.2.7:40123";

    @Test
    void whatIsAnnouncedIsReadAsItWas() {
        final SchedulerFile file = file("node-1", List.of(ADDRESS, "tcp://[2001:db8::7]:40123"));

        assertThat(Announcement.read(Announcement.of(file), 0)).isEqualTo(file);
    }

    @Test
    void addressesThatDoNotFitAreLeftOutTheLastOnesFirst() {
        final List<String> many = IntStream.range(0, 40)
                .mapToObj(i -> "tcp://host-with-a-long-name-" + i + ".example.org:40123")
                .toList();

        final byte[] bytes = Announcement.of(file("h".repeat(300), many));
        final List<String> kept = Announcement.read(bytes, 0).addresses();

        assertThat(bytes).hasSizeLessThanOrEqualTo(Announcement.MAX_BYTES);
        assertThat(kept).hasSizeGreaterThan(4).isEqualTo(many.subList(0, kept.size()));
    }

    @Test
    void aSchedulerThatDoesNotStartIsTheErrorOfEveryRank() {
        final byte[] bytes = Announcement.failure("scheduler.port=80 is taken \u2192 ".repeat(100));

        assertThat(bytes).hasSizeLessThanOrEqualTo(Announcement.MAX_BYTES);
        assertThatThrownBy(() -> Announcement.read(bytes, 3))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageStartingWith("the scheduler on rank 3 did not start: scheduler.port=80 is taken");
    }

    @Test
    void anotherVersionIsNamedAndRefused() {
        final byte[] bytes = Announcement.of(file("node-1", List.of(ADDRESS)));
        bytes[0] = 9;

        assertThatThrownBy(() -> Announcement.read(bytes, 0))
                .hasMessageContaining("version=9")
                .hasMessageContaining("version=1");
    }

    @Test
    void aTruncatedOneIsRefused() {
        final byte[] bytes = Announcement.of(file("node-1", List.of(ADDRESS)));

        for (int length = 0; length < bytes.length; length++) {
            final byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Announcement.read(part, 0)).isInstanceOf(MpiLaunchException.class);
        }
    }

    private static SchedulerFile file(final String host, final List<String> addresses) {
        return new SchedulerFile(
                "7d3f1f2c-1111-2222-3333-444455556666",
                1_795_000_000_000L,
                addresses.get(0),
                addresses,
                "ab".repeat(32),
                Secret.random(),
                4711,
                host,
                "ada",
                Instant.ofEpochMilli(1_795_000_000_123L),
                "0.1.0");
    }
}
