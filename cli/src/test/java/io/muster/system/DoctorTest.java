package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.config.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** What {@code muster doctor} says of sites that are well, and of each of their ailments. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class DoctorTest {
    @TempDir
    private static Path folder;

    private static Path launcher;

    @BeforeAll
    static void makeLauncher() throws IOException {
        launcher = Site.launcher(folder);
    }

    @Test
    void aWellSiteIsToldSoCheckByCheckInJson() throws Exception {
        final Site.Result result = examine(pbs(), "pbs", launcher, "--json");

        assertThat(result.exitCode()).as(result.output()).isZero();
        final List<Map<?, ?>> findings = new ArrayList<>();
        result.output().lines().forEach(line -> findings.add((Map<?, ?>) Json.parse(line)));
        assertThat(findings)
                .extracting(finding -> finding.get("check") + " " + finding.get("verdict"))
                .containsExactly(
                        "commands ok",
                        "folder ok",
                        "request skipped",
                        "submission ok",
                        "job ok",
                        "java ok",
                        "scratch ok",
                        "walltime ok",
                        "node to here ok",
                        "here to node ok");
        assertThat(findings)
                .allSatisfy(finding -> assertThat(finding.get("text")).isInstanceOf(String.class));
    }

    @Test
    void commandsThatAreNotHereFail() throws Exception {
        final Site.Result result = examine(Site.here().with("PATH", "/usr/sbin:/sbin"), "lsf", launcher);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).startsWith("failed   commands ").contains("is not on PATH");
    }

    @Test
    void aQueueThatDoesNotExistFails() throws Exception {
        final Site.Result result = examine(lsf(), "lsf", launcher, "--set", "queue=nosuch");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("failed   submission    fix your request: ")
                .contains("nosuch: No such queue");
    }

    @Test
    void aJavaThatIsNotThereFailsWithTheEndOfTheJobsOutput() throws Exception {
        final Site.Result result = examine(
                lsf(), "lsf", launcher, "--set", "job-script-prologue=[export MUSTER_JAVA_HOME=/nonexistent/java]");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("failed   job ")
                .contains("left no report in the shared folder: it failed, exit code 127; its output ends with:")
                .contains("/nonexistent/java/bin/java");
    }

    @Test
    void aFolderThatNodesDoNotSeeFails() throws Exception {
        final Site.Result result = examine(pbs(), "pbs", changing("--folder", "/nonexistent/folder"));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("failed   job ")
                .contains("folder=/nonexistent/folder is not there on ")
                .contains("--directory");
    }

    @Test
    void aHostThatNodesDoNotReachFails() throws Exception {
        final Site.Result result = examine(pbs(), "pbs", changing("--addresses", "127.0.0.1:1"));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output())
                .contains("failed   node to here  workers cannot reach a scheduler on this host; run it in a job:"
                        + " scheduler(JOB). Tried: 127.0.0.1:1 Connection refused")
                .contains("ok       here to node  reached: ");
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "SLURM_LAB", matches = ".+")
    void slurmIsWellAndAPartitionThatDoesNotExistFailsBeforeAnythingIsSubmitted() throws Exception {
        final Site.Result well = examine(Site.here(), "slurm", launcher);
        assertThat(well.exitCode()).as(well.output()).isZero();
        assertThat(well.output()).contains("ok       request ", "ok       here to node ");

        final Site.Result refused = examine(Site.here(), "slurm", launcher, "--set", "queue=nosuch");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.output())
                .contains("failed   request ", "invalid partition specified: nosuch")
                .doesNotContain("submission");
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "SGE_LAB", matches = ".+")
    void gridEngineIsWellAndAQueueThatDoesNotExistFails() throws Exception {
        final Site.Result well = examine(Site.here(), "sge", launcher, "--set", "resource-spec=h_vmem=4G");
        assertThat(well.exitCode()).as(well.output()).isZero();
        assertThat(well.output()).contains("ok       request ", "ok       here to node ");

        final Site.Result refused = examine(Site.here(), "sge", launcher, "--set", "queue=nosuch");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.output()).contains("failed   request ", "nosuch");
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "SLURM_HOSTS_LAB", matches = ".+")
    void nodesThatAreNotReachedAndDoNotReachThisHostFail() throws Exception {
        final String login = System.getenv("SLURM_LAB_SSH_HOST");
        try (LoginOnly network = new LoginOnly(login)) {
            final Site.Result result = examine(
                    Site.here().with("SLURM_CONF", System.getenv("SLURM_HOSTS_LAB") + "/etc/slurm.conf"),
                    "slurm",
                    launcher);
            assertThat(result.exitCode()).as("%s %s", network, result.output()).isEqualTo(1);
            assertThat(result.output())
                    .contains("failed   node to here  workers cannot reach a scheduler on this host")
                    .contains("Connect timed out")
                    .contains("failed   here to node  clients here cannot fetch results from workers. Tried: ");
        }
    }

    private static Site pbs() throws IOException {
        return Site.fake("pbs", folder.resolve("pbs"));
    }

    private static Site lsf() throws IOException {
        return Site.fake("lsf", folder.resolve("lsf")).with("KIND", "10");
    }

    private static Site.Result examine(
            final Site site, final String system, final Path command, final String... arguments)
            throws IOException, InterruptedException {
        final List<String> words = new ArrayList<>(List.of(
                "doctor",
                system,
                "--directory",
                folder.resolve("doctor").toString(),
                "--muster",
                command.toString(),
                "--set",
                "cores=1",
                "--set",
                "memory=700MB"));
        words.addAll(List.of(arguments));
        return site.muster(words.toArray(String[]::new));
    }

    /** A command {@code muster} for which an option has another value than it is given. */
    private static Path changing(final String option, final String value) throws IOException {
        final Path file = Files.createTempFile(folder, "muster", "");
        Files.writeString(
                file,
                "#!/bin/sh\nn=$#\nwhile [ $n -gt 0 ]; do\n  case $1 in\n    " + option + ") set -- \"$@\" \"$1\" '"
                        + value + "'; shift 2; n=$((n - 2));;\n"
                        + "    *) set -- \"$@\" \"$1\"; shift; n=$((n - 1));;\n  esac\ndone\nexec '" + launcher
                        + "' \"$@\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }
}
