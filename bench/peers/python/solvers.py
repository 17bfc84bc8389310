"""What each solver makes of a program, and how long its own solve call takes.

A solver takes the program's file, the relative gap at which it may stop and a time limit, and returns one
dict: `status`, `objective`, `bound`, `gap` (relative), `seconds` (a list, one entry a repetition: the
solver's call alone, without reading and conversion) and `iterations`. Numbers that there are not are None.
"""

import time

import numpy as np
from scipy.sparse import diags

from cbf import read_cbf
from standard_form import StandardForm, standard_form


def timed(repetitions: int, solve) -> tuple:
    """The last outcome, and the seconds of all."""
    seconds = []
    for _ in range(repetitions):
        started = time.perf_counter()
        outcome = solve()
        seconds.append(time.perf_counter() - started)
    return outcome, seconds


def answer(status, seconds, objective=None, bound=None, gap=None, iterations=None) -> dict:
    numbers = {"objective": objective, "bound": bound, "gap": gap}
    finite = {name: as_finite(number) for name, number in numbers.items()}
    return {"status": status, "seconds": seconds, "iterations": iterations, **finite}


def as_finite(number):
    """SCIP's infinity is 1e20."""
    return None if number is None or not abs(number) < 1e19 else float(number)


def relative_gap(objective: float, bound: float) -> float:
    return abs(objective - bound) / max(1.0, abs(objective))


def convex_form(path: str, fold: bool) -> StandardForm:
    program = read_cbf(path)
    if program.has_integers:
        raise ValueError("a continuous solver was given integers")
    return standard_form(program, fold)


def clarabel(path: str, gap: float, limit: float, repetitions: int, fold: bool) -> dict:
    """The solver object is made anew each time: setup is part of a solve, as it is of ours."""
    import clarabel as package

    form = convex_form(path, fold)
    cones = [package.ZeroConeT(form.zero), package.NonnegativeConeT(form.nonnegative)]
    cones += [package.SecondOrderConeT(size) for size in form.cones]
    settings = package.DefaultSettings()
    settings.verbose = False
    settings.time_limit = limit
    settings.tol_gap_abs = settings.tol_gap_rel = gap
    quadratic = diags(form.quadratic, format="csc")
    arguments = quadratic, form.linear, form.matrix, form.right, cones, settings
    solution, seconds = timed(repetitions, lambda: package.DefaultSolver(*arguments).solve())
    objective, bound = (value + form.constant for value in (solution.obj_val, solution.obj_val_dual))
    status = str(solution.status)
    gap_at_end = relative_gap(objective, bound)
    return answer(status, seconds, objective, bound, gap_at_end, solution.iterations)


def ecos(path: str, gap: float, limit: float, repetitions: int, fold: bool) -> dict:
    """Knows no quadratic costs and no time limit; feasibility 1e-8 as by default."""
    import ecos as package

    form = convex_form(path, False)
    matrix = form.matrix.tocsr()
    equalities, right = matrix[: form.zero].tocsc(), form.right[: form.zero]
    inequalities, bounds = matrix[form.zero :].tocsc(), form.right[form.zero :]
    dims = {"l": form.nonnegative, "q": form.cones, "e": 0}
    outcome, seconds = timed(
        repetitions,
        lambda: package.solve(
            form.linear, inequalities, bounds, dims, equalities, right, verbose=False, abstol=gap, reltol=gap
        ),
    )
    info = outcome["info"]
    objective, bound = info["pcost"] + form.constant, info["dcost"] + form.constant
    gap_at_end = relative_gap(objective, bound)
    return answer(info["infostring"], seconds, objective, bound, gap_at_end, info["iter"])


def scs(path: str, gap: float, limit: float, repetitions: int, fold: bool) -> dict:
    """First order: one tolerance for everything, and no more digits than it has time for."""
    import scs as package

    form = convex_form(path, fold)
    data = {
        "P": diags(form.quadratic, format="csc"),
        "A": form.matrix,
        "b": form.right,
        "c": form.linear,
    }
    cone = {"z": form.zero, "l": form.nonnegative, "q": form.cones}
    settings = {
        "verbose": False,
        "eps_abs": gap,
        "eps_rel": gap,
        "time_limit_secs": limit,
        "max_iters": 10**8,
    }
    outcome, seconds = timed(repetitions, lambda: package.SCS(data, cone, **settings).solve())
    info = outcome["info"]
    objective, bound = info["pobj"] + form.constant, info["dobj"] + form.constant
    gap_at_end = relative_gap(objective, bound)
    return answer(info["status"], seconds, objective, bound, gap_at_end, info["iter"])


def scip(path: str, gap: float, limit: float, repetitions: int, fold: bool) -> dict:
    """Reads the MPS file itself, and solves once: a search takes as long as it takes."""
    from pyscipopt import Model

    model = Model()
    model.hideOutput()
    model.readProblem(path)
    model.setParam("limits/gap", gap)
    model.setParam("limits/time", limit)
    _, seconds = timed(1, model.optimize)
    objective = model.getPrimalbound() if model.getNSols() > 0 else None
    bound = as_finite(model.getDualbound())
    gap_at_end = None if objective is None or bound is None else relative_gap(objective, bound)
    return answer(model.getStatus(), seconds, objective, bound, gap_at_end, model.getNTotalNodes())


def highs(path: str, gap: float, limit: float, repetitions: int, fold: bool) -> dict:
    """Linear and quadratic programs alone: it is shown the file, and says whether it reads it."""
    import highspy

    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("time_limit", limit)
    if model.readModel(path) == highspy.HighsStatus.kError:
        return answer("file refused: no cones", [])
    _, seconds = timed(1, model.run)
    status = model.modelStatusToString(model.getModelStatus())
    return answer(status, seconds, model.getInfo().objective_function_value)


SOLVERS = {"clarabel": clarabel, "ecos": ecos, "scs": scs, "scip": scip, "highs": highs}
