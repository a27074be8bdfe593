package io.muster.jobqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ShellTest {
    private static final String NASTY = "'\"\\$`!&|;<>(){}[]*?~#= \t\n%^aä√-";

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "a b", "it's", "'", "''", "\\", "\\'", "$HOME", "$(id)", "`id`", "-n", "~", "*", "a\nb"
            })
    void aQuotedWordMeansItself(final String text) throws IOException {
        assertThat(echoed(Shell.quote(text))).isEqualTo(text);
    }

    @Test
    void anyTextSurvivesTheShell() throws IOException {
        final long seed = 20_260_101;
        final Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            final StringBuilder text = new StringBuilder();
            random.ints(random.nextInt(20), 0, NASTY.length()).forEach(index -> text.append(NASTY.charAt(index)));
            assertThat(echoed(Shell.quote(text.toString()))).as("seed=" + seed).isEqualTo(text.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "/scratch/$NAME|/scratch/a  b",
                "${NAME}/x|a  b/x",
                "~/x|/home/ada/x",
                "a~/x|a~/x",
                "$(id)|$(id)",
                "`id`|`id`",
                "$1 $$ ${NAME:-x}|$1 $$ ${NAME:-x}",
                "it's \"so\" \\|it's \"so\" \\"
            })
    void onlyVariablesAreExpanded(final String text, final String meaning) throws IOException {
        assertThat(echoed(Shell.expand(text))).isEqualTo(meaning);
    }

    @Test
    void nulIsRefused() {
        assertThatThrownBy(() -> Shell.quote("a\0b")).hasMessage("word=a\\u0000b must have no NUL");
        assertThatThrownBy(() -> Shell.expand("a\0b")).isInstanceOf(IllegalArgumentException.class);
    }

    private static String echoed(final String word) throws IOException {
        final ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", "printf %s " + word);
        builder.environment().putAll(Map.of("NAME", "a  b", "HOME", "/home/ada", "LC_ALL", "C.UTF-8"));
        final Process shell = builder.redirectErrorStream(true).start();
        return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
