/**
 * How results move: {@link io.muster.data.DataPlane} is what workers and clients see of it, within one JVM
 * ({@link io.muster.data.LocalDataPlane}) or over TLS sockets ({@link io.muster.data.BulkClient} asks a
 * {@link io.muster.data.BulkServer}). Start at {@link io.muster.data.DataPlane}.
 */
@NullMarked
package io.muster.data;

import org.jspecify.annotations.NullMarked;
