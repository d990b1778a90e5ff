"""The departments of the volume: told from what a trainer types, and found in what is printed."""

import difflib
import re

from qa.briefing.desk import Desk
from qa.errors import BriefingError
from qa.ingest.provision import Provision
from qa.retrieval.names import DepartmentNames, plain

_ALL_ALIKE = re.compile(r"各[^有监]*部门|各部门")
"""`省直各部门单位`: every department is meant; `各有关部门` are only some."""
_SUGGESTED = 5


def department_named(desk: Desk, name: str) -> str:
    """The department that a name means, as the volume writes it.

    Raises:
        BriefingError: there is none such; the sentence suggests some.
    """
    known = departments(desk)
    said = plain(name)
    exact = [each for each in known if plain(each) == said]
    found = exact or [*DepartmentNames(known).mentioned(said)]
    if found:
        return found[0]
    like = [each for each in known if said and (said in plain(each) or plain(each) in said)]
    like += difflib.get_close_matches(name, known, n=_SUGGESTED, cutoff=0.4)
    suggested = [*dict.fromkeys(like)][:_SUGGESTED] or known[:_SUGGESTED]
    raise BriefingError(
        f"汇编的任务分工里没有“{name}”这个部门；您要的是不是：{'、'.join(suggested)}？",
        offers=tuple(suggested),
    )


def is_same(department: str, printed: str) -> bool:
    """A printed cell means the department, in another spelling, or together with others.

    `省密码局` is 省密码管理局; `省财政厅省地方金融监管局` is both.
    """
    return bool(
        DepartmentNames([department]).mentioned(plain(printed))
        or DepartmentNames([printed]).mentioned(plain(department))
    )


def is_for_all(printed: str) -> bool:
    """It names all departments alike."""
    return bool(_ALL_ALIKE.search(printed))


def departments(desk: Desk) -> list[str]:
    """Those of the task lists, the most often named first; no groups such as 各有关部门."""
    times: dict[str, int] = {}
    for provision in desk.provisions:
        for name in _own(provision):
            times[name] = times.get(name, 0) + 1
    return sorted(times, key=lambda name: -times[name])


def _own(provision: Provision) -> list[str]:
    return [name for name in provision.departments if not re.search("各|有关|等$", name)]
