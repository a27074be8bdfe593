package io.muster.serialize;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An enum: its constants by name. */
final class FlatEnum extends FlatType {
    private final Class<?> type;
    private volatile @Nullable Map<String, Object> constants;

    FlatEnum(Class<?> type) {
        this.type = type;
    }

    @Override
    void describe(FlatOutput out) {
        out.putByte(FlatOutput.ENUM);
        out.putString(type.getName());
    }

    @Override
    void write(@Nullable Object value, FlatOutput out) {
        out.putString(value == null ? null : ((Enum<?>) value).name());
    }

    @Override
    @Nullable
    Object read(FlatInput in) throws IOException {
        String name = in.string();
        if (name == null) {
            return null;
        }
        Object constant = byName().get(name);
        if (constant == null) {
            throw new InvalidObjectException(
                    "enum constant " + name + " does not exist in " + type + ": local class incompatible");
        }
        return constant;
    }

    @Override
    void classes(Consumer<Class<?>> filter) {
        filter.accept(type);
        filter.accept(Enum.class);
    }

    private Map<String, Object> byName() {
        Map<String, Object> known = constants;
        if (known == null) {
            known = new HashMap<>();
            for (Object constant : type.getEnumConstants()) {
                known.put(((Enum<?>) constant).name(), constant);
            }
            constants = known;
        }
        return known;
    }
}
