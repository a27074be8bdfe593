package io.muster;

import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Short names of functions for people: the method that a lambda stands in or refers to, else the class. */
final class FunctionNames {
    private static final String LAMBDA = "lambda$";

    private FunctionNames() {}

    static String of(final Object function) {
        final Class<?> type = function.getClass();
        final SerializedLambda lambda = type.isHidden() || type.isSynthetic() ? serializedForm(function) : null;
        if (lambda != null) {
            return methodName(lambda);
        }
        final Class<?> named = type.isHidden() ? type.getNestHost() : type;
        return tail(named.getName());
    }

    private static String methodName(final SerializedLambda lambda) {
        final String name = lambda.getImplMethodName();
        if (name.equals("<init>")) {
            return tail(lambda.getImplClass());
        }
        if (!name.startsWith(LAMBDA)) {
            return name;
        }
        final int end = name.indexOf('$', LAMBDA.length());
        final String enclosing = name.substring(LAMBDA.length(), end < 0 ? name.length() : end);
        final boolean isMethod = !enclosing.isEmpty() && !enclosing.equals("new") && !enclosing.equals("static");
        return isMethod ? enclosing : tail(lambda.getCapturingClass());
    }

    private static String tail(final String className) {
        final String end = className.substring(Math.max(className.lastIndexOf('.'), className.lastIndexOf('/')) + 1);
        final int nested = end.lastIndexOf('$');
        final boolean simple = nested >= 0 && nested + 1 < end.length() && !Character.isDigit(end.charAt(nested + 1));
        return simple ? end.substring(nested + 1) : end;
    }

    private static @Nullable SerializedLambda serializedForm(final Object function) {
        try {
            final Method writeReplace = function.getClass().getDeclaredMethod("writeReplace");
            writeReplace.setAccessible(true);
            return writeReplace.invoke(function) instanceof SerializedLambda lambda ? lambda : null;
        } catch (final ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }
}
