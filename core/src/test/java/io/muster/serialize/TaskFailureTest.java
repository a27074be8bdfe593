package io.muster.serialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TaskFailureTest {
    private static final Serializer SERIALIZER = Serializer.standard();

    @Test
    void everythingAboutAFailureCrossesTheWire() {
        Exception thrown = new IllegalStateException("outer", new IllegalArgumentException("inner"));
        TaskFailure read = overTheWire(thrown);
        assertThat(read.className()).isEqualTo("java.lang.IllegalStateException");
        assertThat(read.message()).isEqualTo("outer");
        assertThat(read.causes()).containsExactly(new TaskFailure.Cause("java.lang.IllegalArgumentException", "inner"));
        assertThat(read.key()).isEqualTo("sum-1");
        assertThat(read.worker()).isEqualTo("w-0");
        assertThat(read.attempt()).isEqualTo(2);
        assertThat(read.stackTrace()).isEqualTo(printed(thrown));
        assertThat(read)
                .hasToString("task sum-1 failed on worker w-0, attempt 2: java.lang.IllegalStateException: outer");
    }

    @Test
    void theOriginalExceptionComesBackIfItsClassIsHere() {
        Throwable cause = overTheWire(new Custom("text", 5)).toCause(SERIALIZER);
        assertThat(cause).isInstanceOf(Custom.class).hasMessage("text");
        assertThat(((Custom) cause).code).isEqualTo(5);
        assertThat(cause.getStackTrace()[0].getMethodName()).isEqualTo("theOriginalExceptionComesBackIfItsClassIsHere");
    }

    @Test
    void aClassThatIsNotHereGivesAStandInThatPrintsLikeTheOriginal() {
        Exception thrown = new Custom("text", 5);
        thrown.initCause(new IllegalArgumentException("inner", new Error()));
        byte[] bytes = TaskFailure.of(thrown, "k", "w", 1, SERIALIZER).toBytes();
        Serializer refusing = new Serializer(() -> null, "!io.muster.**");
        Throwable cause = TaskFailure.fromBytes(bytes).toCause(refusing);
        assertThat(cause).isInstanceOf(RemoteExceptionStandIn.class).hasMessage("text");
        assertThat(((RemoteExceptionStandIn) cause).className()).isEqualTo(Custom.class.getName());
        assertThat(cause.getStackTrace()[0].getMethodName()).startsWith("aClassThatIsNotHere");
        assertThat(cause.getStackTrace()[0].getLineNumber()).isEqualTo(thrown.getStackTrace()[0].getLineNumber());
        assertThat(cause.getCause()).hasToString("java.lang.IllegalArgumentException: inner");
        assertThat(cause.getCause().getCause()).hasToString("java.lang.Error").hasNoCause();
        assertThat(cause.getCause().getStackTrace()).isNotEmpty();
        assertThat(printed(cause).lines().findFirst()).contains(Custom.class.getName() + ": text");
    }

    @Test
    void anExceptionThatFailsInItsOwnMethodsStillCrosses() {
        TaskFailure read = overTheWire(new Hostile());
        assertThat(read.className()).isEqualTo(Hostile.class.getName());
        assertThat(read.message()).contains("getMessage failed");
        assertThat(read.stackTrace()).contains("anExceptionThatFailsInItsOwnMethodsStillCrosses");
        assertThat(read.toCause(SERIALIZER)).isInstanceOf(RemoteExceptionStandIn.class);
    }

    @Test
    void anExceptionThatCannotBeSerializedStillCrosses() {
        Exception thrown = new Exception("with baggage") {
            private static final long serialVersionUID = 1L;

            @SuppressWarnings("serial")
            private final Object baggage = new Object();

            @Override
            public String toString() {
                return super.toString() + baggage.hashCode();
            }
        };
        assertThat(overTheWire(thrown).toCause(SERIALIZER))
                .isInstanceOf(RemoteExceptionStandIn.class)
                .hasMessage("with baggage");
    }

    @Test
    void causesThatGoInACircleEnd() {
        Exception first = new Exception("first");
        Exception second = new Exception("second", first);
        first.initCause(second);
        assertThat(overTheWire(first).causes()).containsExactly(new TaskFailure.Cause("java.lang.Exception", "second"));
    }

    @Test
    void aLongChainOfCausesIsCut() {
        Throwable chain = new Exception("0");
        for (int i = 1; i < 5000; i++) {
            chain = new Exception("" + i, chain);
        }
        assertThat(overTheWire(chain).causes()).hasSize(16);
    }

    @Test
    void longTextsAreCutAndSaySo() {
        TaskFailure read = overTheWire(new Exception("漢".repeat(1_000_000)));
        assertThat(read.message()).hasSizeLessThan(17_000).endsWith("more characters)");
        assertThat(read.stackTrace()).hasSizeLessThanOrEqualTo(64 * 1024);
        assertThat(read.toBytes()).hasSizeLessThan(400 * 1024);
        assertThat(read.toCause(SERIALIZER)).isInstanceOf(RemoteExceptionStandIn.class);
    }

    @Test
    void aMissingMessageStaysMissing() {
        assertThat(overTheWire(new Exception()).message()).isNull();
    }

    @Test
    void aFailureCutShortIsRefusedAtEveryLength() {
        byte[] bytes =
                TaskFailure.of(new Custom("t", 1), "k", "w", 1, SERIALIZER).toBytes();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> TaskFailure.fromBytes(cut)).isInstanceOf(SerializationException.class);
        }
        assertThatThrownBy(() -> TaskFailure.fromBytes(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("follow its end");
    }

    @Test
    void aDamagedFailureIsReadOrRefused() {
        byte[] bytes =
                TaskFailure.of(new Custom("t", 1), "k", "w", 1, SERIALIZER).toBytes();
        Random random = new Random(11);
        for (int i = 0; i < 3000; i++) {
            byte[] damaged = bytes.clone();
            damaged[random.nextInt(bytes.length)] = (byte) random.nextInt();
            try {
                assertThat(TaskFailure.fromBytes(damaged).toCause(SERIALIZER)).isNotNull();
            } catch (SerializationException e) {
                assertThat(e).hasMessageContaining("task failure");
            }
        }
    }

    @Test
    void anotherVersionIsNamed() {
        assertThatThrownBy(() -> TaskFailure.fromBytes(new byte[] {9, 0, 0, 0, 0}))
                .hasMessageContaining("version=9")
                .hasMessageContaining("version=1");
    }

    @Test
    void aStackTraceInAnotherFormIsToleratedAsFarAsItGoes() {
        String text =
                "a.B: m\n\tat app//x.mod@1/a.B.run(B.java:12)\n\tat a.C.<init>(Native Method)\n\tat ???\nCaused by: q"
                        + "\n\tat a.D$1.lambda$x$0(Unknown Source)\n\t... 3 more\n";
        StackTraceElement[] frames = RemoteStackTrace.parse(text).get(0);
        assertThat(frames).hasSize(2);
        assertThat(frames[0]).isEqualTo(new StackTraceElement("a.B", "run", "B.java", 12));
        assertThat(frames[1].isNativeMethod()).isTrue();
        assertThat(RemoteStackTrace.parse(text).get(1)[0].getMethodName()).isEqualTo("lambda$x$0");
        assertThat(RemoteStackTrace.parse("\tat " + "a/".repeat(100_000)).get(0))
                .isEmpty();
    }

    private static TaskFailure overTheWire(Throwable thrown) {
        byte[] bytes = TaskFailure.of(thrown, "sum-1", "w-0", 2, SERIALIZER).toBytes();
        return TaskFailure.fromBytes(bytes.clone());
    }

    private static String printed(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return new String(text.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    static final class Custom extends Exception {
        private static final long serialVersionUID = 1L;

        private final int code;

        Custom(String message, int code) {
            super(message);
            this.code = code;
        }
    }

    static final class Hostile extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("no cause");
        }

        private void writeObject(ObjectOutputStream out) {
            throw new IllegalStateException("no bytes");
        }
    }
}
