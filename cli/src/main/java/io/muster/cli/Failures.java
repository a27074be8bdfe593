package io.muster.cli;

import io.muster.MusterException;
import io.muster.config.ConfigurationException;
import java.io.PrintWriter;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into a line for people and an exit code for programs. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final BooleanSupplier verbose;

    Failures(final BooleanSupplier verbose) {
        this.verbose = verbose;
    }

    @Override
    public int handleParseException(final ParameterException failure, final String[] arguments) {
        final CommandLine command = failure.getCommandLine();
        final String name = command.getCommandSpec().qualifiedName();
        report(command, name + ": " + text(failure) + " Try '" + name + " --help'.", failure);
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(
            final Exception failure, final CommandLine command, final @Nullable ParseResult parsed) {
        final Throwable cause = unwrapped(failure);
        if (Shutdown.hasBegun()) {
            return ExitCode.SOFTWARE;
        }
        final String name = command.getCommandSpec().qualifiedName();
        if (cause instanceof ConfigurationException) {
            messageOf(cause).lines().forEach(line -> command.getErr().println(name + ": " + line));
            printTrace(command, cause);
            return ExitCode.USAGE;
        }
        final String text = cause instanceof MusterException ? messageOf(cause) : "unexpected failure: " + cause;
        report(command, name + ": " + oneLine(text) + (verbose.getAsBoolean() ? "" : " (--verbose shows more)"), cause);
        return ExitCode.SOFTWARE;
    }

    private void report(final CommandLine command, final String line, final Throwable failure) {
        command.getErr().println(line);
        printTrace(command, failure);
    }

    private void printTrace(final CommandLine command, final Throwable failure) {
        final PrintWriter err = command.getErr();
        if (verbose.getAsBoolean()) {
            failure.printStackTrace(err);
        }
        err.flush();
    }

    private static String text(final ParameterException failure) {
        String text = messageOf(failure);
        if (failure instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            text += ", did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?";
        }
        final String line = oneLine(text);
        return line.endsWith(".") || line.endsWith("?") ? line : line + ".";
    }

    private static String oneLine(final String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " / ");
    }

    private static String messageOf(final Throwable failure) {
        final String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    private static Throwable unwrapped(final Throwable failure) {
        final Throwable cause = failure.getCause();
        final boolean wraps = failure instanceof CompletionException || failure instanceof ExecutionException;
        return wraps && cause != null ? unwrapped(cause) : failure;
    }
}
