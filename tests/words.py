"""What the source writes, read from its syntax: every text that a place may get, with 7 for what is filled in."""

import ast
import re
from functools import cache
from itertools import product
from pathlib import Path

SOURCES = Path(__file__).parents[1] / "src" / "inflow"
FILLED = "7"
ENGLISH = re.compile(r"\b(?:the|of|to|by|is|was|were|are|and|from|with|has|have|had|it|its|not|no|a|an|for)\b")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def trees() -> dict[Path, ast.Module]:
    """The source, parsed."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCES.rglob("*.py"))}


@cache
def functions() -> tuple[Function, ...]:
    """Every function there is."""
    return tuple(one for tree in trees().values() for one in ast.walk(tree) if isinstance(one, Function))


def calls(name: str) -> tuple[tuple[Function, ast.Call], ...]:
    """Every call of functions of this name, and where it stands."""
    return _calls().get(name, ())


@cache
def _calls() -> dict[str, tuple[tuple[Function, ast.Call], ...]]:
    found: dict[str, tuple[tuple[Function, ast.Call], ...]] = {}
    for function in functions():
        for one in ast.walk(function):
            if isinstance(one, ast.Call):
                found[called(one)] = (*found.get(called(one), ()), (function, one))
    return found


def texts(expression: ast.expr, function: Function) -> set[str]:  # noqa: PLR0911  one line a kind of expression
    """All texts an expression may have; what cannot be told is `7`."""
    match expression:
        case ast.Constant(value=str() as text):
            return {text}
        case ast.JoinedStr(values=parts):
            return _joined([texts(part, function) for part in parts])
        case ast.FormattedValue(value=inner):
            return texts(inner, function)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined([texts(left, function), texts(right, function)])
        case ast.IfExp(body=body, orelse=orelse):
            return texts(body, function) | texts(orelse, function)
        case ast.BoolOp(values=values):
            return set().union(*(texts(value, function) for value in values))
        case ast.Name(id=name):
            return _named(name, function)
        case ast.Call() as call:
            return _returned(called(call))
        case _:
            return {FILLED}


def _returned(name: str) -> set[str]:
    """What the one function of this name returns, where it is a text."""
    there = [one for one in functions() if one.name == name]
    if len(there) != 1 or getattr(there[0].returns, "id", "") != "str":
        return {FILLED}
    found: set[str] = set()
    for one in ast.walk(there[0]):
        if isinstance(one, ast.Return) and one.value is not None:
            found |= texts(one.value, there[0])
    return found or {FILLED}


def _joined(parts: list[set[str]]) -> set[str]:
    return {"".join(chosen) for chosen in product(*parts)}


def _named(name: str, function: Function) -> set[str]:
    """What a variable or a parameter may hold."""
    assigned = [
        one.value
        for one in ast.walk(function)
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name) and target.id == name
    ]
    added = [
        one.value
        for one in ast.walk(function)
        if isinstance(one, ast.AugAssign) and isinstance(one.target, ast.Name) and one.target.id == name
    ]
    if assigned:
        found = set().union(*(texts(one, function) for one in assigned))
        for more in added:
            found |= _joined([found, texts(more, function)])
        return found
    if any(one.arg == name for one in function.args.kwonlyargs):
        return _passed(name, function)
    return {FILLED}


def _passed(name: str, function: Function) -> set[str]:
    """What callers give a parameter."""
    found = {
        text
        for caller, call in calls(function.name)
        if caller is not function
        for keyword in call.keywords
        if keyword.arg == name
        for text in texts(keyword.value, caller)
    }
    return found or {FILLED}


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def happenings() -> set[tuple[str, str]]:
    """Every kind of event with every text that it may be written with."""
    found: set[tuple[str, str]] = set()
    for function in functions():
        for one in ast.walk(function):
            if isinstance(one, ast.Call) and called(one) in ("happened", "append"):
                said = {text for each in one.keywords if each.arg == "text" for text in texts(each.value, function)}
                found |= set(product({kind for each in one.args for kind in _kinds(each, function)}, said))
            if isinstance(one, ast.Tuple) and len(one.elts) == 3:
                found |= {
                    (kind, text) for kind in _kinds(one.elts[0], function) for text in texts(one.elts[1], function)
                }
    return found


def _kinds(expression: ast.expr, function: Function) -> set[str]:
    match expression:
        case ast.Attribute(value=ast.Name(id="Kind"), attr=name):
            return {name}
        case ast.IfExp(body=body, orelse=orelse):
            return _kinds(body, function) | _kinds(orelse, function)
        case ast.Name(id=name):
            values = [
                one.value
                for one in ast.walk(function)
                if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and one.targets[0].id == name
            ]
            defaults = [
                default
                for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
                if argument.arg == name and default is not None
            ]
            return set().union(*(_kinds(one, function) for one in (*values, *defaults))) | _given(name, function)
        case _:
            return set()


def _given(name: str, function: Function) -> set[str]:
    if not any(argument.arg == name for argument in function.args.kwonlyargs):
        return set()
    return {
        kind
        for caller, call in calls(function.name)
        if caller is not function
        for keyword in call.keywords
        if keyword.arg == name
        for kind in _kinds(keyword.value, caller)
    }
