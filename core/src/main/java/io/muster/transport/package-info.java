/**
 * How bytes travel between processes; {@link io.muster.transport.TlsChannel} is the encrypted byte stream under every
 * session.
 */
@NullMarked
package io.muster.transport;

import org.jspecify.annotations.NullMarked;
