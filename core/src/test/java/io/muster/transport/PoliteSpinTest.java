package io.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PoliteSpinTest {
    private static final long MS = 1_000_000;

    private final PoliteSpin spin = new PoliteSpin(0);

    @Test
    void aShortYieldIsNoReasonForRestraint() {
        spin.yielded(0, MS / 100);

        assertThat(spin.isWorthwhile(MS / 100)).isTrue();
    }

    @Test
    void aLongYieldAfterShortOnesRestrainsForFiveTimesAsLong() {
        spin.yielded(0, MS / 100);
        spin.yielded(MS, 5 * MS);

        assertThat(spin.isWorthwhile(25 * MS - 1)).isFalse();
        assertThat(spin.isWorthwhile(25 * MS)).isTrue();
    }

    @Test
    void aTryThatFailsAtOnceIsFollowedByTwiceTheRestraintUpToALimit() {
        spin.yielded(0, MS / 100);
        spin.yielded(MS, 5 * MS);
        long nowNs = 25 * MS;
        for (final long expectedMs : new long[] {40, 80, 160, 320, 640, 1280, 1280}) {
            spin.yielded(nowNs, nowNs + 4 * MS);
            nowNs += (4 + expectedMs) * MS;
            assertThat(spin.isWorthwhile(nowNs - 1)).isFalse();
            assertThat(spin.isWorthwhile(nowNs)).isTrue();
        }
    }

    @Test
    void aTryThatGoesWellForAWhileEndsIt() {
        spin.yielded(0, 4 * MS);
        spin.yielded(44 * MS, 44 * MS + MS / 100);
        spin.yielded(45 * MS, 49 * MS);

        assertThat(spin.isWorthwhile(69 * MS)).isTrue();
    }

    @Test
    void whereManyYieldsLetAnotherThreadRunASleepIsDueNowAndThen() {
        long nowNs = share(99, 20 * MS);
        assertThat(spin.sharesCore(nowNs)).isFalse();

        nowNs = share(1, nowNs);
        assertThat(spin.sharesCore(nowNs)).isTrue();
        assertThat(spin.sharesCore(nowNs)).isFalse();

        nowNs = share(1000, nowNs);
        assertThat(spin.sharesCore(nowNs)).isFalse();
        assertThat(spin.sharesCore(nowNs + 20 * MS)).isTrue();
    }

    @Test
    void aYieldToNobodyEndsSharingACore() {
        final long nowNs = share(500, 20 * MS);

        spin.yielded(nowNs, nowNs + 500);

        assertThat(spin.sharesCore(nowNs + 500)).isFalse();
    }

    private long share(final int times, final long fromNs) {
        long nowNs = fromNs;
        for (int i = 0; i < times; i++) {
            spin.yielded(nowNs, nowNs + 3000);
            nowNs += 5000;
        }
        return nowNs;
    }
}
