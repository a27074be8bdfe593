package io.muster.security;

import static io.muster.security.RecordSeal.Direction.FROM_SCHEDULER;
import static io.muster.security.RecordSeal.Direction.TO_SCHEDULER;
import static io.muster.security.RecordSeal.OVERHEAD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordSealTest {
    private final Random random = new Random(7);
    private final byte[] key = bytes(RecordSeal.KEY_LENGTH);
    private final RecordSeal scheduler = new RecordSeal(key, FROM_SCHEDULER);
    private final RecordSeal worker = new RecordSeal(key, TO_SCHEDULER);

    @Test
    void recordsOfAnyLengthRoundTripBothWays() {
        for (int length : new int[] {0, 1, 15, 16, 17, 1024, 1408, 65_000}) {
            byte[] plain = bytes(length);
            assertThat(open(worker, seal(scheduler, plain))).isEqualTo(plain);
            assertThat(open(scheduler, seal(worker, plain))).isEqualTo(plain);
        }
    }

    @Test
    void offsetsAreRespected() {
        byte[] src = bytes(100);
        byte[] sealed = new byte[200];
        byte[] dst = new byte[100];

        assertThat(scheduler.seal(src, 10, 50, sealed, 20)).isEqualTo(50 + OVERHEAD);
        assertThat(worker.open(sealed, 20, 50 + OVERHEAD, dst, 30)).isEqualTo(50);
        assertThat(Arrays.copyOfRange(dst, 30, 80)).isEqualTo(Arrays.copyOfRange(src, 10, 60));
    }

    @Test
    void theSameRecordIsSealedDifferentlyEachTime() {
        byte[] plain = new byte[64];

        assertThat(seal(scheduler, plain)).isNotEqualTo(seal(scheduler, plain));
    }

    @Test
    void anyFlippedBitIsRefusedAndDoesNotDisturbTheRealRecord() {
        byte[] sealed = seal(scheduler, bytes(40));
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] forged = sealed.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(open(worker, forged)).as("bit %d", bit).isNull();
        }
        assertThat(open(worker, sealed)).isNotNull();
    }

    @Test
    void anyTruncationIsRefused() {
        byte[] sealed = seal(scheduler, bytes(40));
        for (int length = 0; length < sealed.length; length++) {
            assertThat(open(worker, Arrays.copyOf(sealed, length)))
                    .as("length %d", length)
                    .isNull();
        }
    }

    @Test
    void replayedAndReorderedRecordsAreRefused() {
        byte[] first = seal(scheduler, new byte[] {1});
        byte[] second = seal(scheduler, new byte[] {2});

        assertThat(open(worker, second)).containsExactly(2);
        assertThat(open(worker, second)).isNull();
        assertThat(open(worker, first)).isNull();
        assertThat(open(worker, seal(scheduler, new byte[] {3}))).containsExactly(3);
    }

    @Test
    void aReflectedRecordIsRefused() {
        assertThat(open(scheduler, seal(scheduler, bytes(8)))).isNull();
    }

    @Test
    void aRecordOfAnotherSessionIsRefused() {
        RecordSeal other = new RecordSeal(bytes(32), FROM_SCHEDULER);

        assertThat(open(worker, seal(other, bytes(8)))).isNull();
    }

    @Test
    void keysChangeAfterAFixedNumberOfRecords() {
        RecordSeal sender = new RecordSeal(key, FROM_SCHEDULER, 2);
        RecordSeal receiver = new RecordSeal(key, TO_SCHEDULER, 2);
        for (int i = 1; i < 100; i++) {
            byte[] sealed = seal(sender, new byte[] {(byte) i});
            if (i % 3 != 0) {
                assertThat(open(receiver, sealed)).containsExactly(i);
            }
        }
    }

    @Test
    void aRecordTwoKeysAheadIsRefused() {
        RecordSeal sender = new RecordSeal(key, FROM_SCHEDULER, 2);
        RecordSeal receiver = new RecordSeal(key, TO_SCHEDULER, 2);
        byte[] record = seal(sender, new byte[1]);
        for (int i = 0; i < 8; i++) {
            record = seal(sender, new byte[1]);
        }

        assertThat(open(receiver, record)).isNull();
    }

    @Test
    void badKeysAndRangesAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RecordSeal(new byte[16], FROM_SCHEDULER));
        assertThatThrownBy(() -> scheduler.seal(new byte[10], 0, 10, new byte[33], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> scheduler.open(new byte[40], 0, 40, new byte[15], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] seal(RecordSeal seal, byte[] plain) {
        byte[] sealed = new byte[plain.length + OVERHEAD];
        assertThat(seal.seal(plain, 0, plain.length, sealed, 0)).isEqualTo(sealed.length);
        return sealed;
    }

    private static byte[] open(RecordSeal seal, byte[] sealed) {
        byte[] plain = new byte[Math.max(0, sealed.length - OVERHEAD)];
        int length = seal.open(sealed, 0, sealed.length, plain, 0);
        return length < 0 ? null : Arrays.copyOf(plain, length);
    }
}
