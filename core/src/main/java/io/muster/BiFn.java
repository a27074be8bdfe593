package io.muster;

import java.io.Serializable;

/**
 * A function of two values that a worker runs. A lambda given where a {@code BiFn} is expected becomes serializable by that.
 *
 * @param <A> the first argument
 * @param <B> the second argument
 * @param <R> the result
 */
@FunctionalInterface
public interface BiFn<A, B, R> extends Serializable {
    /**
     * Computes the result.
     *
     * @param first the first argument
     * @param second the second argument
     * @return the result, which may be null
     * @throws Exception fails the task
     */
    R apply(A first, B second) throws Exception;
}
