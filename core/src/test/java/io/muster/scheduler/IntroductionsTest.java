package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.data.WorkerAddress;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.WorkerUpDecoder;
import org.junit.jupiter.api.Test;

class IntroductionsTest {
    private static final int MANY = 1_000;

    private final Introductions introductions = new Introductions();

    @Test
    void whoIsHereIsIntroducedAsItCame() {
        for (int number = MANY - 1; number >= 0; number--) {
            introductions.add(address(number));
        }

        for (int number = 0; number < MANY; number++) {
            assertThat(introduced(number)).isEqualTo(address(number));
        }
    }

    @Test
    void whoIsGoneIsNotIntroduced() {
        for (int number = 0; number < MANY; number++) {
            introductions.add(address(number));
        }
        for (int number = 0; number < MANY - 1; number++) {
            introductions.remove(number);
            introductions.remove(number);
        }

        assertThat(introductions.length(0)).isZero();
        assertThat(introductions.length(MANY - 2)).isZero();
        assertThat(introductions.length(MANY * MANY)).isZero();
        assertThat(introduced(MANY - 1)).isEqualTo(address(MANY - 1));
    }

    private WorkerAddress introduced(final int number) {
        final ArrayBuffer message = new ArrayBuffer(new byte[introductions.length(number)]);
        introductions.copy(number, message);
        return Messages.address(new WorkerUpDecoder().wrapAndApplyHeader(message, 0, new MessageHeaderDecoder()));
    }

    private static WorkerAddress address(final int number) {
        return new WorkerAddress(
                number, "größe-" + number, 2, "host" + number, 9_000, new byte[] {1, 2, (byte) number});
    }
}
