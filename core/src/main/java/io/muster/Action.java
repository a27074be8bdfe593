package io.muster;

import java.io.Serializable;

/**
 * What is done with a value on a worker, without a result. A lambda given where an {@code Action} is expected becomes serializable by that.
 *
 * @param <A> the value
 */
@FunctionalInterface
public interface Action<A> extends Serializable {
    /**
     * Does it.
     *
     * @param value the value
     * @throws Exception fails what asked for it
     */
    void accept(A value) throws Exception;
}
