package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LinksTest {
    private static final long MIB = 1 << 20;
    private static final long SECOND_NS = 1_000_000_000;

    private final CoreState state = new CoreState(new CoreSettings(3, SECOND_NS, true, 0));
    private final Links links = state.links;

    @Test
    void aTransferIsReckonedAtAHundredMegabytesUntilOneWasMeasured() {
        assertThat(links.transferUs(100_000_000)).isCloseTo(1_000_000, within(1_000L));
        links.observe(50 * MIB, SECOND_NS);
        assertThat(links.transferUs(50 * MIB)).isCloseTo(1_000_000, within(1_000L));
    }

    @Test
    void aFasterTransferCountsAtOnceAndASlowerOneLittle() {
        links.observe(50 * MIB, SECOND_NS);
        links.observe(400 * MIB, SECOND_NS);
        assertThat(links.transferUs(400 * MIB)).isCloseTo(1_000_000, within(1_000L));
        links.observe(80 * MIB, SECOND_NS);
        assertThat(links.transferUs(390 * MIB)).isCloseTo(1_000_000, within(1_000L));
    }

    @Test
    void whatIsSmallOrTookNoTimeSaysNothing() {
        links.observe(MIB - 1, SECOND_NS);
        links.observe(MIB, 0);
        assertThat(links.transferUs(100_000_000)).isCloseTo(1_000_000, within(1_000L));
    }

    @Test
    void aBandwidthThatIsGivenIsNotMeasured() {
        links.bandwidth(1_000_000_000);
        links.observe(MIB, SECOND_NS);
        assertThat(links.transferUs(1_000_000_000)).isCloseTo(1_000_000, within(1_000L));
    }

    @Test
    void whatIsBookedKeepsBothEndsBusyUntilItsTimeHasCome() {
        state.nowNs = -5 * SECOND_NS;
        links.joined(0);
        links.joined(20);
        links.book(7, 0, 20, 100_000_000);
        links.book(7, 0, 20, 100_000_000);
        assertThat(links.sendingUs(0)).isEqualTo(1_000_000);
        assertThat(links.receivingUs(20)).isEqualTo(1_000_000);
        assertThat(links.sendingUs(20)).isZero();
        links.book(8, 0, 20, 50_000_000);
        assertThat(links.sendingUs(0)).isEqualTo(1_500_000);
        state.nowNs += SECOND_NS;
        assertThat(links.receivingUs(20)).isEqualTo(500_000);
        state.nowNs += SECOND_NS;
        assertThat(links.receivingUs(20)).isZero();
    }

    @Test
    void whatIsUnderWayIsKnownUntilItIsThereOrGone() {
        links.joined(0);
        links.joined(1);
        links.joined(2);
        links.book(7, 0, 1, MIB);
        links.book(7, 0, 2, MIB);
        links.book(8, 0, 1, MIB);
        links.book(9, 0, 1, 10);
        assertThat(links.underWay(7)).containsExactly(1, 2);
        assertThat(links.underWay(9)).isEmpty();
        links.arrived(7, 1);
        assertThat(links.underWay(7)).containsExactly(2);
        links.forget(8);
        assertThat(links.isUnderWay(8, 1)).isFalse();
        links.arrived(7, 2);
        assertThat(links.underWay(7)).isEmpty();
    }
}
