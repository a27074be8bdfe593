package io.muster.jobqueue.command;

import com.jcraft.jsch.UIKeyboardInteractive;
import com.jcraft.jsch.UserInfo;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers what is asked while logging in once; a wrong password is not tried again. */
final class LoginPrompts implements UserInfo, UIKeyboardInteractive {
    private final @Nullable Supplier<char[]> password;
    private final @Nullable Function<String, char[]> answers;
    private boolean passwordGiven;
    private String answer = "";

    LoginPrompts(final SshLogin.Prompts prompts) {
        this.password = prompts.password();
        this.answers = prompts.answers();
    }

    /** The methods of authentication that there is something for, best first. */
    String methods() {
        final boolean both = password != null || answers != null;
        return both ? "publickey,keyboard-interactive,password" : "publickey";
    }

    /** What was offered besides keys, for a message. */
    String offered() {
        return (password == null ? "" : ", a password") + (answers == null ? "" : ", answers to questions");
    }

    @Override
    public boolean promptPassword(final String message) {
        return give(message, true);
    }

    @Override
    public boolean promptPassphrase(final String message) {
        return give(message, false);
    }

    @Override
    public String getPassword() {
        return answer;
    }

    @Override
    public String getPassphrase() {
        return answer;
    }

    @Override
    public boolean promptYesNo(final String message) {
        return false;
    }

    @Override
    public void showMessage(final String message) {}

    @Override
    public String @Nullable [] promptKeyboardInteractive(
            final String destination,
            final String name,
            final String instruction,
            final String[] questions,
            final boolean[] echo) {
        final String[] given = new String[questions.length];
        for (int i = 0; i < questions.length; i++) {
            final boolean asksForPassword =
                    !echo[i] && questions[i].toLowerCase(Locale.ROOT).contains("password");
            if (!give((instruction + "\n" + questions[i]).strip(), asksForPassword)) {
                return null;
            }
            given[i] = answer;
        }
        return given;
    }

    private boolean give(final String question, final boolean asksForPassword) {
        char @Nullable [] secret = null;
        if (asksForPassword && password != null) {
            secret = passwordGiven ? null : password.get();
            passwordGiven = true;
        } else if (answers != null) {
            secret = answers.apply(question);
        }
        if (secret == null) {
            return false;
        }
        answer = new String(secret);
        Arrays.fill(secret, ' ');
        return true;
    }
}
