package io.muster.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the completion script. */
@Command(
        name = "completion",
        description = "Prints a script that lets bash and zsh complete this command: source <(muster completion)",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class CompletionCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        final CommandSpec root = spec.root();
        final PrintWriter out = spec.commandLine().getOut();
        out.print(AutoComplete.bash(root.name(), root.commandLine()));
        out.flush();
    }
}
