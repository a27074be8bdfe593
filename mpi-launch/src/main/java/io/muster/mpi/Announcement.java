package io.muster.mpi;

import io.muster.MusterException;
import io.muster.security.Identity;
import io.muster.security.SchedulerFile;
import io.muster.security.Secret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What the scheduler's rank tells the others: a scheduler file in few bytes, or why there is no scheduler. */
final class Announcement {
    /** The most bytes that it has: {@value}. */
    static final int MAX_BYTES = 700;

    private static final int VERSION = 1;
    private static final int SCHEDULER = 1;
    private static final int FAILURE = 2;
    private static final int MAX_FAILURE = 600;
    private static final int MAX_NAME = 64;
    private static final int MAX_WORD = 32;

    private Announcement() {}

    /** The addresses that do not fit are left out, the last ones first. */
    static byte[] of(final SchedulerFile file) {
        List<String> addresses = file.addresses();
        byte[] bytes = encoded(file, addresses);
        while (bytes.length > MAX_BYTES && !addresses.isEmpty()) {
            addresses = addresses.subList(0, addresses.size() - 1);
            bytes = encoded(file, addresses);
        }
        if (bytes.length > MAX_BYTES) {
            throw new MpiLaunchException(
                    "the scheduler's announcement has bytes=" + bytes.length + " and must have <= " + MAX_BYTES
                            + ": its address=" + file.address() + " is too long, set scheduler.host",
                    null);
        }
        return bytes;
    }

    static byte[] failure(final String message) {
        return bytes(out -> {
            out.writeByte(FAILURE);
            out.writeUTF(ascii(message, MAX_FAILURE));
        });
    }

    /**
     * What {@link #of} wrote.
     *
     * @throws MpiLaunchException if it is a failure, of another version, or damaged
     */
    static SchedulerFile read(final byte[] bytes, final int schedulerRank) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            final int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new MpiLaunchException(
                        "rank " + schedulerRank + " announces a scheduler in version=" + version
                                + ", this rank reads version=" + VERSION
                                + ": have all ranks use the same Muster",
                        null);
            }
            if (in.readUnsignedByte() == FAILURE) {
                throw new MpiLaunchException(
                        "the scheduler on rank " + schedulerRank + " did not start: " + in.readUTF(), null);
            }
            return decoded(in);
        } catch (final IOException | MusterException e) {
            if (e instanceof MpiLaunchException known) {
                throw known;
            }
            throw new MpiLaunchException(
                    "what rank " + schedulerRank + " announced can't be read, bytes=" + bytes.length
                            + ": have all ranks use the same Muster",
                    e);
        }
    }

    private static byte[] encoded(final SchedulerFile file, final List<String> addresses) {
        return bytes(out -> {
            out.writeByte(SCHEDULER);
            out.writeUTF(file.clusterId());
            out.writeLong(file.epoch());
            out.write(file.fingerprintBytes());
            out.write(HexFormat.of().parseHex(file.secret().toHex()));
            out.writeLong(file.pid());
            out.writeUTF(ascii(file.host(), MAX_NAME));
            out.writeUTF(ascii(file.user(), MAX_WORD));
            out.writeLong(file.started().toEpochMilli());
            out.writeUTF(ascii(file.musterVersion(), MAX_WORD));
            out.writeUTF(file.address());
            out.writeByte(addresses.size());
            for (final String address : addresses) {
                out.writeUTF(address);
            }
        });
    }

    private static SchedulerFile decoded(final DataInputStream in) throws IOException {
        final String clusterId = in.readUTF();
        final long epoch = in.readLong();
        final String fingerprint = hex(in, Identity.FINGERPRINT_LENGTH);
        final Secret secret = Secret.fromHex(hex(in, Secret.LENGTH));
        final long pid = in.readLong();
        final String host = in.readUTF();
        final String user = in.readUTF();
        final Instant started = Instant.ofEpochMilli(in.readLong());
        final String version = in.readUTF();
        final String address = in.readUTF();
        final List<String> addresses = new ArrayList<>();
        for (int i = in.readUnsignedByte(); i > 0; i--) {
            addresses.add(in.readUTF());
        }
        return new SchedulerFile(
                clusterId,
                epoch,
                address,
                addresses.isEmpty() ? List.of(address) : addresses,
                fingerprint,
                secret,
                pid,
                host,
                user,
                started,
                version);
    }

    private static String hex(final DataInputStream in, final int length) throws IOException {
        final byte[] bytes = new byte[length];
        in.readFully(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] bytes(final Content content) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            content.write(out);
        } catch (final IOException e) {
            throw new MpiLaunchException("the scheduler's announcement can't be written", e);
        }
        return bytes.toByteArray();
    }

    /** One byte for each character, whatever the text. */
    private static String ascii(final String text, final int most) {
        return text.substring(0, Math.min(most, text.length())).replaceAll("[^\\x20-\\x7e]", "?");
    }

    @FunctionalInterface
    private interface Content {
        void write(DataOutputStream out) throws IOException;
    }
}
