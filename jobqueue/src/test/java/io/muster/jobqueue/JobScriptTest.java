package io.muster.jobqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.config.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JobScriptTest {
    @TempDir
    Path folder;

    @Test
    void theScriptIsDirectivesThenPrologueThenTheWorkerInPlaceOfTheShell() {
        final WorkerLaunch launch = new WorkerLaunch(
                List.of("/opt/muster/bin/muster"), Path.of("/home/ada/s.json"), Path.of("/opt/jdk"), "/home/ada/a.jar");

        assertThat(script(launch, "processes=2", "job-script-prologue=module load x", "interface=ib0")
                        .text())
                .isEqualTo("""
                    #!/usr/bin/env bash

                    #ONE -J muster-worker
                    #ONE -n 4
                    #ONE -N 1
                    #ONE --mem=8GB
                    #ONE -l walltime=00:30:00
                    #ONE -l select=1:mem=8GB
                    #ONE -cwd

                    umask 077
                    muster_end=$(($(date +%s) + 1800))
                    module load x
                    if [ -z "${MUSTER_JAVA_HOME:-}${JAVA_HOME:-}" ] && [ -x '/opt/jdk/bin/java' ]; then
                        export MUSTER_JAVA_HOME='/opt/jdk'
                    fi
                    export MUSTER_CLASSPATH='/home/ada/a.jar'
                    muster_job=1
                    muster_scratch=${TMPDIR:-/tmp}
                    if ! [ -d "$muster_scratch" ] || ! [ -w "$muster_scratch" ]; then
                        muster_scratch=/tmp
                    fi
                    muster_lifetime=
                    if [ -n "$muster_end" ]; then
                        muster_lifetime="--lifetime $((muster_end - $(date +%s)))s"
                    fi
                    exec '/opt/muster/bin/muster' worker --scheduler-file '/home/ada/s.json' \
                    --name "muster-worker-$muster_job" --job "$muster_job" --threads 2 --memory-limit 4GB --processes 2 --nanny \
                    --death-timeout 1m --local-directory "$muster_scratch" --set worker.interface=ib0 $muster_lifetime
                    """);
    }

    @Test
    void whatIsSetReachesTheWorkerAsItWasMeant() throws Exception {
        final Path odd = Files.createDirectory(folder.resolve("it's $(a) \"dir\""));
        final WorkerLaunch launch = new WorkerLaunch(
                List.of(recorder(odd, "").toString()), odd.resolve("s `x`.json"), folder.resolve("none"), "");

        final List<String> words = run(script(
                launch,
                "walltime=",
                "local-directory=" + odd + "/$SCRATCH",
                "job-script-prologue=set -eu; export SCRATCH='a b'",
                "worker-extra-args=[\"--resources gpu=2\", --no-nanny, --nthreads=3, --death-timeout, '5']"));

        assertThat(words)
                .containsExactly(
                        "worker",
                        "--scheduler-file",
                        odd.resolve("s `x`.json").toString(),
                        "--name",
                        "muster-worker-1",
                        "--job",
                        "1",
                        "--threads",
                        "3",
                        "--memory-limit",
                        "8GB",
                        "--death-timeout",
                        "5s",
                        "--local-directory",
                        odd + "/a b",
                        "--no-nanny",
                        "--resources",
                        "gpu=2");
        assertThat(odd.resolve("a b")).isDirectory();
        assertThat(Files.getPosixFilePermissions(folder.resolve("words")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aWorkerIsToldWhichJobItIsInAndHowLongThatLasts() throws Exception {
        final WorkerLaunch launch = launch(recorder(folder, "").toString());
        final JobSettings settings = JobSettings.of(new OneSystem())
                .withArgument("cores=4")
                .withArgument("memory=8GB")
                .withArgument("walltime=1-00:00:00");

        final List<String> words = run(JobScript.ofWorkers(JobSpec.of(settings, Map.of()), launch, "t-1"));

        assertThat(words).containsSequence("--job", "1", "--job-token", "t-1");
        assertThat(words.get(words.size() - 2)).isEqualTo("--lifetime");
        final int seconds = Integer.parseInt(words.get(words.size() - 1).replace("s", ""));
        assertThat(seconds).isBetween(86_300, 86_400);
    }

    @Test
    void gpusAreSharedOutAndResourcesGoToEachProcess() throws Exception {
        final WorkerLaunch launch = launch(recorder(folder, "").toString());

        final List<String> words = run(script(launch, "walltime=", "processes=2", "gpus=4", "resources=licence=1"));

        assertThat(words).containsSequence("--resources", "licence=1");
        assertThat(words).containsSequence("--set", "worker.gpus-per-process=2");
        assertThatThrownBy(() -> script(launch, "processes=3", "gpus=4"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("gpus=4 must be a multiple of processes=3");
    }

    @Test
    void argumentsThatOnlyDaskHasAreLeftOutAndThatIsSaid() {
        final JobScript script = script(launch("/m"), "extra=[--lifetime, 55m, --lifetime-stagger=4m, --no-dashboard]");

        assertThat(script.text()).doesNotContain("55m", "4m", "dashboard");
        assertThat(script.notes())
                .hasSize(4)
                .contains(
                        "the worker argument --lifetime is left out: workers know when their job ends, and leave before",
                        "the worker argument --no-dashboard is left out: Muster's workers have nothing alike");
    }

    @Test
    void anEpilogueRunsWhenTheWorkerEndedAndTheExitCodeIsTheWorkers() throws Exception {
        final Path launcher = recorder(folder, "exit 7");

        final Process shell = start(
                script(launch(launcher.toString()), "job-script-epilogue=echo done >'" + folder.resolve("done") + "'"));

        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(shell.exitValue()).isEqualTo(7);
        assertThat(folder.resolve("done")).hasContent("done\n");
    }

    @Test
    void withAnEpilogueSignalsArePassedOn() throws Exception {
        final Path launcher = recorder(folder, "trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done");
        final Process shell = start(script(launch(launcher.toString()), "job-script-epilogue=echo epilogue"));
        assertThat(shell.inputReader().readLine()).isEqualTo("ready");

        shell.toHandle().destroy();

        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(shell.exitValue()).isEqualTo(9);
        assertThat(shell.inputReader().readLine()).isEqualTo("epilogue");
    }

    @ParameterizedTest
    @ValueSource(strings = {"job-script-epilogue=echo 1", "local-directory=~/a $b", "java-home=/opt/it's", "name="})
    void bashTakesTheScript(final String argument) throws Exception {
        final Path file = Files.writeString(
                folder.resolve("job.sh"), script(launch("/m"), argument).text());

        final Process bash = new ProcessBuilder("bash", "-n", file.toString())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(bash.waitFor()).isZero();
    }

    @Test
    void pathsMayNotLookLikeLinesOfTheScript() {
        assertThatThrownBy(() -> launch("/m\n#ONE -x"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("program=/m\\n#ONE -x must have no control characters");
        assertThatThrownBy(() -> new WorkerLaunch(List.of("/m"), Path.of("s.json"), null, ""))
                .hasMessage("schedulerFile=s.json must be absolute");
    }

    private static JobScript script(final WorkerLaunch launch, final String... arguments) {
        JobSettings settings =
                JobSettings.of(new OneSystem()).withArgument("cores=4").withArgument("memory=8GB");
        for (final String argument : arguments) {
            settings = settings.withArgument(argument);
        }
        return JobScript.ofWorkers(JobSpec.of(settings, Map.of()), launch, "");
    }

    private static WorkerLaunch launch(final String program) {
        return new WorkerLaunch(List.of(program), Path.of("/home/ada/s.json"), null, "");
    }

    /** A program that writes its arguments down, then does what it is told. */
    private Path recorder(final Path where, final String then) throws IOException {
        final Path file = Files.writeString(
                where.resolve("launcher"),
                "#!/bin/sh\nprintf '%s\\n' \"$@\" >'" + folder.resolve("words") + "'\n" + then);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private List<String> run(final JobScript script) throws Exception {
        final Process shell = start(script);
        assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        return Files.readAllLines(folder.resolve("words"));
    }

    private Process start(final JobScript script) throws IOException {
        final Path file = Files.writeString(folder.resolve("job.sh"), script.text());
        return new ProcessBuilder("/bin/sh", file.toString())
                .redirectErrorStream(true)
                .start();
    }
}
