"""One solver on one exported file; prints one JSON object, which is {"failure": ...} where it refuses.

    python run.py --solver clarabel --file full.cbf [--gap 1e-6] [--seconds 300] [--repetitions 3] [--fold]
"""

import argparse
import json

from licensed import LICENSED
from solvers import SOLVERS

KNOWN = {**SOLVERS, **LICENSED}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--solver", choices=sorted(KNOWN), required=True)
    parser.add_argument("--file", required=True)
    parser.add_argument("--gap", type=float, default=1e-6)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--repetitions", type=int, default=1)
    parser.add_argument("--fold", action="store_true", help="state costs as costs, not as cones")
    given = parser.parse_args()
    print(json.dumps(run(given)))


def run(given: argparse.Namespace) -> dict:
    solve = KNOWN[given.solver]
    try:
        return solve(given.file, given.gap, given.seconds, given.repetitions, given.fold)
    except ImportError:
        return {"failure": "not installed"}
    except Exception as failure:  # Each package has a class of its own for "too large for this licence".
        return {"failure": " ".join(str(failure).split()) or type(failure).__name__}


if __name__ == "__main__":
    main()
