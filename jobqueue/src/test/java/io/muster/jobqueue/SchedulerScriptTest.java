package io.muster.jobqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SchedulerScriptTest {
    private static final WorkerLaunch LAUNCH =
            new WorkerLaunch(List.of("/opt/muster/bin/muster"), Path.of("/home/ada/s.json"), null, "");

    @Test
    void aSchedulersJobFindsTheCommandsOfTheSubmittingHostAfterItsOwnAndKnowsWhenItEnds() {
        final String text = script(Map.of("PATH", "/opt/batch/bin:/it's/bin", "HOME", "/home/ada"));

        assertThat(text)
                .contains("\nmodule load batch\nexport PATH=\"$PATH\":'/opt/batch/bin:/it'\\''s/bin'\n")
                .doesNotContain("HOME=")
                .endsWith("exec '/opt/muster/bin/muster' scheduler --scheduler-file '/home/ada/s.json'"
                        + " '--set' 'scheduler.port=0' $muster_lifetime\n");
    }

    @Test
    void aPathThatCouldBeTakenForLinesOfTheScriptIsLeftOut() {
        assertThat(script(Map.of("PATH", "/bin\nrm -r /"))).doesNotContain("PATH=");
    }

    private static String script(final Map<String, String> environment) {
        final JobSettings settings = JobSettings.of(new OneSystem())
                .withArgument("cores=1")
                .withArgument("memory=4GB")
                .withArgument("job-script-prologue=module load batch");
        return JobScript.ofScheduler(
                        JobSpec.of(settings, Map.of()), LAUNCH, List.of("--set", "scheduler.port=0"), environment)
                .text();
    }
}
