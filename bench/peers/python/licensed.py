"""Commercial solvers, each of them only where it is installed and its licence allows the size.

The signature and the answer are those of solvers.py. A refusal is an answer with the solver's own words.
"""

from solvers import answer, relative_gap, timed


def gurobi(path: str, gap: float, limit: float, repetitions: int, fold: bool) -> dict:
    import gurobipy

    with gurobipy.Env(params={"OutputFlag": 0}) as environment, gurobipy.read(path, environment) as model:
        model.Params.TimeLimit = limit
        model.Params.MIPGap = gap
        model.Params.BarConvTol = model.Params.BarQCPConvTol = gap
        _, seconds = timed(1, model.optimize)
        status = {2: "optimal", 3: "infeasible", 9: "time limit"}.get(model.Status, f"status {model.Status}")
        objective = model.ObjVal if model.SolCount > 0 else None
        bound = model.ObjBound if model.IsMIP else objective
        return finished(status, seconds, objective, bound)


def copt(path: str, gap: float, limit: float, repetitions: int, fold: bool) -> dict:
    """Reads the CBF file: of the cones in its MPS files it makes another program."""
    import coptpy

    model = coptpy.Envr().createModel()
    model.setParam("Logging", 0)
    model.readCbf(path)
    model.setParam("TimeLimit", limit)
    model.setParam("RelGap", gap)
    _, seconds = timed(1, model.solve)
    status = {1: "optimal", 2: "infeasible", 8: "time limit"}.get(model.status, f"status {model.status}")
    if model.ismip:
        objective = model.objval if model.hasmipsol else None
        return finished(status, seconds, objective, model.bestbnd)
    return finished(status, seconds, model.objval, model.objval)


def mosek(path: str, gap: float, limit: float, repetitions: int, fold: bool) -> dict:
    """Reads the CBF file."""
    import mosek as package

    with package.Env() as environment, environment.Task() as task:
        task.readdata(path)
        task.putdouparam(package.dparam.optimizer_max_time, limit)
        task.putdouparam(package.dparam.mio_tol_rel_gap, gap)
        task.putdouparam(package.dparam.intpnt_co_tol_rel_gap, gap)
        termination, seconds = timed(1, task.optimize)
        whole = task.getnumintvar() > 0
        solution = package.soltype.itg if whole else package.soltype.itr
        objective = task.getprimalobj(solution)
        bound = task.getdouinf(package.dinfitem.mio_obj_bound) if whole else task.getdualobj(solution)
        return finished(f"{task.getsolsta(solution)}, {termination}", seconds, objective, bound)


def xpress(path: str, gap: float, limit: float, repetitions: int, fold: bool) -> dict:
    import xpress as package

    problem = package.problem()
    problem.setControl("outputlog", 0)
    problem.readProb(path)
    problem.setControl("timelimit", limit)
    problem.setControl("miprelstop", gap)
    _, seconds = timed(1, problem.optimize)
    objective = problem.attributes.objval
    bound = problem.attributes.bestbound if problem.attributes.mipents > 0 else objective
    return finished(str(problem.attributes.solstatus), seconds, objective, bound)


def finished(status: str, seconds: list, objective, bound) -> dict:
    gap = None if objective is None or bound is None else relative_gap(objective, bound)
    return answer(status, seconds, objective, bound, gap)


LICENSED = {"gurobi": gurobi, "mosek": mosek, "copt": copt, "xpress": xpress}
