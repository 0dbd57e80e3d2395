"""The faults: one change of a module's syntax tree each, of the kinds that programmers make."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARE = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_OPERATE = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult, ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One changed module."""

    line: int
    what: str
    tree: ast.Module


def faults(source: str) -> Iterator[Fault]:
    """Every single fault of this module, in order of its nodes."""
    tree = ast.parse(source)
    told = _told(tree)
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in told:
            continue
        for way, what in enumerate(_ways(node)):
            changed = copy.deepcopy(tree)
            there = next(other for n, other in enumerate(ast.walk(changed)) if n == number)
            _apply(there, way, changed)
            yield Fault(getattr(node, "lineno", 0), what, ast.fix_missing_locations(changed))


def _told(tree: ast.Module) -> set[int]:
    """What no test should have an opinion on: docstrings, annotations, texts for people, decorators, imports."""
    found: set[int] = set()

    def leave(node: ast.AST | None) -> None:
        if node is not None:
            found.update(id(one) for one in ast.walk(node))

    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            leave(node)
        elif isinstance(node, ast.FunctionDef):
            leave(node.returns)
            for one in (*node.args.args, *node.args.kwonlyargs):
                leave(one.annotation)
            for decorator in node.decorator_list:
                leave(decorator)
        elif isinstance(node, ast.AnnAssign):
            leave(node.annotation)
        elif isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                leave(decorator)
        elif isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom | ast.Raise) or _is_for_types(node):
            leave(node)
    return found


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _ways(node: ast.AST) -> list[str]:
    """The faults that this node can have."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARE:
            return [f"{type(op).__name__} > {_COMPARE[type(op)].__name__}"]
        case ast.BinOp(op=op) if type(op) in _OPERATE:
            return [f"{type(op).__name__} > {_OPERATE[type(op)].__name__}"]
        case ast.BoolOp(op=op):
            return ["and > or" if isinstance(op, ast.And) else "or > and"]
        case ast.UnaryOp(op=ast.Not()):
            return ["not removed"]
        case ast.Constant(value=bool()):
            return [f"{node.value} > {not node.value}"]
        case ast.Constant(value=int()):
            return [f"{node.value} > {node.value + 1}"]
        case ast.Return(value=value) if value is not None and not (
            isinstance(value, ast.Constant) and value.value is None
        ):
            return ["return None"]
        case ast.Continue():
            return ["continue > break"]
        case ast.Break():
            return ["break > continue"]
        case ast.Expr(value=ast.Call()):
            return ["call removed"]
        case ast.If():
            return ["if True", "if False"]
        case ast.IfExp():
            return ["first branch always", "second branch always"]
        case ast.AugAssign():
            return ["+= is ="]
    return []


def _apply(node: ast.AST, way: int, tree: ast.Module) -> None:
    match node:
        case ast.Compare():
            node.ops = [_COMPARE[type(node.ops[0])]()]
        case ast.BinOp():
            node.op = _OPERATE[type(node.op)]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.UnaryOp():
            _replace(tree, node, node.operand)
        case ast.Constant(value=bool()):
            node.value = not node.value
        case ast.Constant():
            node.value += 1
        case ast.Return():
            node.value = ast.Constant(None)
        case ast.Continue():
            _replace(tree, node, ast.Break())
        case ast.Break():
            _replace(tree, node, ast.Continue())
        case ast.Expr():
            _replace(tree, node, ast.Pass())
        case ast.If() | ast.IfExp():
            node.test = ast.Constant(way == 0)
        case ast.AugAssign():
            _replace(tree, node, ast.Assign(targets=[node.target], value=node.value))


def _replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, ast.copy_location(new, old))
                return
            if isinstance(value, list) and any(item is old for item in value):
                value[next(n for n, item in enumerate(value) if item is old)] = ast.copy_location(new, old)
                return
