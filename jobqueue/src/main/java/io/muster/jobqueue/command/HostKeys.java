package io.muster.jobqueue.command;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.UserInfo;
import io.muster.config.ConfigurationException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of hosts that are trusted, never changed by us; remembers the one that it was asked about last. */
final class HostKeys implements HostKeyRepository {
    private static final Path SITE = Path.of("/etc/ssh/ssh_known_hosts");

    private final HostKeyRepository trusted;
    private final String file;
    private volatile String lastSeen = "of no known type";

    private HostKeys(final HostKeyRepository trusted, final String file) {
        this.trusted = trusted;
        this.file = file;
    }

    /**
     * Reads files.
     *
     * @param files in OpenSSH's format; none: the user's own and the site's
     * @throws ConfigurationException if one can't be read
     */
    static HostKeys of(final List<Path> files) {
        final List<Path> all = new ArrayList<>(files);
        if (files.isEmpty()) {
            all.addAll(SshLogin.usual("known_hosts"));
            if (Files.isReadable(SITE)) {
                all.add(SITE);
            }
        }
        final String name = files.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".ssh", "known_hosts")
                        .toString()
                : files.get(0).toString();
        try {
            final JSch jsch = new JSch();
            jsch.setKnownHosts(new ByteArrayInputStream(joined(all)));
            return new HostKeys(jsch.getHostKeyRepository(), name);
        } catch (final IOException | JSchException e) {
            throw new ConfigurationException("knownHosts=" + name + " can't be read: " + e.getMessage(), e);
        }
    }

    /** The key that the host showed: its type and fingerprint, as ssh prints them. */
    String lastSeen() {
        return lastSeen;
    }

    @Override
    public int check(final String host, final byte[] key) {
        lastSeen = type(key) + " " + fingerprint(key);
        return trusted.check(host, key);
    }

    @Override
    public void add(final HostKey hostkey, final UserInfo ui) {}

    @Override
    public void remove(final String host, final String type) {}

    @Override
    public void remove(final String host, final String type, final byte[] key) {}

    @Override
    public String getKnownHostsRepositoryID() {
        return file;
    }

    @Override
    public HostKey[] getHostKey() {
        return trusted.getHostKey();
    }

    @Override
    public HostKey[] getHostKey(final @Nullable String host, final @Nullable String type) {
        return trusted.getHostKey(host, type);
    }

    private static byte[] joined(final List<Path> files) throws IOException {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (final Path path : files) {
            all.write(Files.readAllBytes(path));
            all.write('\n');
        }
        return all.toByteArray();
    }

    private static String type(final byte[] key) {
        final int length =
                key.length < Integer.BYTES ? -1 : ByteBuffer.wrap(key).getInt();
        return length < 0 || length > key.length - Integer.BYTES
                ? "key"
                : new String(key, Integer.BYTES, length, StandardCharsets.US_ASCII);
    }

    private static String fingerprint(final byte[] key) {
        try {
            final byte[] hash = MessageDigest.getInstance("SHA-256").digest(key);
            return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
