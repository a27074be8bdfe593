package io.muster.jobqueue.command;

import io.muster.jobqueue.command.CommandException.Cause;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What to say when logging in fails. What time may heal is {@link Cause#UNREACHABLE}; what it won't is
 * {@link Cause#FAILED}.
 */
final class LoginFailures {
    private final String where;
    private final SshLogin.Address address;
    private final String knownHosts;

    /**
     * Makes one.
     *
     * @param where the login as it was given
     * @param knownHosts the file that the login node's key should be in
     */
    LoginFailures(final String where, final SshLogin.Address address, final String knownHosts) {
        this.where = where;
        this.address = address;
        this.knownHosts = knownHosts;
    }

    CommandException unknownKey(final String key, final @Nullable Throwable cause) {
        return new CommandException(
                Cause.FAILED,
                "the host key of " + where + ", " + key + ", must be in knownHosts=" + knownHosts
                        + "; compare it with what the site publishes, and accept it by: ssh -o UserKnownHostsFile="
                        + knownHosts
                        + port(" -p ") + " " + address.host(),
                cause);
    }

    CommandException changedKey(final String key, final @Nullable Throwable cause) {
        return new CommandException(
                Cause.FAILED,
                "the host key of " + where + " has changed to " + key + ", which is not that in knownHosts="
                        + knownHosts
                        + ": somebody may be listening in. If the site says that this is its new key, run: ssh-keygen"
                        + " -R "
                        + entry() + " -f " + knownHosts + " and accept it by: ssh -o UserKnownHostsFile=" + knownHosts
                        + port(" -p ") + " " + address.host(),
                cause);
    }

    CommandException refused(final String methods, final String offered, final @Nullable Throwable cause) {
        return new CommandException(
                Cause.FAILED,
                where + " lets nobody in with what was offered: " + offered + "; it takes methods=" + methods
                        + ". Give a key (identity), load one into the agent (ssh-add), or give a password or answers",
                cause);
    }

    CommandException unreachable(final Throwable cause, final Duration timeout) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof UnknownHostException) {
                return unknownHost(cause);
            } else if (at instanceof NoRouteToHostException) {
                return noRoute(cause);
            } else if (at instanceof SocketTimeoutException) {
                return noAnswer(timeout, cause);
            } else if (at instanceof ConnectException) {
                return noServer(cause);
            }
        }
        return failed(String.valueOf(cause.getMessage()), cause);
    }

    CommandException unknownHost(final @Nullable Throwable cause) {
        return new CommandException(
                Cause.UNREACHABLE,
                "host=" + address.host() + " of " + where + " is not known; check its spelling and DNS",
                cause);
    }

    CommandException noRoute(final @Nullable Throwable cause) {
        return new CommandException(
                Cause.UNREACHABLE, "there is no route to " + where + "; check the network and VPN", cause);
    }

    CommandException noAnswer(final Duration timeout, final @Nullable Throwable cause) {
        return new CommandException(
                Cause.UNREACHABLE,
                where + " did not answer within timeout=" + timeout + "; check the network, VPN and firewall",
                cause);
    }

    CommandException noServer(final @Nullable Throwable cause) {
        return new CommandException(
                Cause.UNREACHABLE,
                where + " refuses the connection: nothing listens on port="
                        + (address.port() == null ? 22 : address.port()) + "; check host and port",
                cause);
    }

    CommandException failed(final String said, final @Nullable Throwable cause) {
        return new CommandException(Cause.UNREACHABLE, "no connection to " + where + ": " + said, cause);
    }

    private String port(final String before) {
        return address.port() == null ? "" : before + address.port();
    }

    private String entry() {
        return address.port() == null ? address.host() : "'[" + address.host() + "]:" + address.port() + "'";
    }
}
