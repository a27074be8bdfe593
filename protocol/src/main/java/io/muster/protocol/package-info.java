/**
 * The messages of a Muster session and the memory they are written into.
 *
 * <p>The codecs of this package are generated from {@code muster.xml}, one encoder and one decoder a message; they work
 * on any Agrona buffer. {@link io.muster.protocol.ArrayBuffer} is the one to use where a JVM carries no flags.
 */
@NullMarked
package io.muster.protocol;

import org.jspecify.annotations.NullMarked;
