package io.muster.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.config.Options;
import io.muster.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the link of a dashboard carries. */
class LinkTokenTest {
    @TempDir
    private Path home;

    @Test
    void schedulersOfOneFileHaveTheSameAndThoseOfOthersAnother() {
        final String token = LinkToken.of(file("/somewhere/s.json"), home);

        assertThat(token).hasSize(43);
        assertThat(LinkToken.of(file("/somewhere/else/../s.json"), home)).isEqualTo(token);
        assertThat(LinkToken.of(file("/somewhere/t.json"), home)).isNotEqualTo(token);
    }

    @Test
    void anotherKeyMakesOthers() throws IOException {
        final String token = LinkToken.of(file("/somewhere/s.json"), home);
        Files.delete(home.resolve(".muster/dashboard/key"));

        assertThat(LinkToken.of(file("/somewhere/s.json"), home)).isNotEqualTo(token);
    }

    @Test
    void withoutAFileOrAPlaceForTheKeyItIsRandom() throws IOException {
        final Path noFolder = Files.createFile(home.resolve("file"));

        assertThat(LinkToken.of(Settings.defaults(), home)).isNotEqualTo(LinkToken.of(Settings.defaults(), home));
        assertThat(LinkToken.of(file("/s.json"), noFolder)).isNotEqualTo(LinkToken.of(file("/s.json"), noFolder));
    }

    @Test
    void aKeyThatIsCutOffIsNotUsed() throws IOException {
        LinkToken.of(file("/s.json"), home);
        Files.write(home.resolve(".muster/dashboard/key"), new byte[3]);

        assertThat(LinkToken.of(file("/s.json"), home)).hasSize(43).isNotEqualTo(LinkToken.of(file("/s.json"), home));
    }

    private static Settings file(final String path) {
        return Settings.defaults().with(Options.SCHEDULER_FILE, path);
    }
}
