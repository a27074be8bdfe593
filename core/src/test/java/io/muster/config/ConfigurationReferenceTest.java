package io.muster.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ConfigurationReferenceTest {
    @Test
    void thePageInDocsSaysWhatTheOptionsSay() throws IOException, URISyntaxException {
        final Path root = root();
        final Path page = root.resolve("docs").resolve("configuration.md");
        final Path classes = Path.of(ConfigurationReference.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());

        assertThat(Files.exists(page) ? Files.readString(page) : "")
                .withFailMessage(
                        "docs/configuration.md differs from the options; run in %s: java -cp %s %s"
                                + " docs/configuration.md",
                        root, classes, ConfigurationReference.class.getName())
                .isEqualTo(ConfigurationReference.markdown());
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("muster")) || !Files.exists(folder.resolve("core"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
