"""The kernel of Shapley and Owen values of products, many terms at a time.

Arrays are rows of LANES terms, one row a player. LLVM keeps a loop over so few terms out of vector registers
or checks at every row whether arrays overlap, so the two innermost steps are given to it as operations on
whole rows, which are some three times as fast.
"""

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from ._kernel import kernel

LANES = 32  # terms worked on at once
_ROW = ir.VectorType(ir.DoubleType(), LANES)
_FUSED = ("contract",)  # a product and a sum may become one operation


class Rules(NamedTuple):
    """Gauss-Legendre rules on [0, 1], from few nodes to enough for any game of so many players.

    Parameters
    ----------
    reach : ndarray of shape (n_rules,)
        Sum over players of ``|a_g - c_g|`` up to which a rule is accurate; infinite for the last.
    counts : ndarray of shape (n_rules,)
        Number of nodes of each rule.
    nodes, weights : ndarray of shape (n_rules, largest count)
        Nodes and weights, padded with zeros.
    """

    reach: np.ndarray
    counts: np.ndarray
    nodes: np.ndarray
    weights: np.ndarray


@intrinsic
def multiply_before(typing_context: Any, before: Any, c: Any, change: Any, row: Any, t: Any) -> Any:  # noqa: ARG001
    """Compute ``before[row + 1] = before[row] * (c[row] + t * change[row])``."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        row, t = arguments[3:]
        places = [_place(context, builder, signature.args[i], arguments[i], row) for i in range(3)]
        left, base, slope = (builder.load(place, align=8) for place in places)
        product = builder.fmul(left, _mix(builder, base, slope, t), flags=_FUSED)
        following = builder.add(row, row.type(1))
        builder.store(product, _place(context, builder, signature.args[0], arguments[0], following), align=8)
        return context.get_dummy_value()

    return types.void(before, c, change, row, t), generate


@intrinsic
def add_and_multiply_after(
    typing_context: Any,  # noqa: ARG001
    before: Any,
    c: Any,
    change: Any,
    after: Any,
    out: Any,
    row: Any,
    t: Any,
) -> Any:
    """Compute ``out[row] += before[row] * after[0]``, then ``after[0] *= c[row] + t * change[row]``."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        row, t = arguments[5:]
        rows = [row, row, row, row.type(0), row]
        places = [_place(context, builder, signature.args[i], arguments[i], rows[i]) for i in range(5)]
        left, base, slope, right, total = (builder.load(place, align=8) for place in places)
        total = builder.fadd(total, builder.fmul(left, right, flags=_FUSED), flags=_FUSED)
        builder.store(total, places[4], align=8)
        right = builder.fmul(right, _mix(builder, base, slope, t), flags=_FUSED)
        builder.store(right, places[3], align=8)
        return context.get_dummy_value()

    return types.void(before, c, change, after, out, row, t), generate


def _place(context: Any, builder: Any, kind: Any, array: Any, row: Any) -> Any:
    """Return where a row of a C-contiguous array (n_rows, LANES) begins."""
    data = context.make_array(kind)(context, builder, array).data
    first = builder.gep(data, [builder.mul(row, row.type(LANES))])
    return builder.bitcast(first, _ROW.as_pointer())


def _mix(builder: Any, base: Any, slope: Any, t: Any) -> Any:
    """Return ``base + t * slope`` of two rows and a number."""
    nothing, lanes = ir.Constant(_ROW, ir.Undefined), ir.VectorType(ir.IntType(32), LANES)
    one = builder.insert_element(nothing, t, ir.Constant(ir.IntType(32), 0))
    spread = builder.shuffle_vector(one, nothing, ir.Constant(lanes, [0] * LANES))
    return builder.fadd(base, builder.fmul(spread, slope, flags=_FUSED), flags=_FUSED)


@kernel
def owen_values(
    present: np.ndarray, absent: np.ndarray, starts: np.ndarray, inner: Rules, outer: Rules, out: np.ndarray
) -> None:
    """Fill in mean values over the background, for terms in multiples of LANES."""
    n_windows, n_players, n_terms = present.shape
    n_background, n_groups = absent.shape[0], starts.size - 1
    c, change, part = np.empty((3, n_players, LANES))
    whole_c, whole_change, rest = np.empty((3, n_groups, LANES))
    before, total = np.empty((n_players + 2, LANES)), np.empty((n_players, LANES))
    rest[:] = 1.0
    for term in range(0, n_terms, LANES):
        for window in range(n_windows):
            a = present[window, :, term : term + LANES]
            total[:] = 0.0
            for row in range(n_background):
                _load(a, absent[row, :, term : term + LANES], c, change)
                if n_groups > 1:
                    _multiply_groups(c, change, starts, whole_c, whole_change)
                    _integrate_others(whole_c, whole_change, outer, before, rest)
                for group in range(n_groups):
                    first, last = starts[group], starts[group + 1]
                    _integrate_others(c[first:last], change[first:last], inner, before, part[first:last])
                    _add_product(change[first:last], part[first:last], rest[group], total[first:last])
            for g in range(n_players):
                for i in range(LANES):
                    out[window, g, term + i] = total[g, i] / n_background


@kernel
def _load(present: np.ndarray, absent: np.ndarray, c: np.ndarray, change: np.ndarray) -> None:
    for g in range(c.shape[0]):
        a, b, base, slope = present[g], absent[g], c[g], change[g]
        for i in range(LANES):
            base[i] = b[i]
            slope[i] = a[i] - b[i]


@kernel
def _add_product(change: np.ndarray, part: np.ndarray, rest: np.ndarray, total: np.ndarray) -> None:
    for g in range(change.shape[0]):
        slope, one, target = change[g], part[g], total[g]
        for i in range(LANES):
            target[i] += slope[i] * one[i] * rest[i]


@kernel
def _multiply_groups(
    c: np.ndarray, change: np.ndarray, starts: np.ndarray, whole_c: np.ndarray, whole_change: np.ndarray
) -> None:
    """Fill in the products of the factors of each group: absent, and present less absent."""
    whole_c[:] = 1.0
    whole_change[:] = 1.0
    for group in range(starts.size - 1):
        absent, present = whole_c[group], whole_change[group]
        for g in range(starts[group], starts[group + 1]):
            base, slope = c[g], change[g]
            for i in range(LANES):
                absent[i] *= base[i]
                present[i] *= base[i] + slope[i]
        for i in range(LANES):
            present[i] -= absent[i]


@kernel
def _integrate_others(
    c: np.ndarray, change: np.ndarray, rules: Rules, before: np.ndarray, out: np.ndarray
) -> None:
    """Fill in the integral of the product of all other players' factors, for each player."""
    n_players = c.shape[0]
    rule = _choose_rule(change, rules.reach, before[0])
    after = before[n_players + 1 :]
    out[:] = 0.0
    for node in range(rules.counts[rule]):
        t = rules.nodes[rule, node]
        before[0] = rules.weights[rule, node]
        after[0] = 1.0
        for g in range(n_players):
            multiply_before(before, c, change, g, t)  # type: ignore[call-arg]
        for left in range(n_players):
            g = n_players - 1 - left
            add_and_multiply_after(before, c, change, after, out, g, t)  # type: ignore[call-arg]


@kernel
def _choose_rule(change: np.ndarray, reach: np.ndarray, sums: np.ndarray) -> int:
    """Return the first rule that reaches all terms."""
    for i in range(LANES):
        sums[i] = 0.0
    for g in range(change.shape[0]):
        for i in range(LANES):
            sums[i] += abs(change[g, i])
    largest = 0.0
    for i in range(LANES):
        largest = max(largest, sums[i])
    rule = 0
    while reach[rule] < largest:
        rule += 1
    return rule
