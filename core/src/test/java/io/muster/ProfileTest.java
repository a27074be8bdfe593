package io.muster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.config.Settings;
import io.muster.protocol.RecordKind;
import io.muster.scheduler.LocalScheduler;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What the threads of tasks were doing reaches the scheduler. */
final class ProfileTest {
    private static final AtomicBoolean ENOUGH = new AtomicBoolean();

    @Test
    void theFunctionInWhichATaskSpendsItsTimeIsInTheProfile() {
        try (LocalScheduler scheduler = new LocalScheduler(1, 1, Settings.defaults())) {
            final Session session = new Session(scheduler.link());
            final TaskFuture<Integer> task = session.submissions().submit(ProfileTest::spend);

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> session.records(RecordKind.PROFILE, 0, 0, "", Duration.ofSeconds(5))
                            .contains("io.muster.ProfileTest.spend"));

            ENOUGH.set(true);
            assertThat(task.join()).isNotNull();
            session.close();
        }
    }

    private static int spend() {
        int sum = 0;
        while (!ENOUGH.get()) {
            Thread.onSpinWait();
            sum++;
        }
        return sum;
    }
}
