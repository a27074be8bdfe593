package io.muster.jobqueue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Amounts of resources as they are written. */
final class Amounts {
    private Amounts() {}

    /** {@code NAME=AMOUNT} for each, in the map's order; amounts without exponent and needless zeros. */
    static List<String> texts(final Map<String, Double> amounts) {
        return amounts.entrySet().stream()
                .map(amount -> amount.getKey() + "="
                        + new BigDecimal(amount.getValue().toString())
                                .stripTrailingZeros()
                                .toPlainString())
                .toList();
    }
}
