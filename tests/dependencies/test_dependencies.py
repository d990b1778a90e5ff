import json
import re

import pytest
from packaging.utils import canonicalize_name

from tests.dependencies import licences, lock
from tests.dependencies.audit import told
from tests.dependencies.licences import licence, unfit
from tests.dependencies.tree import required, tree

ALL = required("dev")


def test_every_dependency_has_a_licence_under_which_a_bureau_may_use_it() -> None:
    needed = tree()
    assert {canonicalize_name(each.name) for each in ALL} <= {each.name for each in needed}
    assert len(needed) > 150
    found = {each.name: licence(each.installed) for each in needed}
    assert [name for name, said in found.items() if not said or unfit(said)] == []


@pytest.mark.parametrize(
    "said",
    [
        *("GPL-3.0-only", "AGPL-3.0", "MIT AND SSPL-1.0", "Proprietary", "CC-BY-NC-4.0"),
        *("GNU Affero General Public License v3", "GNU General Public License v2 (GPLv2)", ""),
    ],
)
def test_a_licence_that_nobody_has_looked_at_is_none_to_use(said: str) -> None:
    assert unfit(said)


def test_the_page_of_licences_names_all_that_is_asked_for() -> None:
    rows = licences.FILE.read_text("utf-8")
    for each in ALL:
        assert f"| {canonicalize_name(each.name)} |" in rows, "make licences"


def test_the_lock_holds_a_version_that_is_asked_for_and_no_address() -> None:
    pinned = lock.pinned()
    for each in [one for one in ALL if one.name != lock.APART]:
        version = pinned[canonicalize_name(each.name)]
        assert each.specifier.contains(version, prereleases=True), "make lock"
    assert not re.search(r"https?:|://|--index|--find", lock.FILE.read_text("utf-8"))


def test_what_was_not_looked_up_is_not_clean() -> None:
    clean = [{"name": name, "version": v, "vulns": []} for name, v in lock.pinned().items()]
    assert told(json.dumps({"dependencies": clean}))[0] == 0
    skipped = [{"name": "torch", "skip_reason": "not found"}, *clean[1:]]
    for report in ("", "no JSON", json.dumps({"dependencies": skipped})):
        code, said = told(report)
        assert code == 2 and "没有核对完" in said
    known = [{**clean[0], "vulns": [{"id": "PYSEC-1"}]}, *clean[1:]]
    code, said = told(json.dumps({"dependencies": known}))
    assert code == 1 and "PYSEC-1" in said
