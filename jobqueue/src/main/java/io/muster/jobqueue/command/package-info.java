/**
 * Running a batch system's commands, on this host or on a login node, with time limits and without a shell. Start at
 * {@link io.muster.jobqueue.command.CommandRunner}; {@link io.muster.jobqueue.command.LocalCommandRunner} runs them
 * here, {@link io.muster.jobqueue.command.SshLogin} leads to a login node.
 */
@NullMarked
package io.muster.jobqueue.command;

import org.jspecify.annotations.NullMarked;
