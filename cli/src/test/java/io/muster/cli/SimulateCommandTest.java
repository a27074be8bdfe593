package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.config.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SimulateCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int muster(final String... arguments) {
        out.getBuffer().setLength(0);
        return Main.commandLine(arguments)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    @Test
    void seedsThatPassAreCounted() {
        assertThat(muster("simulate", "--seeds", "3", "--json")).isZero();

        assertThat(out.toString()).startsWith("{\"seeds\":3,\"failures\":0,\"events\":");
    }

    @Test
    void aSeedGivesTheSameHashEveryTime() {
        muster("simulate", "--seed", "7", "--json");
        final Object once = parsed().get("hash");
        muster("simulate", "--seed", "7", "--json");

        assertThat(parsed().get("hash")).isEqualTo(once);
        muster("simulate", "--seed", "7", "--without", "0-3", "--json");
        assertThat(parsed().get("hash")).isNotEqualTo(once);
    }

    @Test
    void theExplorerPrintsHowManyStatesThereAre() {
        assertThat(muster("simulate", "--explore", "--faults", "0", "--json")).isZero();

        assertThat(out.toString()).contains("\"states\":").contains("\"complete\":true");
    }

    @Test
    void stepsThatAreNoNumbersAreRefused() {
        assertThat(muster("simulate", "--seed", "7", "--without", "x")).isEqualTo(2);

        assertThat(err.toString()).contains("--without").contains("0-4,7");
    }

    private Map<?, ?> parsed() {
        return (Map<?, ?>) Json.parse(out.toString());
    }
}
