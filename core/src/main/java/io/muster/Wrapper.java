package io.muster;

/** A function that only passes on to another one, after which it is named and told apart. */
interface Wrapper {
    /** The other one. */
    Object wrapped();

    /** What a function passes on to, or the function itself. */
    static Object unwrapped(final Object function) {
        return function instanceof Wrapper wrapper ? wrapper.wrapped() : function;
    }
}
