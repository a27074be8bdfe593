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
    void aLongYieldRestrainsForTwentyMilliseconds() {
        spin.yielded(0, 4 * MS);

        assertThat(spin.isWorthwhile(24 * MS - 1)).isFalse();
        assertThat(spin.isWorthwhile(24 * MS)).isTrue();
    }

    @Test
    void whoTriesAsSoonAsAllowedAndFailsWaitsTwiceAsLongUpToALimit() {
        long nowNs = 0;
        for (long expectedMs : new long[] {20, 40, 80, 160, 320, 640, 1280, 1280}) {
            spin.yielded(nowNs, nowNs + 4 * MS);
            nowNs += 4 * MS + expectedMs * MS;
            assertThat(spin.isWorthwhile(nowNs - 1)).isFalse();
            assertThat(spin.isWorthwhile(nowNs)).isTrue();
        }
    }

    @Test
    void afterAQuietTimeRestraintIsShortAgain() {
        spin.yielded(0, 4 * MS);
        spin.yielded(24 * MS, 28 * MS);
        spin.yielded(1_000 * MS, 1_004 * MS);

        assertThat(spin.isWorthwhile(1_024 * MS)).isTrue();
    }
}
