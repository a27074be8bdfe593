package io.muster;

/** What a task computes whose input was published: the input itself. */
enum Published implements Fn<Object, Object> {
    /** The only one. */
    INSTANCE;

    @Override
    public Object apply(final Object value) {
        return value;
    }
}
