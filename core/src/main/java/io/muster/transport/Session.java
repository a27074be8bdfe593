package io.muster.transport;

import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.protocol.ParkedDecoder;
import io.muster.protocol.ParkedEncoder;
import org.jspecify.annotations.Nullable;

/**
 * An authenticated conversation with one peer: a lifeline always, and a faster {@link Link} for the messages where there is one. Used
 * by one thread at a time, that of its {@link EventLoop} or one that stands in for it.
 */
public final class Session implements AutoCloseable {
    /*
     * The doorbell. A loop that finds nothing to do blocks on its lifelines, where bytes on a faster link do not wake it. So before it
     * blocks it tells each peer that believes it awake: PARKED(bytes of your stream that I have consumed), and then polls all links
     * once more. A peer that sends to one it believes parked rings: four zero bytes on the lifeline; from then on it believes the other
     * awake and rings no more. A PARKED that arrives when more was sent than it admits to is answered with a ring at once. No wake-up is
     * lost: on an instant link (shared memory), where PARKED goes in the stream, either the last poll sees the message, or the
     * message was sent after that poll, and then the sender's own last poll sees the PARKED and rings. On other links PARKED goes over the
     * lifeline and wakes the peer, which compares. Upkeep in the stream (PARKED, heartbeats) does not count as sent, as
     * nobody has to wake for it.
     */
    private static final int MAX_MESSAGE_BYTES = 1 << 30;

    private final Lifeline lifeline;
    private final Inbox lifelineInbox;
    private final Inbox linkInbox;
    private final MessageHandler handler;
    private final Outbox upkeep = new Outbox();
    private final Outbox out = new Outbox();
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final MessageHeaderDecoder headerDecoder = new MessageHeaderDecoder();
    private final ParkedEncoder parkedEncoder = new ParkedEncoder();
    private final ParkedDecoder parkedDecoder = new ParkedDecoder();
    private @Nullable Link link;
    private long sent;
    private long sentForAwake;
    private boolean peerParked = true;
    private boolean saidParked = true;
    private volatile boolean readable = true;
    private boolean closed;
    private String closeReason = "";

    /**
     * Makes a session whose messages go over the lifeline until {@link #attach}.
     *
     * @param tls the lifeline, authenticated
     * @param handler takes the messages of the peer
     */
    public Session(final TlsChannel tls, final MessageHandler handler) {
        this.lifeline = new Lifeline(tls);
        this.handler = handler;
        this.lifelineInbox = new Inbox(MAX_MESSAGE_BYTES, this::onMessage, this::onRing);
        this.linkInbox = new Inbox(MAX_MESSAGE_BYTES, this::onMessage, this::onRing);
    }

    /**
     * From now on messages go over this link; those that wait go over it too.
     *
     * @param faster a connected link
     */
    public void attach(final Link faster) {
        this.link = faster;
        sent = 0;
        sentForAwake = 0;
    }

    /**
     * Where to put messages for the peer; {@link #flush} sends them.
     *
     * @return the outbox
     */
    public Outbox out() {
        return out;
    }

    /**
     * Where to put messages that must go over the lifeline whatever carries the others.
     *
     * @return the lifeline's outbox
     */
    public Outbox lifelineOut() {
        return link == null ? out : upkeep;
    }

    /**
     * Handles what has arrived.
     *
     * @return how many bytes
     */
    public int poll() {
        if (closed) {
            return 0;
        }
        int bytes = 0;
        if (link != null) {
            final int polled = link.poll(linkInbox);
            if (polled < 0) {
                end("the peer's end of the " + link + " link is gone");
            } else {
                bytes += polled;
            }
        }
        if (readable && !closed) {
            final int read = lifeline.read(lifelineInbox);
            readable = lifeline.mayHaveMore();
            if (read > 0) {
                bytes += read;
            }
            if (lifeline.isClosed()) {
                bytes += drainLink();
                end("the connection ended");
            }
        }
        return bytes;
    }

    /**
     * Sends what waits, and rings the bell where that is due.
     *
     * @return how many bytes went
     */
    public int flush() {
        if (closed) {
            return 0;
        }
        int bytes = 0;
        if (out.size() > 0) {
            bytes = out.sendTo(link == null ? lifeline : link);
            if (bytes < 0) {
                end("the connection ended while sending");
                return 0;
            }
            if (bytes > 0) {
                sent += bytes;
                sentForAwake = sent;
                if (link != null && link.needsBell() && peerParked) {
                    ring();
                }
            }
        }
        if (upkeep.size() > 0 && upkeep.sendTo(lifeline) < 0) {
            end("the connection ended while sending");
        }
        return bytes;
    }

    /**
     * Sends what waits without waking the peer, which finds it when it next looks: for what has no hurry.
     *
     * @return how many bytes went
     */
    public int flushQuietly() {
        if (closed || link == null || !link.needsBell()) {
            return flush();
        }
        final int bytes = out.sendTo(link);
        if (bytes < 0) {
            end("the connection ended while sending");
            return 0;
        }
        sent += bytes;
        return bytes;
    }

    /**
     * Tells the peer that this side is about to block, if it has to know.
     *
     * @return false when that can't be sent now, so that this side must not block for long
     */
    public boolean prepareToPark() {
        if (closed || link == null || !link.needsBell() || saidParked) {
            return true;
        }
        final boolean inStream = link.isInstant();
        if (inStream && out.size() > 0) {
            return false;
        }
        final Outbox box = inStream ? out : upkeep;
        parkedEncoder.wrapAndApplyHeader(box.begin(64), 0, headerEncoder).consumed(linkInbox.consumed());
        box.end(MessageHeaderEncoder.ENCODED_LENGTH + parkedEncoder.encodedLength());
        final int bytes = box.sendTo(inStream ? link : lifeline);
        if (bytes < 0) {
            end("the connection ended while sending");
            return true;
        }
        if (inStream) {
            sent += bytes;
        }
        saidParked = box.size() == 0;
        return saidParked;
    }

    /**
     * Whether all that the peer sends, but for what has no hurry, wakes this side without the link being driven meanwhile.
     *
     * @return false while a link is attached that needs to be driven, as one over a network that loses some
     */
    public boolean wakesByItself() {
        return link == null || link.isInstant();
    }

    /**
     * Whether the socket has to be writable before more can be sent.
     *
     * @return true while ciphertext waits
     */
    public boolean wantsWrite() {
        return lifeline.wantsWrite() || !closed && link == null && out.size() > 0;
    }

    /**
     * Whether the conversation is over.
     *
     * @return true once either side ended it
     */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Why it is over.
     *
     * @return the reason, for people; empty while it is not
     */
    public String closeReason() {
        return closeReason;
    }

    /**
     * The lifeline's channel.
     *
     * @return for registration with a selector
     */
    public java.nio.channels.SocketChannel socket() {
        return lifeline.tls().socket();
    }

    /**
     * Ends the conversation.
     *
     * @param reason why
     */
    public void end(final String reason) {
        if (!closed) {
            closed = true;
            closeReason = reason;
            lifeline.close();
            if (link != null) {
                link.close();
            }
        }
    }

    @Override
    public void close() {
        end("closed");
    }

    /** The socket has bytes to read. */
    void markReadable() {
        readable = true;
    }

    private int drainLink() {
        int bytes = 0;
        while (link != null) {
            final int polled = link.poll(linkInbox);
            if (polled <= 0) {
                break;
            }
            bytes += polled;
        }
        return bytes;
    }

    private void onMessage(final int templateId, final ArrayBuffer message) {
        if (templateId == ParkedDecoder.TEMPLATE_ID) {
            parkedDecoder.wrapAndApplyHeader(message, 0, headerDecoder);
            if (parkedDecoder.consumed() < sentForAwake) {
                ring();
            } else {
                peerParked = true;
            }
        } else {
            handler.onMessage(templateId, message);
        }
    }

    private void onRing() {
        saidParked = false;
    }

    private void ring() {
        upkeep.ring();
        peerParked = false;
        if (upkeep.sendTo(lifeline) < 0) {
            end("the connection ended while sending");
        }
    }
}
