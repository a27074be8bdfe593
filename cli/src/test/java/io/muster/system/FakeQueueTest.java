package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clusters on the fakes of PBS and LSF. What waits for commands to be given up does so beside the rest. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class FakeQueueTest {
    @TempDir
    private static Path folder;

    private static CompletableFuture<Site.Result> lost;
    private static CompletableFuture<Site.Result> hanging;

    @BeforeAll
    static void beginWhatTakesLong() {
        lost = CompletableFuture.supplyAsync(() -> played("lost", "pbs", "open"));
        hanging = CompletableFuture.supplyAsync(() -> played("hang", "lsf", "10"));
    }

    @Test
    @Order(1)
    void aClusterLivesOnPbs() {
        check(played("life", "pbs", "open"));
    }

    @Test
    @Order(2)
    void aClusterLivesOnLsf() {
        check(played("life", "lsf", "10"));
    }

    @Test
    @Order(3)
    void aJobOfOlderLsfThatIsKilledIsReplaced() {
        check(played("loss", "lsf", "classic"));
    }

    @Test
    @Order(4)
    void aJobWhoseIdNobodyHeardIsFoundAndNotSubmittedAgain() throws Exception {
        check(lost.get(2, TimeUnit.MINUTES));
    }

    @Test
    @Order(5)
    void aBatchSystemThatHangsGetsTheJobOnceItAnswers() throws Exception {
        check(hanging.get(2, TimeUnit.MINUTES));
    }

    private static void check(final Site.Result result) {
        assertThat(result.exitCode()).as(result.output()).isZero();
    }

    private static Site.Result played(final String scene, final String system, final String kind) {
        try {
            return Site.fake(system, folder.resolve(scene + "-" + system + "-" + kind))
                    .with("KIND", kind)
                    .java(QueueScenes.class.getName(), scene, system);
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
