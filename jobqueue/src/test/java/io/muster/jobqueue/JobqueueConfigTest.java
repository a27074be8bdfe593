package io.muster.jobqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MemorySize;
import io.muster.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JobqueueConfigTest {
    @TempDir
    Path folder;

    @Test
    void aSectionIsReadAsItIs() throws IOException {
        final JobSpec spec = JobSpec.of(load("""
            distributed: {worker: {memory: {spill: false}}}
            jobqueue:
              oar: {anything: 1}
              one:
                name: null
                cores: 36            # a comment
                memory: "109 GB"
                processes: 9
                death_timeout: 90
                local-directory: $TMPDIR
                interface: ~
                queue: regular
                walltime: 10:00:00
                nanny: True
                extra: [--lifetime, 55m]
                env_extra: ['module load java', '', null]
                job-extra: []
                job-extra-directives: --exclusive
                scheduler-options: {dashboard_address: ":8788", port: 0}
            """), Map.of());

        assertThat(spec.name()).isNull();
        assertThat(spec.cores()).isEqualTo(36);
        assertThat(spec.memory()).isEqualTo(MemorySize.parse("109GB"));
        assertThat(spec.threadsPerProcess()).isEqualTo(4);
        assertThat(spec.memoryPerProcess().bytes()).isEqualTo(109_000_000_000L / 9);
        assertThat(spec.deathTimeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(spec.get(JobKeys.INTERFACE)).isNull();
        assertThat(spec.queue()).isEqualTo("regular");
        assertThat(spec.walltime()).isEqualTo(new Walltime("10:00:00", Duration.ofHours(10)));
        assertThat(spec.prologue()).containsExactly("module load java");
        assertThat(spec.extraDirectives()).containsExactly("--exclusive");
        assertThat(spec.notes())
                .containsExactly(
                        file() + " line 15: extra is the old name of worker-extra-args",
                        file() + " line 16: env-extra is the old name of job-script-prologue");
    }

    @Test
    void theNewNameOfAListWinsUnlessItIsEmpty() throws IOException {
        assertThat(spec("job-extra: [-a]\n    job-extra-directives: [-b]").extraDirectives())
                .containsExactly("-b");
        assertThat(spec("job-extra: [-a]\n    job-extra-directives: []").extraDirectives())
                .containsExactly("-a");
    }

    @Test
    void queueAndPartitionAreTheSameAndSoAreAccountAndProject() throws IOException {
        assertThat(spec("partition: a\n    project: p").queue()).isEqualTo("a");
        assertThat(spec("partition: a\n    queue: b").queue()).isEqualTo("b");
        assertThat(spec("project: p").account()).isEqualTo("p");
        assertThat(spec("project: p\n    account: q").account()).isEqualTo("q");
    }

    @Test
    void mapsCanBeMergedIntoSections() throws IOException {
        final JobSpec spec = JobSpec.of(load("""
            defaults: &defaults {cores: 1, memory: 1GB, queue: a}
            jobqueue:
              one: {<<: *defaults, queue: b}
            """), Map.of());

        assertThat(spec.queue()).isEqualTo("b");
        assertThat(spec.cores()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jobqeue: {}|%s must have a map jobqueue, the nearest is jobqeue",
                "jobqueue: {one: {job-scrpt-prologue: []}}|%s line 1: one has no key job-scrpt-prologue, the nearest"
                        + " is job-script-prologue",
                "jobqueue: {one: {queue: a, queue: b}}|%s line 1: queue is set twice, remove one",
                "jobqueue: {one: {job_extra: [], job-extra: []}}|%s line 1: job-extra is set twice, remove one",
                "jobqueue: {one: [a]}|%s line 1 must be a map",
                "jobqueue: {one: {cores: [1]}}|cores=[1] must be a text (set by %s line 1)",
                "jobqueue: {one: {cores: eight}}|cores=eight must be a whole number in 1..65536 (set by %s line 1)",
                "jobqueue: {one: {cores: 0}}|cores=0 must be a whole number in 1..65536 (set by %s line 1)",
                "jobqueue: {one: {nanny: perhaps}}|nanny=perhaps must be true or false (set by %s line 1)",
                "jobqueue: {one: {job-extra: [[a]]}}|%s line 1: a list must have only plain values",
                "jobqueue: {on: {}}|section=one must be in the configuration: %s has on, the nearest is --section on",
                "jobqueue:|section=one must be in the configuration: %s has no sections",
                "jobqueue: &a {<<: *a}|%s line 1 merges more than 10 maps into each other"
            })
    void whatIsWrongIsNamedWithFileAndLine(final String yaml, final String message) {
        assertThatThrownBy(() -> load(yaml))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message.replace("%s", file().toString()));
    }

    @ParameterizedTest
    @CsvSource({"'jobqueue: {one: {queue: [}'", "'a: \"b'", "'\t- x: {'"})
    void brokenYamlIsRefused(final String yaml) {
        assertThatThrownBy(() -> load(yaml)).hasMessageContaining("is not valid YAML");
    }

    @Test
    void anotherSectionCanBeChosen() throws IOException {
        Files.writeString(file(), "jobqueue: {mine: {queue: b}}");

        assertThat(config().load(new OneSystem(), file(), "mine").get(JobKeys.QUEUE))
                .isEqualTo("b");
        assertThatThrownBy(() -> config().load(new OneSystem(), file(), "mein"))
                .hasMessageContaining("the nearest is --section mine");
        assertThatThrownBy(() -> config().load(new OneSystem(), null, "mine"))
                .hasMessageContaining("there is no jobqueue.yaml");
    }

    @Test
    void theUsersFileLiesOnTopOfTheSites() throws IOException {
        write("etc/muster", "jobqueue: {one: {queue: site, account: site}}");
        write("home/.config/muster", "jobqueue: {one: {queue: user}}");
        write("home/.config/dask", "jobqueue: {one: {queue: dask}}");

        final JobSettings settings = config().load(new OneSystem(), null, null);

        assertThat(settings.get(JobKeys.QUEUE)).isEqualTo("user");
        assertThat(settings.get(JobKeys.ACCOUNT)).isEqualTo("site");
        assertThat(settings.notes()).isEmpty();
    }

    @Test
    void dasksFileIsUsedWhereThereIsNoOtherAndThatIsSaid() throws IOException {
        write("home/.config/dask", "jobqueue: {one: {queue: dask}}");

        final JobSettings settings = config().load(new OneSystem(), null, null);

        assertThat(settings.get(JobKeys.QUEUE)).isEqualTo("dask");
        assertThat(settings.notes()).singleElement().asString().contains(".config/dask/jobqueue.yaml");
    }

    @Test
    void withoutAnyFileThereAreTheDefaults() {
        final JobSettings settings = config().load(new OneSystem(), null, null);

        assertThat(settings.get(JobKeys.NAME)).isEqualTo("muster-worker");
        assertThat(settings.get(JobKeys.WALLTIME)).hasToString("00:30:00");
    }

    private JobSpec spec(final String keys) throws IOException {
        return JobSpec.of(load("jobqueue:\n  one:\n    cores: 1\n    memory: 1GB\n    " + keys), Map.of());
    }

    private JobSettings load(final @Nullable String yaml) throws IOException {
        return config().load(new OneSystem(), Files.writeString(file(), String.valueOf(yaml)), null);
    }

    private JobqueueConfig config() {
        return new JobqueueConfig(folder.resolve("home"), folder.resolve("etc"));
    }

    private Path file() {
        return folder.resolve("j.yaml");
    }

    private void write(final String where, final String yaml) throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve(where)).resolve("jobqueue.yaml"), yaml);
    }
}
