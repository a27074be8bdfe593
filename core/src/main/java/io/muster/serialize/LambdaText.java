package io.muster.serialize;

import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What to call a lambda in a message. */
final class LambdaText {
    private static final Pattern METHOD = Pattern.compile("lambda\\$(.*?)(?:\\$[0-9a-f]+)?\\$\\d+");

    private LambdaText() {}

    static boolean isLambda(Class<?> type) {
        return type.isHidden() && type.isSynthetic();
    }

    /** Where a serializable lambda was written: its class and method. */
    static String describe(SerializedLambda lambda) {
        String name = lambda.getImplMethodName();
        Matcher matcher = METHOD.matcher(name);
        if (matcher.matches()) {
            String method = matcher.group(1);
            String in = method.equals("new") ? "the constructor" : method.equals("static") ? "the initializer" : method;
            String type = className(lambda.getCapturingClass());
            return "lambda in " + (in.equals(method) ? type + "." + in : in + " of " + type);
        }
        return "method reference " + className(lambda.getImplClass()) + "::" + name;
    }

    /** Why a lambda that is not serializable isn't, in the middle of a sentence. */
    static String describePlain(Class<?> type) {
        Class<?>[] interfaces = type.getInterfaces();
        String function = interfaces.length == 0 ? "its interface" : interfaces[0].getName();
        return "a lambda in " + type.getNestHost().getName() + " whose type " + function + " is not Serializable";
    }

    /** Whether the first captured argument is the object around the lambda. */
    static boolean capturesThis(SerializedLambda lambda) {
        int kind = lambda.getImplMethodKind();
        boolean instance = kind == MethodHandleInfo.REF_invokeVirtual
                || kind == MethodHandleInfo.REF_invokeSpecial
                || kind == MethodHandleInfo.REF_invokeInterface;
        return instance && METHOD.matcher(lambda.getImplMethodName()).matches() && lambda.getCapturedArgCount() > 0;
    }

    private static String className(String internalName) {
        return internalName.replace('/', '.');
    }
}
