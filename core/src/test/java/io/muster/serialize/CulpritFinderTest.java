package io.muster.serialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.muster.Fn;
import io.muster.Task;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CulpritFinderTest {
    private static final String HERE = "io.muster.serialize.CulpritFinderTest";

    private final int field = 3;

    @Test
    void aLambdaThatCapturesAnObjectWithASocketNamesTheWholePath() {
        Study study = new Study();
        Task<Object> task = () -> study.connection;
        assertThat(failureOf(task))
                .isEqualTo("can't serialize the task: lambda in " + HERE
                        + ".aLambdaThatCapturesAnObjectWithASocketNamesTheWholePath captures argument 1"
                        + " → Study.connection → java.net.Socket is not Serializable."
                        + " Make the field transient, or create it inside the task.");
    }

    @Test
    void aLambdaThatCapturesASocketItselfSaysWhichArgument() {
        int first = 1;
        Socket socket = new Socket();
        Task<Object> task = () -> socket + " " + first;
        assertThat(failureOf(task))
                .contains("captures argument 1 → java.net.Socket is not Serializable. Create it inside the task");
    }

    @Test
    void aLambdaThatCapturesThisSaysSo() {
        Task<Integer> task = () -> field;
        assertThat(failureOf(task))
                .contains("lambda in " + HERE + ".aLambdaThatCapturesThisSaysSo captures this → " + HERE
                        + " is not Serializable. The lambda uses a field or a method");
    }

    @Test
    void aBoundMethodReferenceIsCalledOne() {
        StringBuilderHolder holder = new StringBuilderHolder();
        Task<String> task = holder::text;
        assertThat(failureOf(task))
                .contains("method reference " + StringBuilderHolder.class.getName() + "::text captures argument 1 → "
                        + StringBuilderHolder.class.getName() + " is not Serializable");
    }

    @Test
    void aPlainLambdaIsToldToUseTheSerializableTypes() {
        Callable<Integer> task = () -> 42;
        assertThat(failureOf(task))
                .startsWith("can't serialize the task: a lambda in " + HERE
                        + " whose type java.util.concurrent.Callable is not Serializable")
                .contains("io.muster.Task", "io.muster.Fn");
    }

    @Test
    void aPlainLambdaInsideOfATaskIsFound() {
        Runnable inner = () -> {};
        Fn<Integer, Object> task = x -> inner;
        assertThat(failureOf(task))
                .contains("captures argument 1 → a lambda in " + HERE + " whose type java.lang.Runnable");
    }

    @Test
    void collectionsMapsArraysAndRecordsAreWalked() {
        Object value = new ArrayList<>(List.of(1, Map.of("key", new Object[] {"x", new Pair("a", new Object())})));
        assertThat(failureOf(value))
                .isEqualTo("can't serialize the value: java.util.ArrayList → element 1 → the value of key key"
                        + " → element 1 → Pair.right → java.lang.Object is not Serializable."
                        + " Leave it out, or make its class Serializable.");
    }

    @Test
    void anInnerClassIsToldToBecomeStatic() {
        assertThat(failureOf(new Inner())).contains("Inner.this$0 → " + HERE).contains("Make the inner class static");
    }

    @Test
    void theValueItselfMayBeTheCulprit() {
        assertThat(failureOf(new Object()))
                .isEqualTo("can't serialize the value: java.lang.Object is not Serializable."
                        + " Make its class implement java.io.Serializable.");
    }

    @Test
    void cyclesEnd() {
        Node first = new Node();
        Node second = new Node();
        first.next = second;
        second.next = first;
        second.content = new Object();
        assertThat(failureOf(first)).contains("Node.next → Node.content → java.lang.Object is not Serializable");
    }

    @Test
    void aLongPathIsShortened() {
        Node first = new Node();
        Node last = first;
        for (int i = 0; i < 40; i++) {
            Node next = new Node();
            last.next = next;
            last = next;
        }
        last.content = new Object();
        assertThat(failureOf(first)).contains(" → … → ").hasSizeLessThan(400);
    }

    @Test
    void anExceptionInWriteObjectNamesTheClassAndTheException() {
        assertThat(failureOf(new ArrayList<>(List.of("x", new FailsOnWrite()))))
                .isEqualTo("can't serialize the value: java.util.ArrayList → element 1 → " + HERE
                        + "$FailsOnWrite failed" + " while it was written: java.lang.IllegalStateException: boom");
    }

    @Test
    void aRefusalInTheClassesOwnWordsIsQuoted() {
        assertThat(failureOf(List.of(new Refuses())))
                .contains("element 0 → " + HERE + "$Refuses failed while it was written", "never leaves this host");
    }

    @Test
    void aGraphThatIsTooDeepForTheStackSaysSo() {
        Node first = new Node();
        Node last = first;
        for (int i = 0; i < 200_000; i++) {
            Node next = new Node();
            last.next = next;
            last = next;
        }
        assertThat(failureOf(first)).contains("nest too deeply");
    }

    @Test
    void aTransientFieldIsNoCulprit() {
        assertThat(SerializerTest.roundTrip(new WithTransient())).isInstanceOf(WithTransient.class);
    }

    private static String failureOf(Object value) {
        Throwable failure = catchThrowable(() -> Serializer.standard().serialize(value));
        assertThat(failure).isInstanceOf(UnserializableException.class);
        assertThat(catchThrowable(() -> Serializer.standard().toBytes(value))).hasMessage(failure.getMessage());
        return failure.getMessage();
    }

    static final class Study implements Serializable {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial")
        private final Socket connection = new Socket();
    }

    static final class StringBuilderHolder {
        String text() {
            return "text";
        }
    }

    @SuppressWarnings("serial")
    final class Inner implements Serializable {
        private static final long serialVersionUID = 1L;

        int outer() {
            return field;
        }
    }

    @SuppressWarnings("serial")
    record Pair(String left, Object right) implements Serializable {}

    static final class Node implements Serializable {
        private static final long serialVersionUID = 1L;

        private @Nullable Node next;

        @SuppressWarnings("serial")
        private @Nullable Object content;
    }

    static final class WithTransient implements Serializable {
        private static final long serialVersionUID = 1L;

        private final transient Object content = new Object();
    }

    static final class FailsOnWrite implements Serializable {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) {
            throw new IllegalStateException("boom");
        }
    }

    static final class Refuses implements Serializable {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) throws NotSerializableException {
            throw new NotSerializableException("never leaves this host");
        }
    }
}
