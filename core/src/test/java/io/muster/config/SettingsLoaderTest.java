package io.muster.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SettingsLoaderTest {
    private final Map<String, String> environment = new HashMap<>();

    @TempDir
    Path home;

    private Path siteFile;
    private Path userFile;

    @BeforeEach
    void makeFolders() throws IOException {
        siteFile = home.resolve("site.yaml");
        userFile = home.resolve(".config/muster/muster.yaml");
        Files.createDirectories(userFile.getParent());
    }

    @Test
    void withoutFilesAndVariablesTheDefaultsHold() {
        assertThat(load().toArguments()).isEmpty();
    }

    @Test
    void laterLayersWin() throws IOException {
        Files.writeString(siteFile, "worker:\n  threads: 1\n  nanny: false\nscheduler.lease: 20s\n");
        Files.writeString(userFile, "worker:\n  threads: 2\n  name: ada\n");
        environment.put("MUSTER_WORKER__THREADS", "3");
        environment.put("MUSTER_JAVA_OPTS", "-Xmx1g");
        environment.put("PATH", "/bin");

        final Settings settings = load();

        assertThat(settings.get(Options.WORKER_THREADS)).isEqualTo(3);
        assertThat(settings.origin(Options.WORKER_THREADS))
                .isEqualTo("the environment variable MUSTER_WORKER__THREADS");
        assertThat(settings.get(Options.WORKER_NAME)).isEqualTo("ada");
        assertThat(settings.origin(Options.WORKER_NAME)).isEqualTo(userFile + " line 3");
        assertThat(settings.get(Options.WORKER_NANNY)).isFalse();
        assertThat(settings.get(Options.SCHEDULER_LEASE)).isEqualTo(Duration.ofSeconds(20));
        assertThat(settings.origin(Options.SCHEDULER_LEASE)).isEqualTo(siteFile + " line 4");
    }

    @Test
    void variablesNameOtherFiles() throws IOException {
        final Path other = Files.writeString(home.resolve("other.yaml"), "transport: tcp\n");
        final Path site = Files.writeString(home.resolve("othersite.yaml"), "worker.name: site\n");
        Files.writeString(userFile, "worker.threads: 2\n");
        environment.put("MUSTER_CONFIG", other.toString());
        environment.put("MUSTER_SITE_CONFIG", site.toString());

        assertThat(load().toArguments()).containsExactly("worker.name=site", "transport=tcp");
    }

    @Test
    void aNamedFileThatIsMissingIsRefused() {
        environment.put("MUSTER_CONFIG", home.resolve("none.yaml").toString());

        assertThatThrownBy(this::load).hasMessageMatching("MUSTER_CONFIG=.*none.yaml must name a file that exists");
    }

    @Test
    void anUnknownVariableIsRefusedAndTheNearestOneNamed() {
        environment.put("MUSTER_SCHEDULER_LEASE", "15s");

        assertThatThrownBy(this::load)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("MUSTER_SCHEDULER_LEASE is no setting")
                .hasMessageContaining("the nearest is MUSTER_SCHEDULER__LEASE");
    }

    @Test
    void aBadValueInTheEnvironmentNamesTheVariable() {
        environment.put("MUSTER_WORKER__MEMORY_LIMIT", "lots");

        assertThatThrownBy(this::load)
                .hasMessageContaining("worker.memory-limit=lots")
                .hasMessageContaining("(set by the environment variable MUSTER_WORKER__MEMORY_LIMIT)");
    }

    @Test
    void scalarsAreTakenAsWritten() throws IOException {
        Files.writeString(userFile, """
            # a comment
            worker:
              name: 007
              resources: [gpu=2, "licence=1"]
              host: ""
              interface:
            session:
            """);

        final Settings settings = load();

        assertThat(settings.get(Options.WORKER_NAME)).isEqualTo("007");
        assertThat(settings.get(Options.WORKER_RESOURCES)).containsExactly("gpu=2", "licence=1");
        assertThat(settings.isSet(Options.WORKER_HOST)).isTrue();
        assertThat(settings.isSet(Options.WORKER_INTERFACE)).isFalse();
    }

    @Test
    void anEmptyFileSetsNothing() throws IOException {
        Files.writeString(userFile, "# nothing yet\n");

        assertThat(load().toArguments()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "worker:;  thread: 1|line 2: there is no setting worker.thread, the nearest is worker.threads",
                "wroker:;  threads: 1|line 1: there is no setting wroker",
                "worker.threads: 1;worker:;  threads: 2|line 3: worker.threads is set twice",
                "worker.threads: {a: 1}|line 1: worker.threads takes a value",
                "worker.resources: &a [*a]|line 1: worker.resources takes a value",
                "worker: 4|line 1: worker must be a map of settings",
                "- a|line 1: the file must be a map of settings",
                "? [a];: b|line 1: a key must be plain text",
                "worker:;  threads: 'x|is not valid YAML",
                "a: b: c|line 1 is not valid YAML",
                "worker:;  threads: x|worker.threads=x must be a whole number (set by "
            })
    void aMistakeInAFileIsNamedWithItsPlace(final String text, final String message) throws IOException {
        Files.writeString(userFile, text.replace(';', '\n') + "\n");

        assertThatThrownBy(this::load)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(userFile.toString())
                .hasMessageContaining(message);
    }

    @Test
    void aFileThatIsNotUtf8IsRefused() throws IOException {
        Files.write(userFile, "worker.name: Jürgen\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(this::load).hasMessage(userFile + " must be UTF-8");
    }

    private Settings load() {
        return new SettingsLoader(environment, siteFile, home).load();
    }
}
