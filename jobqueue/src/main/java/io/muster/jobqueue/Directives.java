package io.muster.jobqueue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The directives of a script in the making: those of a batch system less what is to be skipped, then the extra ones. */
public final class Directives {
    private static final String LONG = "--";

    private final String prefix;
    private final List<Directive> directives = new ArrayList<>();

    /**
     * Begins without any.
     *
     * @param prefix what each line begins with, such as {@code #SBATCH}
     */
    public Directives(final String prefix) {
        this.prefix = prefix;
    }

    /**
     * Adds an option alone.
     *
     * @param option such as {@code -cwd}
     * @return this
     */
    public Directives add(final String option) {
        directives.add(new Directive(option, "", ""));
        return this;
    }

    /**
     * Adds an option and its value, with a space between them, or with {@code =} after a long option.
     *
     * @param option such as {@code -J} or {@code --mem}
     * @param value its value; nothing is added if it is null
     * @return this
     */
    public Directives add(final String option, final @Nullable Object value) {
        if (value != null) {
            directives.add(new Directive(option, option.startsWith(LONG) ? "=" : " ", value.toString()));
        }
        return this;
    }

    /**
     * Adds an option and its value with something before and behind it.
     *
     * @param option such as {@code -l}
     * @param format has one {@code %s}
     * @param value what to put there; nothing is added if it is null
     * @return this
     */
    public Directives add(final String option, final String format, final @Nullable Object value) {
        return value == null ? this : add(option, String.format(Locale.ROOT, format, value));
    }

    /**
     * The lines of the script.
     *
     * @param spec says what to skip, and what more there is
     * @return the lines
     */
    public List<String> lines(final JobSpec spec) {
        final List<String> lines = new ArrayList<>();
        for (final Directive directive : directives) {
            if (spec.skippedDirectives().stream().noneMatch(skip -> directive.isMeantBy(prefix, skip.strip()))) {
                lines.add(prefix + " " + directive.text());
            }
        }
        spec.extraDirectives().forEach(extra -> lines.add(prefix + " " + extra));
        return lines;
    }

    /** An option, what stands between it and its value, and the value. */
    private record Directive(String option, String separator, String value) {
        String text() {
            return option + separator + value;
        }

        /**
         * Whether the skip is the option, or the beginning of a long one as the batch systems accept it, or goes on
         * into the value; or is the beginning of the value, quoted or not. The prefix may stand before the option.
         */
        boolean isMeantBy(final String prefix, final String skip) {
            final String from = skip.startsWith(prefix + " ")
                    ? skip.substring(prefix.length()).strip()
                    : skip;
            if (from.startsWith("-")) {
                final boolean isBeginning = from.startsWith(LONG) && from.length() > LONG.length();
                return text().startsWith(from) && (from.length() >= option.length() || isBeginning);
            }
            final String bare = value.startsWith("\"") ? value.substring(1) : value;
            return value.startsWith(from) || bare.startsWith(from) || option.equals(LONG + from);
        }
    }
}
