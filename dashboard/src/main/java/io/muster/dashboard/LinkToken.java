package io.muster.dashboard;

import io.muster.MusterException;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.security.PrivateFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes what the link of a dashboard carries: the same for each scheduler that is started by one scheduler file, so that open pages go on. */
final class LinkToken {
    /*
     * A scheduler's secret and certificate are new with each start, and its file is gone after an orderly end. So the token is computed from
     * the path of that file and a key that the user has for all dashboards. Who knows one token learns nothing about the others.
     */
    private static final Logger LOG = LoggerFactory.getLogger(LinkToken.class);
    private static final String KEY = "key of dashboards";
    private static final String HMAC = "HmacSHA256";
    private static final int BYTES = 32;

    private LinkToken() {}

    /**
     * The token of a scheduler's dashboard.
     *
     * @param settings those of the scheduler
     * @param home the user's folder
     * @return 256 bits as text for a URL; new ones where there is no scheduler file, or no way to keep a key
     */
    static String of(final Settings settings, final Path home) {
        final String file = settings.get(Options.SCHEDULER_FILE);
        byte[] token = random();
        if (!file.isEmpty()) {
            try {
                token = mac(
                        key(home.resolve(".muster").resolve("dashboard")),
                        Path.of(file).toAbsolutePath().normalize());
            } catch (final MusterException e) {
                LOG.info("the dashboard's link is another one with each start of the scheduler: {}", e.getMessage());
            }
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    private static byte[] key(final Path folder) {
        final Path file = PrivateFiles.ensurePrivateDirectory(folder).resolve("key");
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            PrivateFiles.write(file, KEY, random());
        }
        final byte[] key = PrivateFiles.read(file, KEY);
        if (key.length != BYTES) {
            throw new MusterException(KEY + "=" + file + " has bytes=" + key.length + ", required are " + BYTES
                    + "; remove it, and another one is made");
        }
        return key;
    }

    private static byte[] mac(final byte[] key, final Path schedulerFile) {
        try {
            final Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(schedulerFile.toString().getBytes(StandardCharsets.UTF_8));
        } catch (final GeneralSecurityException e) {
            throw new MusterException("this Java has no " + HMAC, e);
        }
    }

    private static byte[] random() {
        final byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
