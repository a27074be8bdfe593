package io.muster.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.muster.MemorySize;
import io.muster.MusterException;
import io.muster.security.SchedulerFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;

/**
 * Whatever text is in a file or an option, it is read or refused with a message, and nothing else happens. The inputs among the test
 * resources are tried with each build; {@code JAZZER_FUZZ=1} looks for others.
 */
class TextFuzzTest {
    @FuzzTest
    void json(final byte[] text) {
        refuse(() -> Json.parse(text));
    }

    @FuzzTest
    void schedulerFile(final byte[] text) throws IOException {
        inFile(text, SchedulerFile::read);
    }

    @FuzzTest
    void settings(final byte[] text) throws IOException {
        inFile(text, file -> new SettingsFile(file).on(Settings.defaults()).check());
    }

    @FuzzTest
    void values(final byte[] text) {
        final String value = new String(text, StandardCharsets.UTF_8);
        refuse(() -> part(value, MemorySize::parse));
        refuse(() -> part(value, DurationText::parse));
        for (final Option<?> option : Options.all()) {
            refuse(() -> Settings.defaults().withText(option.key(), value).check());
        }
    }

    /** Reads what is a part of an option's value; those who do that say where the part stands. */
    private static void part(final String text, final Consumer<String> reader) {
        try {
            reader.accept(text);
        } catch (final IllegalArgumentException e) {
            throw new MusterException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void inFile(final byte[] text, final Consumer<Path> reader) throws IOException {
        final Path file = Files.createTempFile(
                "fuzz", ".txt", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.write(file, text);
            refuse(() -> reader.accept(file));
        } finally {
            Files.delete(file);
        }
    }

    private static void refuse(final Runnable reading) {
        try {
            reading.run();
        } catch (final MusterException e) {
            if (String.valueOf(e.getMessage()).isBlank()) {
                throw new AssertionError("it is refused without a word", e);
            }
        }
    }
}
