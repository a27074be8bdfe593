/**
 * User values to bytes and back: start at {@link io.muster.serialize.Serializer}. Large primitive arrays travel out of
 * band, as raw little-endian bytes, and a value is sent and received in pieces of any size.
 */
@NullMarked
package io.muster.serialize;

import org.jspecify.annotations.NullMarked;
