package io.muster.diagnosis;

/** Makes a page of what {@link io.muster.Client#performanceReport} collected; found by {@link java.util.ServiceLoader}. */
public interface ReportMaker {
    /**
     * Makes the page.
     *
     * @param json an object with {@code made_us}, {@code version}, {@code workers} as in {@link io.muster.Client#info()}, {@code stream}: a
     *     list of what the dashboard's {@code api/stream} answers, and {@code profile} and {@code system} as it answers
     * @return an HTML document that needs no other file
     */
    String html(String json);
}
