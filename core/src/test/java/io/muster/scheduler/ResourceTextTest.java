package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.muster.transport.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceTextTest {
    @Test
    void amountsAreReadByName() {
        assertThat(ResourceText.parse("gpu=2\nlicence.x=0.5\nnothing=0"))
                .containsExactly(entry("gpu", 2.0), entry("licence.x", 0.5), entry("nothing", 0.0));
        assertThat(ResourceText.parse("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpu",
                "gpu=",
                "=1",
                "gpu=-1",
                "gpu=NaN",
                "gpu=Infinity",
                "gpu=1e9",
                "gpu=0x1",
                "gpu=1\n",
                "\n",
                "gpu=1,a=2",
                "gpu=1\ngpu=1",
                "g u=1",
                "gpu=1111111111111111"
            })
    void anythingElseIsABreachOfTheProtocol(final String text) {
        assertThatThrownBy(() -> ResourceText.parse(text))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("resource '");
    }

    @Test
    void thereMayNotBeTooMany() {
        assertThatThrownBy(() -> ResourceText.parse("a=1\n".repeat(2_000)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("must be <= 1024");
    }
}
