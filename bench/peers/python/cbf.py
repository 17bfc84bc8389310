"""A file in the Conic Benchmark Format (H. Friberg, CBLIB 2014) as arrays.

    minimise c'x + constant   subject to   A x + b in the cones of `rows`,   x in those of `variables`

Of its cones those are read that `wattshare export` writes: F, L=, L+, L- and QR, which is
{ 2 s t >= |u|^2, s, t >= 0 }.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix

CONES = ("F", "L=", "L+", "L-", "QR")


@dataclass
class Program:
    variables: list = field(default_factory=list)  # (cone, size) of neighbours, as are rows
    rows: list = field(default_factory=list)
    costs: np.ndarray = field(default_factory=lambda: np.zeros(0))
    constant: float = 0.0
    matrix: csr_matrix = field(default_factory=lambda: csr_matrix((0, 0)))
    right: np.ndarray = field(default_factory=lambda: np.zeros(0))
    has_integers: bool = False


def read_cbf(path: str) -> Program:
    """Raises ValueError for what is not read."""
    with open(path, encoding="ascii") as file:
        lines = [line for line in file if line.strip() and not line.startswith("#")]
    program = Program()
    at = 0

    def table(width: int) -> np.ndarray:
        nonlocal at
        count = int(lines[at])
        numbers = np.array(" ".join(lines[at + 1 : at + 1 + count]).split(), dtype=float)
        at += 1 + count
        return numbers.reshape(count, width)

    while at < len(lines):
        keyword = lines[at].strip()
        at += 1
        if keyword == "VER":
            at += 1
        elif keyword == "OBJSENSE":
            if lines[at].strip() != "MIN":
                raise ValueError("only programs that minimise are read")
            at += 1
        elif keyword in ("VAR", "CON"):
            total, count = (int(word) for word in lines[at].split())
            domains = [domain(line) for line in lines[at + 1 : at + 1 + count]]
            at += 1 + count
            if keyword == "VAR":
                program.variables = domains
                program.costs = np.zeros(total)
                program.matrix = csr_matrix((0, total))
            else:
                program.rows = domains
                program.right = np.zeros(total)
                program.matrix = csr_matrix((total, program.costs.size))
        elif keyword == "INT":
            program.has_integers = table(1).size > 0
        elif keyword == "OBJACOORD":
            entries = table(2)
            program.costs[entries[:, 0].astype(int)] = entries[:, 1]
        elif keyword == "OBJBCOORD":
            program.constant = float(lines[at])
            at += 1
        elif keyword == "ACOORD":
            entries = table(3)
            places = entries[:, 0].astype(int), entries[:, 1].astype(int)
            program.matrix = coo_matrix((entries[:, 2], places), program.matrix.shape).tocsr()
        elif keyword == "BCOORD":
            entries = table(2)
            program.right[entries[:, 0].astype(int)] = entries[:, 1]
        else:
            raise ValueError(f"section {keyword} is not read")
    return program


def domain(line: str) -> tuple:
    cone, size = line.split()
    if cone not in CONES:
        raise ValueError(f"cone {cone} is not read")
    return cone, int(size)
