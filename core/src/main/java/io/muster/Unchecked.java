package io.muster;

import org.jspecify.annotations.Nullable;

/** The one place where a value that went through the cluster gets its type back. */
final class Unchecked {
    private Unchecked() {}

    @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"})
    static <T> T cast(final @Nullable Object value) {
        return (T) value;
    }
}
