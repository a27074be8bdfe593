/**
 * Finding out whether a site's batch system, network and files are such that a cluster can work. Start at
 * {@link io.muster.jobqueue.doctor.Doctor}.
 */
@NullMarked
package io.muster.jobqueue.doctor;

import org.jspecify.annotations.NullMarked;
