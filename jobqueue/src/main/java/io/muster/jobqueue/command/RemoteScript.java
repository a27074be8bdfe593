package io.muster.jobqueue.command;

import io.muster.jobqueue.Shell;
import io.muster.security.RandomName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One command as SSH can run it.
 *
 * <p>SSH passes a line to the user's login shell, whatever that is, and says little about what became of it. So the
 * line is always the same: it starts a POSIX shell, which writes a mark on both streams (what start-up files print
 * comes before it and is dropped) and reads a script from its input. The script starts the command, feeds it, and
 * writes another mark on both streams when it has ended (what is left in the background may hold the streams open for
 * longer). The input stays open until then: its end means that the connection is lost or the command given up, and the
 * command is killed. Nothing starts before the whole script is there, so a connection that is lost before it was sent
 * has done nothing.
 */
final class RemoteScript {
    /** What follows the mark when the shell is ready. */
    static final String READY = "ready";

    /** What follows the mark when there is no such program. */
    static final String NO_PROGRAM = "no-program";

    /** What follows the mark when there is no such folder. */
    static final String NO_DIRECTORY = "no-directory";

    private static final int TOKEN_BYTES = 16;

    private final String mark;
    private final Command command;

    RemoteScript(final Command command) {
        this.mark = "muster-" + RandomName.hex(TOKEN_BYTES) + ":";
        this.command = command;
    }

    /** What marks Muster's words in the streams; a word and a semicolon follow. */
    String mark() {
        return mark;
    }

    /**
     * The line for the login shell: single quotes without a quote, backslash or exclamation mark in them mean the same
     * to all.
     */
    String line() {
        final String ready = "printf " + mark + "\"%s;\" " + READY;
        final String script = "IFS= read -r n && s=$(head -c \"$n\")";
        final String whole = "case $s in *\"" + mark + "go\") eval \"$s\";; esac";
        return "exec /bin/sh -c '" + ready + "; " + ready + " >&2; " + script + " && " + whole + "'";
    }

    /** What the shell reads: the length of the script, the script, and what the command reads. */
    byte[] input() {
        final byte[] read = command.input().getBytes(StandardCharsets.UTF_8);
        final byte[] script = script(read.length).getBytes(StandardCharsets.UTF_8);
        final byte[] length = (script.length + "\n").getBytes(StandardCharsets.US_ASCII);
        final byte[] all = new byte[length.length + script.length + read.length];
        System.arraycopy(length, 0, all, 0, length.length);
        System.arraycopy(script, 0, all, length.length, script.length);
        System.arraycopy(read, 0, all, length.length + script.length, read.length);
        return all;
    }

    /** How many bytes of {@link #input()} must arrive before anything starts. */
    int startsAfter() {
        return input().length - command.input().getBytes(StandardCharsets.UTF_8).length;
    }

    private String script(final int inputLength) {
        final List<String> lines = new ArrayList<>();
        lines.add("end() { printf '%s%s;' " + mark + " \"$1\"; printf '%s%s;' " + mark + " \"$1\" >&2; exit 0; }");
        lines.add("[ -z \"${LC_ALL:-}\" ] || { LC_CTYPE=$LC_ALL; export LC_CTYPE; }");
        lines.add("unset LC_ALL LANGUAGE; LC_MESSAGES=C LC_TIME=C LC_NUMERIC=C; export LC_MESSAGES LC_TIME LC_NUMERIC");
        if (command.directory() != null) {
            lines.add("CDPATH= cd -- " + Shell.quote(command.directory()) + " 2>/dev/null || end " + NO_DIRECTORY);
        }
        lines.add("set -- " + command.words().stream().map(Shell::quote).collect(Collectors.joining(" ")));
        lines.add("command -v \"$1\" >/dev/null 2>&1 || end " + NO_PROGRAM);
        lines.add("command -v timeout >/dev/null 2>&1 && set -- timeout -k 2 " + limit(command.timeout()) + " \"$@\"");
        lines.add("feed() { head -c " + inputLength + " <&3; exec >/dev/null; cat <&3; kill -TERM $$; }");
        lines.add("run() { exec 4<&0; trap 'kill -TERM $!; exit 1' TERM; \"$@\" <&4 3<&- 4<&- & wait $!; end $?; }");
        lines.add("exec 3<&0");
        lines.add("trap 'kill -TERM $! 2>/dev/null; exit 1' TERM");
        lines.add("feed 2>/dev/null | run \"$@\" &");
        lines.add("wait $!");
        lines.add("# " + mark + "go");
        return String.join("\n", lines);
    }

    private static long limit(final Duration timeout) {
        return timeout.plusSeconds(1).toSeconds() + 1;
    }
}
