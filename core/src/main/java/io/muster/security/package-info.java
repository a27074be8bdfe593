/**
 * Who may talk to whom: the cluster's secret, the pinned certificate, and the files that carry them.
 *
 * <p>Start from {@link io.muster.security.SchedulerFile}, which ties a scheduler's address to its {@link
 * io.muster.security.Identity} and {@link io.muster.security.Secret}.
 */
@NullMarked
package io.muster.security;

import org.jspecify.annotations.NullMarked;
