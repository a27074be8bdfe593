/** The {@code muster} command. Start at {@link io.muster.cli.Main}; each subcommand is a class of its own. */
@NullMarked
package io.muster.cli;

import org.jspecify.annotations.NullMarked;
