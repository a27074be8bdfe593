package io.muster.serialize;

import java.io.NotSerializableException;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Finds what in a value can't be serialized, after it happened, and says how one gets there from the value. */
final class CulpritFinder {
    private static final int MAX_OBJECTS = 100_000;
    private static final int MAX_DEPTH = 100;

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Queue<Step> queue = new ArrayDeque<>();
    private final String culpritClass;
    private final boolean notSerializable;

    private CulpritFinder(String culpritClass, boolean notSerializable) {
        this.culpritClass = culpritClass;
        this.notSerializable = notSerializable;
    }

    /** The text for a value whose serialization failed; itself never fails. */
    static String explain(Object root, Throwable failure) {
        try {
            return describe(root, failure);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return "can't serialize the value: " + root.getClass().getName() + ": " + SafeText.of(failure);
        }
    }

    private static String describe(Object root, Throwable failure) {
        String subject = "can't serialize the " + (isTask(root) ? "task" : "value") + ": ";
        if (failure instanceof StackOverflowError) {
            return subject + root.getClass().getName() + " holds objects that nest too deeply for this thread's stack;"
                    + " keep links between elements in a list instead, or give the thread more stack (-Xss)";
        }
        String named = failure instanceof NotSerializableException ? namedClass(failure) : null;
        boolean notSerializable = named != null;
        String culprit = notSerializable ? named : failingClass(failure);
        Step found = culprit == null ? null : search(root, culprit, notSerializable);
        if (named != null) {
            return subject + notSerializable(found, named);
        }
        String path = found == null ? root.getClass().getName() : found.path();
        return subject + path + " failed while it was written: " + SafeText.of(failure);
    }

    private static @Nullable Step search(Object root, String culprit, boolean notSerializable) {
        try {
            return new CulpritFinder(culprit, notSerializable).search(root);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return null;
        }
    }

    private static boolean isTask(Object root) {
        return root instanceof Callable || root instanceof Runnable || LambdaText.isLambda(root.getClass());
    }

    private static String notSerializable(@Nullable Step found, String culprit) {
        if (found == null) {
            return culprit + " is not Serializable. Make its class implement java.io.Serializable, or leave it out.";
        }
        if (LambdaText.isLambda(found.object.getClass())) {
            return found.before() + LambdaText.describePlain(found.object.getClass()) + ". Pass it as io.muster.Task or"
                    + " io.muster.Fn, whose lambdas are Serializable: declare the variable with that type.";
        }
        return found.path() + " is not Serializable. " + found.advice();
    }

    /** The class that the JDK names in the first line of the message; null where user code wrote the message. */
    private static @Nullable String namedClass(Throwable failure) {
        String message = failure.getMessage();
        String line = message == null ? "" : message.lines().findFirst().orElse("");
        return line.isEmpty() || line.indexOf(' ') >= 0 ? null : line;
    }

    /** The class whose own writing method threw, as the innermost such frame names it. */
    private static @Nullable String failingClass(Throwable failure) {
        for (StackTraceElement frame : failure.getStackTrace()) {
            String method = frame.getMethodName();
            boolean writes =
                    method.equals("writeObject") || method.equals("writeExternal") || method.equals("writeReplace");
            if (writes && !frame.getClassName().startsWith("java.io.")) {
                return frame.getClassName();
            }
        }
        return null;
    }

    private @Nullable Step search(Object root) {
        add(new Step(root, null, "", ""));
        while (!queue.isEmpty()) {
            Step step = queue.remove();
            if (isCulprit(step.object)) {
                return step;
            }
            if (step.depth < MAX_DEPTH) {
                expand(step);
            }
        }
        return null;
    }

    private boolean isCulprit(Object object) {
        if (notSerializable) {
            return !(object instanceof Serializable)
                    && object.getClass().getName().equals(culpritClass);
        }
        for (Class<?> c = object.getClass(); c != null; c = c.getSuperclass()) {
            if (c.getName().equals(culpritClass)) {
                return true;
            }
        }
        return false;
    }

    private void add(Step step) {
        Object object = step.object;
        boolean leaf = object instanceof String
                || object instanceof Number && object.getClass().getName().startsWith("java.lang.")
                || object instanceof Class
                || object instanceof Enum
                || ArrayKind.of(object) != null;
        if (!leaf && seen.size() < MAX_OBJECTS && seen.add(object)) {
            queue.add(step);
        }
    }

    private void child(Step parent, @Nullable Object object, String text, String advice) {
        if (object != null) {
            add(new Step(object, parent, text, advice));
        }
    }

    private void expand(Step step) {
        Object object = step.object;
        Class<?> type = object.getClass();
        Object replacement = replacementOf(object);
        if (replacement instanceof SerializedLambda) {
            expandLambda(step, (SerializedLambda) replacement);
        } else if (replacement != null && replacement != object) {
            child(step, replacement, "the replacement of " + type.getSimpleName(), Step.MAKE_SERIALIZABLE);
        } else if (object instanceof Object[]) {
            for (int i = 0; i < Array.getLength(object); i++) {
                child(step, Array.get(object, i), "element " + i, Step.LEAVE_OUT);
            }
        } else if (Proxy.isProxyClass(type)) {
            child(step, Proxy.getInvocationHandler(object), "the proxy's handler", Step.MAKE_SERIALIZABLE);
        } else if (type.getName().startsWith("java.util.") && object instanceof Collection) {
            int i = 0;
            for (Object element : (Collection<?>) object) {
                child(step, element, "element " + i++, Step.LEAVE_OUT);
            }
        } else if (type.getName().startsWith("java.util.") && object instanceof Map) {
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) object).entrySet()) {
                child(step, entry.getKey(), "a key", Step.LEAVE_OUT);
                child(step, entry.getValue(), "the value of key " + keyText(entry.getKey()), Step.LEAVE_OUT);
            }
        } else {
            expandFields(step);
        }
    }

    private void expandLambda(Step step, SerializedLambda lambda) {
        boolean bound = LambdaText.capturesThis(lambda);
        for (int i = 0; i < lambda.getCapturedArgCount(); i++) {
            boolean enclosing = bound && i == 0;
            String what = LambdaText.describe(lambda) + " captures "
                    + (enclosing ? "this" : "argument " + (bound ? i : i + 1));
            child(step, lambda.getCapturedArg(i), what, enclosing ? Step.COPY_TO_LOCAL : Step.CREATE_INSIDE);
        }
    }

    private void expandFields(Step step) {
        Object object = step.object;
        for (Class<?> c = object.getClass();
                c != null && Serializable.class.isAssignableFrom(c);
                c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
                int skipped = Modifier.STATIC | Modifier.TRANSIENT;
                if ((field.getModifiers() & skipped) != 0 || field.getType().isPrimitive()) {
                    continue;
                }
                String advice =
                        field.isSynthetic() ? Step.MAKE_STATIC : c.isRecord() ? Step.LEAVE_OUT : Step.MAKE_TRANSIENT;
                child(step, valueOf(field, object), c.getSimpleName() + "." + field.getName(), advice);
            }
        }
    }

    private static @Nullable Object valueOf(Field field, Object object) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable Object replacementOf(Object object) {
        if (!(object instanceof Serializable)) {
            return null;
        }
        for (Class<?> c = object.getClass(); c != null; c = c.getSuperclass()) {
            try {
                Method method = c.getDeclaredMethod("writeReplace");
                method.setAccessible(true);
                return method.invoke(object);
            } catch (NoSuchMethodException e) {
                continue;
            } catch (ReflectiveOperationException | RuntimeException e) {
                return null;
            }
        }
        return null;
    }

    private static String keyText(@Nullable Object key) {
        if (key == null) {
            return "null";
        }
        boolean plain = key instanceof String || key instanceof Number || key instanceof Enum;
        return plain ? SafeText.cut(key.toString(), 40) : "of " + key.getClass().getName();
    }

    /** An object, and how one came to it. */
    private static final class Step {
        static final String MAKE_TRANSIENT = "Make the field transient, or create it inside the task.";
        static final String CREATE_INSIDE = "Create it inside the task, or make its class Serializable.";
        static final String COPY_TO_LOCAL = "The lambda uses a field or a method of the object around it: copy what it"
                + " needs into a local variable first, or make that class Serializable.";
        static final String MAKE_STATIC = "Make the inner class static, or make the class around it Serializable.";
        static final String LEAVE_OUT = "Leave it out, or make its class Serializable.";
        static final String MAKE_SERIALIZABLE = "Make its class implement java.io.Serializable.";

        private static final int SHOWN_AT_EACH_END = 6;

        private final Object object;
        private final @Nullable Step parent;
        private final String text;
        private final String advice;
        private final int depth;

        Step(Object object, @Nullable Step parent, String text, String advice) {
            this.object = object;
            this.parent = parent;
            this.text = text;
            this.advice = advice;
            this.depth = parent == null ? 0 : parent.depth + 1;
        }

        String advice() {
            return parent == null ? MAKE_SERIALIZABLE : advice;
        }

        String path() {
            return before() + object.getClass().getTypeName();
        }

        /** Everything before the object itself, with an arrow behind it if there is anything. */
        String before() {
            StringBuilder path = new StringBuilder();
            for (Step step = this; step != null && step.parent != null; step = step.parent) {
                int fromEnd = depth - step.depth;
                if (fromEnd < SHOWN_AT_EACH_END || step.depth <= SHOWN_AT_EACH_END) {
                    path.insert(0, step.text + " → ");
                } else if (fromEnd == SHOWN_AT_EACH_END) {
                    path.insert(0, "… → ");
                }
                if (step.parent.parent == null && path.indexOf("element ") == 0) {
                    path.insert(0, step.parent.object.getClass().getTypeName() + " → ");
                }
            }
            return path.toString();
        }
    }
}
