"""`qa db`, `qa users`: the database, and who may use the page."""

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qa.cli import opening

if TYPE_CHECKING:
    from qa.records.records import Records

db_app = typer.Typer(help="数据库：备份、恢复、升级。", no_args_is_help=True)
users_app = typer.Typer(help="用户：列出、添加、重置密码、停用。", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="用户名。", show_default=False)]


@db_app.command("backup")
def db_backup(
    file: Annotated[Path, typer.Argument(help="备份写到哪个文件。", show_default=False)],
) -> None:
    """备份数据库；页面不必停下。以前的备份会被替换。"""
    with closing(_records()) as records:
        records.backup(file)
    print(f"已备份到 {file}（{file.stat().st_size / 2**20:.1f} MB）。")


@db_app.command("restore")
def db_restore(
    file: Annotated[Path, typer.Argument(help="qa db backup 做的备份。", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问。")] = False,
) -> None:
    """用备份代替现在的数据库；先停下页面。"""
    from qa.records.records import restore

    settings = opening.settings()
    if not yes:
        typer.confirm("现在的账户、对话和反馈都由备份里的代替，继续吗？", abort=True)
    said = restore(settings.database_url, file)
    with closing(_records()) as records:  # one of an earlier version is upgraded at once
        print(f"已恢复（{records.revision}）。{said}")


@db_app.command("migrate")
def db_migrate() -> None:
    """把数据库升级到这个版本的格式；页面启动时也会自动升级。"""
    with closing(_records()) as records:
        print(f"数据库已是最新格式（{records.revision}）。")


@users_app.command("list")
def users_list(as_json: opening.Json = False) -> None:
    """列出所有用户。"""
    from qa.records.accounts import ROLES

    with closing(_records()) as records:
        users = records.accounts.all()
    if as_json:
        opening.print_json([asdict(user) for user in users])
        return
    if not users:
        print("还没有用户；请添加：qa users add 用户名 --role admin。")
    for user in users:
        state = "已停用" if not user.active else "待改密码" if user.must_change else ""
        print(f"{user.name}\t{ROLES[user.role]}\t{state}".rstrip())


@users_app.command("add")
def users_add(
    name: Name,
    role: Annotated[
        Literal["user", "trainer", "evaluator", "admin"],
        typer.Option(help="角色：user 使用者，trainer 培训，evaluator 评测，admin 管理。"),
    ] = "user",
) -> None:
    """添加用户，显示一次性密码；首次登录时要改。"""
    with closing(_records()) as records:
        password = records.accounts.create(name, role)
        records.changes.log(None, "添加用户", f"{name}（{role}）")
    print(f"已添加 {name}；一次性密码（只显示这一次）：{password}")


@users_app.command("reset")
def users_reset(name: Name) -> None:
    """重置密码，显示新的一次性密码；已登录的都要重新登录。"""
    with closing(_records()) as records:
        password = records.accounts.reset(records.accounts.named(name).id)
        records.changes.log(None, "重置密码", name)
    print(f"{name} 的一次性密码（只显示这一次）：{password}")


@users_app.command("deactivate")
def users_deactivate(name: Name) -> None:
    """停用用户：立即退出登录，密钥失效；对话和反馈保留。"""
    with closing(_records()) as records:
        records.accounts.set_active(records.accounts.named(name).id, False)
        records.changes.log(None, "停用用户", name)
    print(f"已停用 {name}。")


def _records() -> "Records":
    from qa.records.records import Records

    settings = opening.settings()
    return Records.open(settings.database_url, session_hours=settings.session_hours)
