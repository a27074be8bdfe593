package io.muster.security;

import io.muster.MusterException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One end's sealing of datagram-sized records with AES-256-GCM, for links that TLS does not cover.
 *
 * <p>A sealed record is an 8-byte little-endian counter, the ciphertext and a 16-byte tag. The two ends share a 32-byte
 * key that no other session has ever used, and are constructed with opposite {@linkplain Direction directions}. Not
 * thread-safe.
 */
public final class RecordSeal {
    /** How many bytes a sealed record is longer than the plain one: {@value}. */
    public static final int OVERHEAD = 24;

    /** The length of the shared key in bytes: {@value}. */
    public static final int KEY_LENGTH = 32;

    private static final int COUNTER_LENGTH = 8;
    private static final int TAG_BITS = 128;
    private static final int NONCE_LENGTH = 12;
    private static final int RECORDS_PER_KEY_BITS = 24;
    private static final byte[] LABEL = "muster record 1".getBytes(StandardCharsets.US_ASCII);
    private static final VarHandle COUNTER =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /*
     * A nonce must never repeat under one key. Each direction has its own keys and its own counter, which only grows,
     * so the counter alone is the nonce. The upper bits of the counter number the key: after 2^24 records both ends
     * move to the next one, which keeps each key far below the bounds of AES-GCM (RFC 8446, section 5.5) in sessions
     * that last for weeks. The receiver has the next key ready, so that a forged counter costs one failed decryption
     * and changes nothing; a counter further ahead than that is refused, because 2^24 records in a row do not get
     * lost.
     */
    private final byte[] sharedKey;
    private final Direction sends;
    private final Direction receives;
    private final int recordsPerKeyBits;
    private final Cipher sealer;
    private final Cipher opener;
    private final byte[] nonce = new byte[NONCE_LENGTH];

    private long sent;
    private Key sealingKey;
    private long received;
    private long openingKeyNumber;
    private Key openingKey;
    private Key nextOpeningKey;

    /** Which way records travel. */
    public enum Direction {
        /** From the end that listens to the end that connected. */
        FROM_SCHEDULER,
        /** From the end that connected to the end that listens. */
        TO_SCHEDULER;

        private Direction opposite() {
            return this == FROM_SCHEDULER ? TO_SCHEDULER : FROM_SCHEDULER;
        }
    }

    /**
     * Creates one end of a link.
     *
     * @param key {@value #KEY_LENGTH} fresh random bytes that the two ends of this session share
     * @param sends the way that records sealed here travel; records opened here travel the other way
     * @throws IllegalArgumentException if the key has another length
     */
    public RecordSeal(byte[] key, Direction sends) {
        this(key, sends, RECORDS_PER_KEY_BITS);
    }

    RecordSeal(byte[] key, Direction sends, int recordsPerKeyBits) {
        if (key.length != KEY_LENGTH) {
            throw new IllegalArgumentException("key.length=" + key.length + " must be " + KEY_LENGTH);
        }
        this.sharedKey = key.clone();
        this.sends = sends;
        this.receives = sends.opposite();
        this.recordsPerKeyBits = recordsPerKeyBits;
        try {
            this.sealer = Cipher.getInstance("AES/GCM/NoPadding");
            this.opener = Cipher.getInstance("AES/GCM/NoPadding");
            this.sealingKey = derive(sharedKey, sends, 0);
            this.openingKey = derive(sharedKey, receives, 0);
            this.nextOpeningKey = derive(sharedKey, receives, 1);
        } catch (GeneralSecurityException e) {
            throw new MusterException("AES-256-GCM is not available in this JVM", e);
        }
    }

    /**
     * Seals one record.
     *
     * @param src holds the plain record
     * @param off where it begins
     * @param len its length in bytes, 0 or more
     * @param dst gets the sealed record; not the same array as {@code src}
     * @param dstOff where it begins there; {@code len + }{@value #OVERHEAD} bytes must follow
     * @return the sealed record's length, {@code len + }{@value #OVERHEAD}
     * @throws IndexOutOfBoundsException if a range does not fit its array
     */
    public int seal(byte[] src, int off, int len, byte[] dst, int dstOff) {
        Objects.checkFromIndexSize(off, len, src.length);
        Objects.checkFromIndexSize(dstOff, len + OVERHEAD, dst.length);
        long counter = ++sent;
        try {
            if ((counter & (1L << recordsPerKeyBits) - 1) == 0) {
                sealingKey = derive(sharedKey, sends, counter >>> recordsPerKeyBits);
            }
            sealer.init(Cipher.ENCRYPT_MODE, sealingKey, nonce(counter));
            COUNTER.set(dst, dstOff, counter);
            return COUNTER_LENGTH + sealer.doFinal(src, off, len, dst, dstOff + COUNTER_LENGTH);
        } catch (GeneralSecurityException e) {
            throw new MusterException("sealing a record failed: counter=" + counter + " length=" + len, e);
        }
    }

    /**
     * Opens one record, once.
     *
     * @param src holds the sealed record
     * @param off where it begins
     * @param len its length in bytes
     * @param dst gets the plain record; its content is undefined after -1; not the same array as {@code src}
     * @param dstOff where it begins there; {@code len - }{@value #OVERHEAD} bytes must follow
     * @return the plain record's length, or -1 if the record is forged, damaged, from another session, or not newer
     *     than all that were opened before
     * @throws IndexOutOfBoundsException if a range does not fit its array
     */
    public int open(byte[] src, int off, int len, byte[] dst, int dstOff) {
        Objects.checkFromIndexSize(off, len, src.length);
        if (len < OVERHEAD) {
            return -1;
        }
        Objects.checkFromIndexSize(dstOff, len - OVERHEAD, dst.length);
        long counter = (long) COUNTER.get(src, off);
        long keyNumber = counter >>> recordsPerKeyBits;
        if (counter <= received || keyNumber > openingKeyNumber + 1) {
            return -1;
        }
        try {
            boolean next = keyNumber > openingKeyNumber;
            opener.init(Cipher.DECRYPT_MODE, next ? nextOpeningKey : openingKey, nonce(counter));
            int length = opener.doFinal(src, off + COUNTER_LENGTH, len - COUNTER_LENGTH, dst, dstOff);
            if (next) {
                openingKey = nextOpeningKey;
                openingKeyNumber = keyNumber;
                nextOpeningKey = derive(sharedKey, receives, keyNumber + 1);
            }
            received = counter;
            return length;
        } catch (AEADBadTagException e) {
            return -1;
        } catch (GeneralSecurityException e) {
            throw new MusterException("opening a record failed: counter=" + counter + " length=" + len, e);
        }
    }

    private GCMParameterSpec nonce(long counter) {
        COUNTER.set(nonce, NONCE_LENGTH - COUNTER_LENGTH, counter);
        return new GCMParameterSpec(TAG_BITS, nonce);
    }

    private static Key derive(byte[] sharedKey, Direction direction, long keyNumber) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(sharedKey, "HmacSHA256"));
        mac.update(LABEL);
        mac.update((byte) direction.ordinal());
        byte[] number = new byte[COUNTER_LENGTH];
        COUNTER.set(number, 0, keyNumber);
        return new SecretKeySpec(mac.doFinal(number), "AES");
    }
}
