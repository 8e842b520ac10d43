"""Formulas as values: a small expression tree that speaks Excel (`excel`) and computes in Python (`Evaluation`).

A rule is written once with these nodes, so its two voices cannot drift apart. A function that both voices
know is one entry of `FUNCTIONS`. Python follows Excel where both differ: text compares without regard to
case, an empty cell equals "" and 0, numbers come before text, rounding is half away from zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

Value = float | str | bool | None  # None: an empty cell; "": a formula that shows nothing


class Key(NamedTuple):
    """Name of a cell: what it belongs to, its row there, its column. An address is found by `layout` only."""

    id: str  # "S17-I2", "S17", or the name of a table or of a part of a sheet
    baris: str  # "TW3", "TAHUN", or a row of that table
    kolom: str  # "realisasi"


class Expr:
    """A node of a formula; Python's operators build further nodes."""

    def __add__(self, other: Operand) -> Expr:
        return _binary("+", self, other)

    def __sub__(self, other: Operand) -> Expr:
        return _binary("-", self, other)

    def __rsub__(self, other: Operand) -> Expr:
        return _binary("-", other, self)

    def __mul__(self, other: Operand) -> Expr:
        return _binary("*", self, other)

    def __truediv__(self, other: Operand) -> Expr:
        return _binary("/", self, other)

    def __lt__(self, other: Operand) -> Expr:
        return _binary("<", self, other)

    def __le__(self, other: Operand) -> Expr:
        return _binary("<=", self, other)

    def __gt__(self, other: Operand) -> Expr:
        return _binary(">", self, other)

    def __ge__(self, other: Operand) -> Expr:
        return _binary(">=", self, other)

    def equals(self, other: Operand) -> Expr:
        """This = other (a method, so that nodes stay hashable)."""
        return _binary("=", self, other)

    def differs(self, other: Operand) -> Expr:
        """This <> other."""
        return _binary("<>", self, other)


@dataclass(frozen=True, slots=True)
class Const(Expr):
    """A number or a text that stands in the formula itself."""

    value: float | str


@dataclass(frozen=True, slots=True)
class Ref(Expr):
    """The cell with this key."""

    key: Key


@dataclass(frozen=True, slots=True)
class Range(Expr):
    """Cells of one column from the first key to the last; what lies between and has no key is empty."""

    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A function of `FUNCTIONS` (or "if") over its arguments."""

    function: str
    args: tuple[Expr, ...]


Operand = Expr | float | str


def expr(value: Operand) -> Expr:
    """A node as it is; a number or a text as a constant."""
    return value if isinstance(value, Expr) else Const(value)


def call(function: str, *args: Operand) -> Expr:
    """Any function of `FUNCTIONS`."""
    return Call(function, tuple(expr(a) for a in args))


def _binary(operator: str, left: Operand, right: Operand) -> Expr:
    return call(operator, left, right)


def if_(condition: Expr, then: Operand, otherwise: Operand) -> Expr:
    """IF; Python evaluates the chosen branch only."""
    return call("if", condition, then, otherwise)


def and_(*conditions: Expr) -> Expr:
    """AND; both voices evaluate every condition."""
    return conditions[0] if len(conditions) == 1 else call("and", *conditions)


def or_(*conditions: Expr) -> Expr:
    """OR; both voices evaluate every condition."""
    return conditions[0] if len(conditions) == 1 else call("or", *conditions)


# --- Python's voice -------------------------------------------------------------------------------------------


def round_half_up(number: float, digits: int) -> float:
    """Excel's ROUND: half away from zero, on the shortest decimal that stands for the number."""
    if abs(number) >= 2**53:  # no decimals left, and more digits than Decimal's 28 would raise
        return float(number)
    step = Decimal(1).scaleb(-digits)
    return float(Decimal(repr(float(number))).quantize(step, ROUND_HALF_UP))


def is_number(value: Value) -> bool:
    """True for a number; TRUE and FALSE are none (LibreOffice says otherwise, so the formula asks both)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(value: Value) -> float:
    if value is None:
        return 0.0
    if isinstance(value, str):
        raise TypeError(f"Arithmetic on text {value!r}: Excel would show #VALUE!")
    return value


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return "" if value is None else f"{value:.15g}" if isinstance(value, (int, float)) else value


def _trim(value: Value) -> str:
    return " ".join(part for part in _text(value).split(" ") if part)


def _order(value: Value, other: Value) -> tuple[int, Any]:
    """Excel's order: numbers, then text, then FALSE and TRUE; an empty cell is what stands beside it."""
    if value is None:
        return _order("" if isinstance(other, str) else 0.0, other)
    if isinstance(value, bool):
        return 2, value
    return (1, value.upper()) if isinstance(value, str) else (0, value)


def _compare(test: Callable[[Any, Any], bool]) -> Callable[[Value, Value], bool]:
    return lambda a, b: test(_order(a, b), _order(b, a))


def _numbers(values: Sequence[Value]) -> list[float]:
    """What SUM over a range sees: numbers only."""
    return [v for v in values if is_number(v) and not isinstance(v, str) and v is not None]


def _matching(criteria: Sequence[Any]) -> Iterator[int]:
    """Rows where each range equals its criterion; the criterion ">=0" takes every number from 0."""
    ranges, wanted = criteria[::2], criteria[1::2]
    for row in range(len(ranges[0])):
        if all(_meets(r[row], w) for r, w in zip(ranges, wanted, strict=True)):
            yield row


def _meets(value: Value, criterion: Value) -> bool:
    if criterion == ">=0":
        return is_number(value) and _number(value) >= 0
    if isinstance(criterion, str):
        return isinstance(value, str) and value.upper() == criterion.upper()
    return is_number(value) and value == criterion


def _lookup(wanted: Value, bounds: Sequence[Value], names: Sequence[Value]) -> Value:
    return [n for b, n in zip(bounds, names, strict=True) if _number(b) <= _number(wanted)][-1]


def _rank(word: Value, words: Sequence[Value], ranks: Sequence[Value]) -> float:
    return sum(
        _number(r) for w, r in zip(words, ranks, strict=True) if _text(w).upper() == _text(word).upper()
    )


def _sumifs(total: Sequence[Value], *criteria: Any) -> float:
    return sum(_numbers([total[row] for row in _matching(criteria)]))


class Function(NamedTuple):
    """One function in two voices: the Excel text over its arguments' texts, and what Python computes."""

    excel: Callable[..., str]
    value: Callable[..., Value]


def _named(name: str) -> Callable[..., str]:
    return lambda *args: f"{name}({','.join(args)})"


def _infix(operator: str) -> Callable[..., str]:
    return lambda a, b: f"({a}{operator}{b})"


FUNCTIONS: dict[str, Function] = {
    "+": Function(_infix("+"), lambda a, b: _number(a) + _number(b)),
    "-": Function(_infix("-"), lambda a, b: _number(a) - _number(b)),
    "*": Function(_infix("*"), lambda a, b: _number(a) * _number(b)),
    "/": Function(_infix("/"), lambda a, b: _number(a) / _number(b)),
    "&": Function(_infix("&"), lambda a, b: _text(a) + _text(b)),
    "=": Function(_infix("="), _compare(lambda a, b: a == b)),
    "<>": Function(_infix("<>"), _compare(lambda a, b: a != b)),
    "<": Function(_infix("<"), _compare(lambda a, b: a < b)),
    "<=": Function(_infix("<="), _compare(lambda a, b: a <= b)),
    ">": Function(_infix(">"), _compare(lambda a, b: a > b)),
    ">=": Function(_infix(">="), _compare(lambda a, b: a >= b)),
    "and": Function(_named("AND"), lambda *c: all(c)),
    "or": Function(_named("OR"), lambda *c: any(c)),
    "not": Function(_named("NOT"), lambda c: not c),
    "abs": Function(_named("ABS"), lambda a: abs(_number(a))),
    "int": Function(_named("INT"), lambda a: float(_number(a) // 1)),
    "min": Function(_named("MIN"), lambda a, b: min(_number(a), _number(b))),
    "max": Function(_named("MAX"), lambda a, b: max(_number(a), _number(b))),
    "round": Function(_named("ROUND"), lambda a, digits: round_half_up(_number(a), int(_number(digits)))),
    "choose": Function(_named("CHOOSE"), lambda n, *choices: choices[int(_number(n)) - 1]),
    # A lone space is an empty cell to a person; TRIM says so for Excel.
    "is_blank": Function(lambda a: f'(TRIM({a})="")', lambda a: _trim(a) == ""),
    "word": Function(lambda a: f"UPPER(TRIM({a}))", lambda a: _trim(a).upper()),
    # LibreOffice counts TRUE as a number.
    "is_number": Function(lambda a: f"AND(ISNUMBER({a}),NOT(ISLOGICAL({a})))", is_number),
    "sum": Function(_named("SUM"), lambda r: sum(_numbers(r))),
    "count_from_zero": Function(
        lambda *c: f'COUNTIFS({",".join(c)},">=0")', lambda *c: len(list(_matching([*c, ">=0"])))
    ),
    "countifs": Function(_named("COUNTIFS"), lambda *c: len(list(_matching(c)))),
    "sumifs": Function(_named("SUMIFS"), _sumifs),
    "lookup": Function(_named("LOOKUP"), _lookup),
    # Not MATCH and not COUNTIF: both take "B?" for BB.
    "rank": Function(lambda w, words, ranks: f"SUMPRODUCT(({words}={w})*{ranks})", _rank),
    # A place that a click goes to; its name is all that the cell says.
    "link": Function(_named("HYPERLINK"), lambda place, name: name),
    "count_below": Function(
        lambda bounds, a: f"SUMPRODUCT(({bounds}<{a})*1)",
        lambda bounds, a: sum(_number(b) < _number(a) for b in bounds),
    ),
}


class Evaluation:
    """Values of keyed cells: what is given as it is, formulas computed when first asked for.

    `given` holds constants and entries, `formulas` the rest; a key in neither is an empty cell.
    """

    def __init__(self, given: Mapping[Key, Value], formulas: Mapping[Key, Expr]) -> None:
        self._formulas = formulas
        self._values: dict[Key, Value] = dict(given)

    def value(self, key: Key) -> Value:
        """Value of one cell."""
        if key not in self._values:
            formula = self._formulas.get(key)
            self._values[key] = None if formula is None else self.compute(formula)
        return self._values[key]

    def compute(self, node: Expr) -> Any:
        """Value of a formula; of a Range, the list of its cells' values."""
        match node:
            case Const(value):
                return value
            case Ref(key):
                return self.value(key)
            case Range(keys):
                return [self.value(k) for k in keys]
            case Call("if", (condition, then, otherwise)):
                return self.compute(then if self.compute(condition) else otherwise)
            case Call(function, args):
                return FUNCTIONS[function].value(*map(self.compute, args))
        raise TypeError(f"Not a formula: {node!r}")


# --- Excel's voice --------------------------------------------------------------------------------------------


def excel(node: Expr, address: Callable[[Ref | Range], str]) -> str:
    """The formula in Excel's words (English, commas), without the leading "="; `address` places the cells."""
    match node:
        case Const(value):
            return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else repr(value)
        case Ref() | Range():
            return address(node)
        case Call("if", args):
            return f"IF({','.join(excel(a, address) for a in args)})"
        case Call(function, args):
            return FUNCTIONS[function].excel(*(excel(a, address) for a in args))
    raise TypeError(f"Not a formula: {node!r}")
