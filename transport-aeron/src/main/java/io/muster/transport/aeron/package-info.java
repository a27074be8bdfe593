/**
 * Carries sessions over Aeron: shared memory (IPC) between processes of one host, sealed UDP between hosts.
 *
 * <p>Start from {@link io.muster.transport.aeron.AeronLinkFactory}, which {@link java.util.ServiceLoader} finds.
 * Nothing here has a thread or waits: the media driver runs in its invoker mode and the client's conductor is invoked,
 * both by {@code doWork()}. The scheduler embeds one driver; a peer on its host uses that one through shared memory, a
 * peer elsewhere embeds its own.
 *
 * <p>The JVM needs {@code --add-exports java.base/jdk.internal.misc=ALL-UNNAMED}.
 */
@NullMarked
package io.muster.transport.aeron;

import org.jspecify.annotations.NullMarked;
