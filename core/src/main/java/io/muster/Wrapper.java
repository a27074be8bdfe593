package io.muster;

/** A function that only passes on to another one, after which it is named and told apart. */
interface Wrapper {
    /** The other one. */
    Object wrapped();
}
