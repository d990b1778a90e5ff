"""The tab 变更记录: who changed what, newest first."""

from qa.web.admin.office import Office, Shown, clock, rows, table

_LIMIT = 500
_HEADERS = ("时间", "谁", "做了什么", "详情")


def lay_out(office: Office) -> Shown:
    """Put the tab's parts into the Blocks."""

    def show() -> str:
        found = [
            ("", [clock(one.when), one.user, one.what, one.detail])
            for one in office.records.changes.recent(_LIMIT)
        ]
        return rows("变更记录", _HEADERS, found)

    return show, [table("changes")]
