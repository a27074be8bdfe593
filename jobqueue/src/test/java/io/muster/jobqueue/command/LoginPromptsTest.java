package io.muster.jobqueue.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LoginPromptsTest {
    private static final boolean[] HIDDEN = {false};

    private final List<String> questions = new ArrayList<>();

    @Test
    void aPasswordIsGivenOnceAndOverwritten() {
        final char[] secret = "secret".toCharArray();
        final LoginPrompts prompts = new LoginPrompts(new SshLogin.Prompts(() -> secret, null));
        assertThat(prompts.promptPassword("Password for me@host")).isTrue();
        assertThat(prompts.getPassword()).isEqualTo("secret");
        assertThat(secret).containsOnly(' ');
        assertThat(prompts.promptPassword("Password for me@host")).isFalse();
    }

    @Test
    void aCodeIsAskedForAndAPasswordIsNot() {
        final LoginPrompts prompts = new LoginPrompts(new SshLogin.Prompts("secret"::toCharArray, this::answer));
        assertThat(ask(prompts, "Password: ")).containsExactly("secret");
        assertThat(ask(prompts, "Code: ")).containsExactly("123456");
        assertThat(questions).containsExactly("Code:");
    }

    @Test
    void withoutAnybodyToAskNothingIsAnswered() {
        final LoginPrompts prompts = new LoginPrompts(new SshLogin.Prompts(null, null));
        assertThat(prompts.methods()).isEqualTo("publickey");
        assertThat(ask(prompts, "Code: ")).isNull();
        assertThat(prompts.promptPassphrase("Passphrase for key")).isFalse();
        assertThat(prompts.promptYesNo("Trust this host?")).isFalse();
    }

    private static String[] ask(final LoginPrompts prompts, final String question) {
        return prompts.promptKeyboardInteractive("me@host", "", "", new String[] {question}, HIDDEN);
    }

    private char[] answer(final String question) {
        questions.add(question);
        return "123456".toCharArray();
    }
}
