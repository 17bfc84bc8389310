"""A program in the form that Clarabel, ECOS and SCS take:

    minimise   1/2 x'P x + q'x + constant
    subject to A x + s = b,   s in {0}^zero x R+^nonnegative x (second-order cones)

with P diagonal. The format of the files has no quadratic costs: 1/2 q x^2 stands there as a variable
c >= 0 of its own with the cost c and the cone 2 c >= q x^2. With `fold` those are put back into P, which is the better
statement for a solver that knows quadratic costs: fewer variables, and no cone for each prosumer.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, diags, eye, vstack

from cbf import Program


@dataclass
class StandardForm:
    quadratic: np.ndarray
    linear: np.ndarray
    constant: float
    matrix: csc_matrix
    right: np.ndarray
    zero: int
    nonnegative: int
    cones: list


def standard_form(program: Program, fold: bool) -> StandardForm:
    rows = RowKinds(program)
    quadratic = np.zeros(program.costs.size)
    kept = np.ones(program.costs.size, dtype=bool)
    cones = rows.cones
    if fold:
        cones = fold_costs(program, cones, quadratic, kept)
    matrix, right = program.matrix, program.right
    order = np.array([row for cone in cones for row in cone], dtype=int)
    fixed = rows.unit_rows(kept, ("L=",))
    signed = rows.unit_rows(kept, ("L+", "L-"))
    parts = [-matrix[rows.zero], fixed, -rows.sign(matrix), -signed]
    parts.append(-rotation(cones) @ matrix[order])
    rights = [right[rows.zero], np.zeros(fixed.shape[0]), rows.sign_of * right[rows.nonnegative]]
    rights += [np.zeros(signed.shape[0]), rotation(cones) @ right[order]]
    return StandardForm(
        quadratic[kept],
        program.costs[kept],
        program.constant,
        vstack(parts).tocsc()[:, kept].tocsc(),
        np.concatenate(rights),
        len(rows.zero) + fixed.shape[0],
        len(rows.nonnegative) + signed.shape[0],
        [len(cone) for cone in cones],
    )


class RowKinds:
    """Which rows are equalities, inequalities (with the sign that makes them >= 0) and cones."""

    def __init__(self, program: Program):
        self.program = program
        zero, nonnegative, signs, self.cones = [], [], [], []
        first = 0
        for cone, size in program.rows:
            rows = range(first, first + size)
            first += size
            if cone == "L=":
                zero += rows
            elif cone in ("L+", "L-"):
                nonnegative += rows
                signs += [1.0 if cone == "L+" else -1.0] * size
            elif cone == "QR":
                self.cones.append(rows)
        self.zero = np.array(zero, dtype=int)
        self.nonnegative = np.array(nonnegative, dtype=int)
        self.sign_of = np.array(signs)

    def sign(self, matrix: csr_matrix) -> csr_matrix:
        return diags(self.sign_of) @ matrix[self.nonnegative]

    def unit_rows(self, kept: np.ndarray, cones: tuple) -> csr_matrix:
        """A row x, or -x in L-, for each variable that is in one of the cones."""
        signs = np.zeros(kept.size)
        first = 0
        for cone, size in self.program.variables:
            if cone == "QR":
                raise ValueError("variables in QR are not read")
            if cone in cones:
                signs[first : first + size] = -1.0 if cone == "L-" else 1.0
            first += size
        chosen = np.flatnonzero(kept & (signs != 0))
        return (diags(signs) @ eye(kept.size, format="csr"))[chosen]


def rotation(cones: list) -> csr_matrix:
    """(s, t, u) with 2 s t >= |u|^2 becomes ((s + t) / sqrt 2, (s - t) / sqrt 2, u), which is in Q."""
    size = sum(len(cone) for cone in cones)
    diagonal, above, below = np.ones(size), np.zeros(max(size - 1, 0)), np.zeros(max(size - 1, 0))
    first = 0
    for cone in cones:
        half = np.sqrt(0.5)
        diagonal[first], diagonal[first + 1] = half, -half
        above[first] = below[first] = half
        first += len(cone)
    return diags([diagonal, above, below], [0, 1, -1], format="csr")


def fold_costs(program: Program, cones: list, quadratic: np.ndarray, kept: np.ndarray) -> list:
    """Moves the cones (a c, k, g x), with c in no other row, into the costs; returns the other cones."""
    matrix = program.matrix
    start, column, value = matrix.indptr, matrix.indices, matrix.data
    uses = np.bincount(column, minlength=kept.size)
    others = []
    for cone in cones:
        ends = [(start[row], start[row + 1]) for row in cone]
        c = column[ends[0][0]] if ends[0][1] - ends[0][0] == 1 else -1
        is_cost = [end - first for first, end in ends] == [1, 0, 1] and uses[c] == 1
        if not is_cost or program.right[cone[0]] != 0 or program.right[cone[2]] != 0:
            others.append(cone)
            continue
        a, g, k = value[ends[0][0]], value[ends[2][0]], program.right[cone[1]]
        quadratic[column[ends[2][0]]] += program.costs[c] * g * g / (a * k)
        kept[c] = False
    return others
