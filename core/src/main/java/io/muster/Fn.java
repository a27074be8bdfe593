package io.muster;

import java.io.Serializable;

/**
 * A function of one value that a worker runs. A lambda given where an {@code Fn} is expected becomes serializable by that.
 *
 * @param <A> the argument
 * @param <R> the result
 */
@FunctionalInterface
public interface Fn<A, R> extends Serializable {
    /**
     * Computes the result.
     *
     * @param argument the argument
     * @return the result, which may be null
     * @throws Exception fails the task
     */
    R apply(A argument) throws Exception;
}
