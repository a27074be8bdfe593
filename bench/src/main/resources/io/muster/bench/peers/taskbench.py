"""A task of Task Bench: in a module, for dask to send it by name."""

import struct


def point(step, column, columns, iterations, *inputs):
    """Checks what each input holds, computes for some time, and returns what those after it check."""
    expected = [int(each) for each in columns.split(",")] if columns else []
    if len(inputs) != len(expected):
        raise ValueError(f"step={step} column={column} has inputs={len(inputs)}, which must be {len(expected)}")
    for value, each in zip(inputs, expected):
        if struct.unpack("<qq", value) != (step - 1, each):
            raise ValueError(f"step={step} column={column} has a wrong input from column={each}")
    value = 113
    for _ in range(iterations):
        value = value * 139 % 2147483647
    return struct.pack("<qq", step, column)
