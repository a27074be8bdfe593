package io.muster.bench.taskbench;

import io.muster.MusterException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The names of constants on a command line. */
final class Names {
    private Names() {}

    static String of(final Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static <E extends Enum<E>> E parse(final String option, final String name, final E[] constants) {
        for (final E constant : constants) {
            if (of(constant).equals(name)) {
                return constant;
            }
        }
        throw new MusterException(option + "=" + name + " must be one of "
                + Arrays.stream(constants).map(Names::of).collect(Collectors.joining(", ")));
    }
}
