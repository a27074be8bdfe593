/**
 * Running a batch system's commands, on this host or on a login node, with time limits and without a shell. Start at
 * {@link io.muster.jobqueue.command.CommandRunner}.
 */
@NullMarked
package io.muster.jobqueue.command;

import org.jspecify.annotations.NullMarked;
