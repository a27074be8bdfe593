package io.muster.bench.taskbench;

/** What a task does besides checking its inputs. */
public enum KernelType {
    /** Nothing. */
    EMPTY,
    /** Integer arithmetic of which each step needs the one before. */
    BUSY_WAIT,
    /** Copies within the scratch memory. */
    MEMORY_BOUND,
    /** Multiplies matrices in the scratch memory. */
    COMPUTE_DGEMM,
    /** Adds vectors in the scratch memory. */
    MEMORY_DAXPY,
    /** Fused multiply-adds on 64 numbers. */
    COMPUTE_BOUND,
    /** Multiplies and adds on 32 numbers. */
    COMPUTE_BOUND2,
    /** As {@link #COMPUTE_BOUND}, as many as chance says. */
    LOAD_IMBALANCE;

    /** Whether it works on scratch memory. */
    boolean needsScratch() {
        return this == MEMORY_BOUND || this == COMPUTE_DGEMM || this == MEMORY_DAXPY;
    }
}
