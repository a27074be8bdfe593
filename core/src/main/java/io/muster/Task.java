package io.muster;

import java.io.Serializable;
import java.util.concurrent.Callable;

/**
 * A computation without inputs that a worker runs. A lambda given where a {@code Task} is expected becomes serializable by that.
 *
 * @param <R> the result
 */
@FunctionalInterface
public interface Task<R> extends Callable<R>, Serializable {}
