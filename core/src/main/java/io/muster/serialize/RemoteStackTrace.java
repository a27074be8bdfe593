package io.muster.serialize;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the frames back out of a printed stack trace, as far as they are in the JDK's form. */
final class RemoteStackTrace {
    private static final int MAX_LINE = 1000;
    private static final Pattern FRAME =
            Pattern.compile("\tat (?:[^/(]*/)*([^/(]+)\\.([^.(/]+)\\(([^:()]*)(?::(\\d{1,9}))?\\)");

    private RemoteStackTrace() {}

    /** One list of frames for the exception and each of its causes, in this order. */
    static List<StackTraceElement[]> parse(String text) {
        List<StackTraceElement[]> sections = new ArrayList<>();
        List<StackTraceElement> section = new ArrayList<>();
        for (String line : text.split("\\R", -1)) {
            if (line.startsWith("Caused by: ")) {
                sections.add(section.toArray(new StackTraceElement[0]));
                section.clear();
            } else if (line.startsWith("\tat ") && line.length() <= MAX_LINE) {
                addFrame(section, line);
            }
        }
        sections.add(section.toArray(new StackTraceElement[0]));
        return sections;
    }

    private static void addFrame(List<StackTraceElement> section, String line) {
        Matcher matcher = FRAME.matcher(line);
        if (!matcher.matches()) {
            return;
        }
        String source = matcher.group(3);
        boolean nativeMethod = source.equals("Native Method");
        String file = nativeMethod || source.equals("Unknown Source") ? null : source;
        int lineNumber = matcher.group(4) != null ? Integer.parseInt(matcher.group(4)) : nativeMethod ? -2 : -1;
        section.add(new StackTraceElement(matcher.group(1), matcher.group(2), file, lineNumber));
    }
}
