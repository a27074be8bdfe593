/**
 * Programs to copy from; they use nothing but {@code io.muster}. Start from {@link io.muster.examples.HelloCluster}.
 *
 * <p>Each makes a cluster in its own JVM. With {@code LocalCluster.builder().processes(true)} the same program runs on
 * processes.
 */
@NullMarked
package io.muster.examples;

import org.jspecify.annotations.NullMarked;
