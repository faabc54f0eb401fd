"""Writes the small session in `e4/` and what Python reads from it, as the bits of the doubles: `python make_e4.py`.

The numbers are made here; nothing was measured on a person. They are of the forms that exports and spreadsheets
write, and of those that are hard to round. pandas (round-trip parser) must agree with Python's own `float`.
"""

import random
import struct
from pathlib import Path

import pandas

HERE = Path(__file__).parent / "e4"
generator = random.Random(4)

HARD = [
    "0.1", "-0.00", "9007199254740993", "0.30000000000000004", "2.2250738585072011e-308",
    "1e22", "1e23", "123456789012345678901.5", "0.000001", ".5", "5.", "+7", "8.41E+2", "4.9e-324",
]


def numbers(decimals, count):
    return [f"{generator.uniform(-90, 90):.{decimals}f}" for _ in range(count)]


def bits(text):
    return struct.pack(">d", float(text)).hex()


def main():
    HERE.mkdir(exist_ok=True)
    columns = {"BVP": (64, numbers(2, 120) + HARD), "EDA": (4, numbers(6, 60)), "TEMP": (4, numbers(17, 60))}
    for name, (rate, texts) in columns.items():
        path = HERE / f"{name}.csv"
        path.write_text(f"1495437325.000000\n{rate}.000000\n" + "\n".join(texts) + "\n", newline="")
        read = pandas.read_csv(path, header=None, skiprows=2, float_precision="round_trip")[0]
        assert [struct.pack(">d", value).hex() for value in read] == [bits(text) for text in texts]
        (HERE / f"{name}.bits").write_text("\n".join(bits(text) for text in texts) + "\n", newline="")


if __name__ == "__main__":
    main()
