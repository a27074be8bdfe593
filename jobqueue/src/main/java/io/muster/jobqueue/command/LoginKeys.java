package io.muster.jobqueue.command;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.Identity;
import com.jcraft.jsch.IdentityRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SSHAgentConnector;
import io.muster.config.ConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Vector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The private keys to log in with: those given, then those of the agent, then the usual files. */
final class LoginKeys {
    private static final Logger LOG = LoggerFactory.getLogger(LoginKeys.class);
    private static final String AGENT = "SSH_AUTH_SOCK";

    private final List<Path> given;
    private final List<Path> usual;
    private final boolean agent;

    LoginKeys(final SshLogin.Keys keys) {
        this.given = keys.identities();
        this.usual = given.isEmpty() ? SshLogin.usual("id_ed25519", "id_ecdsa", "id_rsa") : List.of();
        this.agent = keys.agent() && System.getenv(AGENT) != null;
    }

    /** What is offered, for a message. */
    String offered() {
        final List<Path> files = given.isEmpty() ? usual : given;
        return (files.isEmpty() ? "no key file" : "key files " + files) + (agent ? ", the agent's keys" : ", no agent");
    }

    /** The keys as JSch wants them; nothing is ever added to the agent. */
    IdentityRepository repository() {
        final Vector<Identity> all = new Vector<>();
        given.forEach(file -> all.addAll(fromFile(file)));
        if (agent) {
            all.addAll(fromAgent());
        }
        usual.forEach(file -> all.addAll(fromFile(file)));
        return new Fixed(all);
    }

    private static List<Identity> fromFile(final Path file) {
        try {
            final JSch reader = new JSch();
            reader.addIdentity(file.toString());
            return reader.getIdentityRepository().getIdentities();
        } catch (final JSchException e) {
            throw new ConfigurationException(
                    "identity=" + file + " can't be read as a private key: " + e.getMessage(), e);
        }
    }

    private static List<Identity> fromAgent() {
        try {
            return new AgentIdentityRepository(new SSHAgentConnector()).getIdentities();
        } catch (final AgentProxyException e) {
            LOG.debug("no keys of the agent: {}", e.toString());
            return List.of();
        }
    }

    /** A list of keys that can't be changed. */
    private static final class Fixed implements IdentityRepository {
        private final Vector<Identity> all;

        Fixed(final Vector<Identity> all) {
            this.all = all;
        }

        @Override
        public String getName() {
            return "keys";
        }

        @Override
        public int getStatus() {
            return RUNNING;
        }

        @Override
        public Vector<Identity> getIdentities() {
            return new Vector<>(all);
        }

        @Override
        public boolean add(final byte[] identity) {
            return false;
        }

        @Override
        public boolean remove(final byte[] blob) {
            return false;
        }

        @Override
        public void removeAll() {}
    }
}
