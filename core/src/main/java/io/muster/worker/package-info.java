/**
 * What runs tasks: {@link io.muster.worker.Worker} is the same class in the user's JVM and in a process of its own;
 * there a {@link io.muster.worker.Nanny} looks after its process. Start at {@link io.muster.worker.Worker}.
 */
@NullMarked
package io.muster.worker;

import org.jspecify.annotations.NullMarked;
