"""What the tasks of the small benchmarks do: in a module, for dask to send it by name."""

import struct
import time


def increment(number, *_shared):
    return number + 1


def sleep(microseconds, *_inputs):
    time.sleep(microseconds / 1e6)
    return microseconds


def make(size, microseconds):
    """Makes data that begins with the time at which it is there; processes of a host share this clock."""
    time.sleep(microseconds / 1e6)
    data = bytearray(size)
    struct.pack_into("<q", data, 0, time.monotonic_ns())
    return bytes(data)


def copy(data, microseconds):
    time.sleep(microseconds / 1e6)
    return bytes(bytearray(data))


def drop(data, microseconds):
    """Returns since when there was data, and until when."""
    time.sleep(microseconds / 1e6)
    return struct.unpack_from("<q", data)[0], time.monotonic_ns()


def nothing(_data, _number):
    return 0
