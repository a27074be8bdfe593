/**
 * Ranks of an MPI launch become scheduler, client and workers. Start at {@link io.muster.mpi.MpiLaunch}; how ranks find each other is a
 * {@link io.muster.mpi.RankTransport}.
 */
@NullMarked
package io.muster.mpi;

import org.jspecify.annotations.NullMarked;
