package io.muster.jobqueue.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the {@code ssh} binary says, with {@code -v}, when it can't connect, and what that means. */
final class BinaryFailures {
    private static final Pattern HOST_KEY = Pattern.compile("(?m)^debug1: Server host key: (\\S+ \\S+)");
    private static final Pattern METHODS = Pattern.compile("Permission denied \\(([^)]*)\\)");
    private static final Pattern OFFERED = Pattern.compile("(?m)^debug1: Offering public key: (\\S+)");

    private final LoginFailures failures;
    private final Duration timeout;

    BinaryFailures(final LoginFailures failures, final Duration timeout) {
        this.failures = failures;
        this.timeout = timeout;
    }

    CommandException noAnswer() {
        return failures.noAnswer(timeout, null);
    }

    CommandException of(final String talk) {
        final String key = last(HOST_KEY, talk, "of unknown type");
        if (talk.contains("IDENTIFICATION HAS CHANGED") || talk.contains("REVOKED HOST KEY")) {
            return failures.changedKey(key, null);
        } else if (talk.contains("Host key verification failed") || talk.contains("host key is known for")) {
            return failures.unknownKey(key, null);
        } else if (talk.contains("Permission denied (") || talk.contains("Too many authentication failures")) {
            return failures.refused(last(METHODS, talk, "unknown"), offered(talk), null);
        } else if (talk.contains("Could not resolve hostname")) {
            return failures.unknownHost(null);
        } else if (talk.contains("No route to host") || talk.contains("Network is unreachable")) {
            return failures.noRoute(null);
        } else if (talk.contains("Connection refused")) {
            return failures.noServer(null);
        } else if (talk.contains("timed out")) {
            return noAnswer();
        }
        return failures.failed(withoutDebug(talk), null);
    }

    private static String offered(final String talk) {
        final List<String> keys = new ArrayList<>();
        final Matcher match = OFFERED.matcher(talk);
        while (match.find()) {
            keys.add(match.group(1));
        }
        return keys.isEmpty() ? "no key" : "keys " + keys;
    }

    private static String last(final Pattern pattern, final String talk, final String otherwise) {
        final Matcher match = pattern.matcher(talk);
        String found = otherwise;
        while (match.find()) {
            found = match.group(1);
        }
        return found;
    }

    private static String withoutDebug(final String talk) {
        return talk.lines()
                .filter(line -> !line.startsWith("debug1: ") && !line.startsWith("OpenSSH_"))
                .collect(Collectors.joining("; "));
    }
}
