package io.muster.jobqueue;

import io.muster.MusterException;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A scheduler as a process on the login host, in a session of its own, so that it outlives terminal and program. */
final class SchedulerProcess implements SchedulerLife {
    private static final int LOG_BYTES = 16 * 1024;

    /** The shell gives the process its own session where the system can, and says its number. */
    private static final String BACKGROUND = "umask 077; log=$1; shift; unset LC_MESSAGES LC_TIME LC_NUMERIC; "
            + "if command -v setsid >/dev/null 2>&1; then setsid \"$@\" >\"$log\" 2>&1 </dev/null & "
            + "else nohup \"$@\" >\"$log\" 2>&1 </dev/null & fi; echo $!";

    private final Login login;
    private final String logFile;
    private final String pid;

    private SchedulerProcess(final Login login, final String logFile, final String pid) {
        this.login = login;
        this.logFile = logFile;
        this.pid = pid;
    }

    /** Starts one; the first word of the command is the program. */
    static SchedulerProcess start(final Login login, final List<String> command, final String logFile) {
        final List<String> words = new ArrayList<>(List.of("sh", "-c", BACKGROUND, "muster", logFile));
        words.addAll(command);
        final String pid = login.run(words).strip();
        if (!pid.matches("[0-9]+")) {
            throw new MusterException("starting the scheduler on "
                    + login.commands().where() + " gave no process id but: " + Shown.of(pid));
        }
        return new SchedulerProcess(login, logFile, pid);
    }

    @Override
    public String description() {
        return "scheduler process " + pid + " on " + login.commands().where();
    }

    @Override
    public String progress() {
        return "";
    }

    @Override
    public @Nullable String deathNotice() {
        return login.isRunning(pid) ? null : "it ended";
    }

    @Override
    public String log() {
        try {
            return login.commands()
                    .run(Command.of("tail", "-c", Integer.toString(LOG_BYTES), logFile))
                    .output();
        } catch (final CommandException e) {
            return "its log can't be read: " + e.getMessage();
        }
    }

    @Override
    public void kill() {
        login.commands().run(Command.of("kill", pid));
    }
}
