package io.muster.bench.taskbench;

/** A pattern by which the tasks of a row depend on those of the row before. */
public enum Dependence {
    /** On nothing. */
    TRIVIAL,
    /** On the same column. */
    NO_COMM,
    /** On the same column and its neighbours. */
    STENCIL_1D,
    /** As a stencil whose ends are neighbours, too. */
    STENCIL_1D_PERIODIC,
    /** A sweep from a corner: rows grow, then shrink. */
    DOM,
    /** Each task has two children, up to the width. */
    TREE,
    /** Butterflies. */
    FFT,
    /** On all. */
    ALL_TO_ALL,
    /** On as many of the nearest columns as the radix. */
    NEAREST,
    /** On as many columns as the radix, spread over the width. */
    SPREAD,
    /** On a random choice of the nearest columns. */
    RANDOM_NEAREST;

    /** The period where none is given. */
    long defaultPeriod() {
        return hasPeriod() ? 3 : 0;
    }

    /** Whether the pattern changes from row to row, as a period says. */
    boolean hasPeriod() {
        return this == SPREAD || this == RANDOM_NEAREST;
    }
}
