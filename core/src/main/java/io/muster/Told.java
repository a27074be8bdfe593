package io.muster;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An action as a function that has no result. */
record Told<A>(Action<? super A> action) implements Fn<A, @Nullable Object>, Wrapper {
    @Serial
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Object apply(final A argument) throws Exception {
        action.accept(argument);
        return null;
    }

    @Override
    public Object wrapped() {
        return action;
    }
}
