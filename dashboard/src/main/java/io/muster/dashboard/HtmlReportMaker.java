package io.muster.dashboard;

import io.muster.diagnosis.ReportMaker;

/** Makes performance reports that look like the dashboard; found by {@link java.util.ServiceLoader}. */
public final class HtmlReportMaker implements ReportMaker {
    /** Makes one. */
    public HtmlReportMaker() {}

    @Override
    public String html(final String json) {
        return ReportPage.of(json);
    }
}
