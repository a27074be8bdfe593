package io.muster;

import java.io.Serial;

/** An action as a function, whose result says that it was done. */
record Told<A>(Action<? super A> action) implements Fn<A, Boolean>, Wrapper {
    @Serial
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean apply(final A argument) throws Exception {
        action.accept(argument);
        return true;
    }

    @Override
    public Object wrapped() {
        return action;
    }
}
