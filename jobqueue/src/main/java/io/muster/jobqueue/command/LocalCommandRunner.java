package io.muster.jobqueue.command;

import java.nio.charset.StandardCharsets;

/**
 * Runs commands on this host, never through a shell, in this process's environment but with messages in English. A
 * command that takes too long is killed with all that it started; a result does not wait for what
 * a command left behind in the background.
 */
public final class LocalCommandRunner implements CommandRunner {
    /** Makes one; it holds nothing. */
    public LocalCommandRunner() {}

    @Override
    public CommandResult run(final Command command) {
        final TextSink output = new TextSink(CommandResult.MAX_CHARS);
        final TextSink errors = new TextSink(CommandResult.MAX_CHARS);
        final LocalProcess process = LocalProcess.start(command.words(), command.directory(), output, errors);
        process.feed(command.input().getBytes(StandardCharsets.UTF_8));
        return new CommandResult(process.await(command.timeout()), output.text(), errors.text());
    }

    @Override
    public String where() {
        return "this host";
    }

    @Override
    public void close() {}
}
