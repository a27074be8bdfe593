package io.muster.system;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the nodes of the lab of {@code labs/slurm-hosts-up.sh} unreachable from this host, which stands for a laptop then: all but the login
 * host, whose addresses end with 10. Needs root; closing it restores what was.
 */
final class LoginOnly implements AutoCloseable {
    private static final int LAST_PART = 10;

    private final List<String> toLogin;
    private final List<String> toNodes;

    LoginOnly(final String login) throws IOException {
        if (!login.endsWith("." + LAST_PART)) {
            throw new IllegalArgumentException("login=" + login + " must end with ." + LAST_PART);
        }
        final String device = run(List.of("ip", "-o", "route", "get", login)).replaceAll("(?s).* dev (\\S+).*", "$1");
        toLogin = List.of(login + "/32", "dev", device);
        toNodes = List.of("unreachable", login.substring(0, login.lastIndexOf('.')) + ".0/25");
        close();
        change("add", toLogin);
        change("add", toNodes);
    }

    @Override
    public void close() throws IOException {
        change("del", toNodes);
        change("del", toLogin);
    }

    private static void change(final String what, final List<String> route) throws IOException {
        final List<String> words = new ArrayList<>(List.of("ip", "route", what));
        words.addAll(route);
        run(words);
    }

    private static String run(final List<String> words) throws IOException {
        try {
            return Site.here().run(words.toArray(String[]::new)).output();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in " + words, e);
        }
    }
}
