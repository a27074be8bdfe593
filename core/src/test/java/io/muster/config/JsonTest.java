package io.muster.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void everyKindOfValueIsRead() {
        Object value = Json.parse(" {\"a\": [1, -2.5, 1e2, true, false, null, \"x\"], \"b\": {}, \"c\" : [ ] }\n");

        Map<String, Object> expected = new LinkedHashMap<>();
        List<Object> list = new ArrayList<>(List.of(1L, -2.5, 100.0, true, false));
        list.add(null);
        list.add("x");
        expected.put("a", list);
        expected.put("b", Map.of());
        expected.put("c", List.of());
        assertThat(value).isEqualTo(expected);
    }

    @Test
    void membersKeepTheirOrder() {
        Map<?, ?> map = (Map<?, ?>) Json.parse("{\"z\":1,\"a\":2,\"m\":3}");

        assertThat(map.keySet().toString()).isEqualTo("[z, a, m]");
    }

    @Test
    void wholeNumbersAreLongsWhileTheyFit() {
        assertThat(Json.parse("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(Json.parse("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
        assertThat(Json.parse("18446744073709551614")).isEqualTo(1.8446744073709552E19);
        assertThat(Json.parse("0")).isEqualTo(0L);
        assertThat(Json.parse("1.0")).isEqualTo(1.0);
    }

    @Test
    void escapesAreRead() {
        assertThat(Json.parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud83d\\ude00\""))
                .isEqualTo("\"\\/\b\f\n\r\tA\ud83d\ude00");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{} {}",
                "{}x",
                "{\"a\":1,}",
                "[1,]",
                "[,1]",
                "{a:1}",
                "{'a':1}",
                "01",
                "-x",
                "+1",
                ".5",
                "1.x",
                "1ex",
                "NaN",
                "Infinity",
                "tru e",
                "TRUE",
                "\"\\x\"",
                "\"\\u00g0\"",
                "\"a\nb\"",
                "\"\t\"",
                "// c\n1",
                "1e999",
                "\uFEFF{}",
                "{\"a\" 1}",
                "{1:2}",
                "[1 2]",
                "\u00a01"
            })
    void whatIsNotStrictJsonIsRefused(String text) {
        JsonException refused = catchThrowableOfType(JsonException.class, () -> Json.parse(text));

        assertThat(refused).hasMessageStartingWith("invalid JSON at line=");
        assertThat(refused.truncated()).isFalse();
    }

    @Test
    void everyPrefixOfADocumentIsTruncated() {
        String text = "{\"a\":[1.5e3,\"\\u0041\\n\",true,null,{\"b\":false}]}";
        for (int length = 0; length < text.length(); length++) {
            String prefix = text.substring(0, length);
            JsonException refused = catchThrowableOfType(JsonException.class, () -> Json.parse(prefix));
            assertThat(refused.truncated()).as(prefix).isTrue();
        }
    }

    @Test
    void aDuplicateKeyIsRefusedWithoutBeingShown() {
        assertThatThrownBy(() -> Json.parse("{\"private\":1,\n \"private\":2}"))
                .isInstanceOf(JsonException.class)
                .hasMessage("invalid JSON at line=2 column=11: a key appears twice in one object");
    }

    @Test
    void nestingIsLimited() {
        String deepest = "[".repeat(Json.MAX_DEPTH) + "]".repeat(Json.MAX_DEPTH);

        assertThat(Json.write(Json.parse(deepest))).isEqualTo(deepest);
        assertThatThrownBy(() -> Json.parse("[".repeat(1_000_000)))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("at most 100 levels");
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        assertThatIllegalArgumentException().isThrownBy(() -> Json.write(cycle));
    }

    @Test
    void bytesMustBeUtf8() {
        assertThat(Json.parse("\"é\"".getBytes(StandardCharsets.UTF_8))).isEqualTo("é");
        assertThatThrownBy(() -> Json.parse("\"é\"".getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("not UTF-8");
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            Object value = randomValue(random, 4);
            assertThat(Json.parse(Json.write(value))).isEqualTo(value);
            assertThat(Json.parse(Json.writePretty(value))).isEqualTo(value);
        }
    }

    @Test
    void unsafeCharactersAreEscaped() {
        assertThat(Json.write("\"\\\n\0\u2028\ud800é")).isEqualTo("\"\\\"\\\\\\n\\u0000\\u2028\\ud800é\"");
        assertThat(Json.parse("\"\\ud800\"")).isEqualTo("\ud800");
    }

    @Test
    void prettyTextHasOneMemberPerLine() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a", 1);
        map.put("b", List.of("x", List.of()));

        assertThat(Json.writePretty(map)).isEqualTo("{\n  \"a\": 1,\n  \"b\": [\n    \"x\",\n    []\n  ]\n}\n");
    }

    @Test
    void valuesWithoutAJsonFormAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Json.write(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> Json.write(BigDecimal.ONE));
        assertThatIllegalArgumentException().isThrownBy(() -> Json.write(new Object()));
        assertThatIllegalArgumentException().isThrownBy(() -> Json.write(Map.of(1, 2)));
        assertThatIllegalArgumentException().isThrownBy(() -> Json.write(Collections.singletonMap((String) null, 2)));
    }

    private static Object randomValue(Random random, int depth) {
        switch (random.nextInt(depth > 0 ? 8 : 5)) {
            case 0:
                return random.nextLong();
            case 1:
                return random.nextGaussian() * Math.pow(10, random.nextInt(600) - 300);
            case 2:
                return random.nextBoolean();
            case 3:
                return null;
            case 4:
                return randomString(random);
            case 5:
            case 6:
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(randomValue(random, depth - 1));
                }
                return list;
            default:
                Map<String, Object> map = new HashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(randomString(random), randomValue(random, depth - 1));
                }
                return map;
        }
    }

    private static String randomString(Random random) {
        StringBuilder string = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            string.append((char) random.nextInt(random.nextBoolean() ? 128 : 65536));
        }
        return string.toString();
    }
}
