"""The tab 用户: who may come in, and as what."""

from typing import Any

import gradio as gr

from qa.errors import RecordsError
from qa.records.accounts import ROLES, Role, User
from qa.web.admin.office import Office, Shown, confirming, rows, said, table, told
from qa.web.events import PRIVATE
from qa.web.spans import escape

_HEADERS = ("用户名", "角色", "状态", "密码")
_ROLES = [(label, role) for role, label in ROLES.items()]


def lay_out(office: Office) -> Shown:
    """Put the tab's parts into the Blocks."""
    accounts = office.records.accounts

    def show() -> tuple[Any, ...]:
        users = accounts.all()
        found = [
            (
                str(user.id),
                [
                    user.name,
                    ROLES[user.role],
                    "启用" if user.active else "停用",
                    "一次性，待修改" if user.must_change else "",
                ],
            )
            for user in users
        ]
        choices = [(user.name, user.id) for user in users]
        return rows("用户", _HEADERS, found), gr.update(choices=choices)

    def person(user_id: int | None) -> User:
        if user_id is None:
            raise RecordsError("请先选一个用户。")
        return accounts.get(user_id)

    def create(name: str, role: Role, request: gr.Request) -> tuple[Any, ...]:
        passwords: list[str] = []

        def act() -> str:
            passwords.append(accounts.create(name, role))
            made = accounts.named(name)
            office.log(request, "新建用户", f"{made.name}，角色{ROLES[role]}")
            return f"已新建用户 {made.name}。"

        spoken = told(act)
        return spoken, _password(passwords), "" if passwords else gr.skip(), *show()

    def reset(user_id: int | None, request: gr.Request) -> tuple[Any, ...]:
        passwords: list[str] = []

        def act() -> str:
            user = person(user_id)
            passwords.append(accounts.reset(user.id))
            office.log(request, "重设密码", user.name)
            return f"已重设 {user.name} 的密码，原来的密码和登录都不再有效。"

        return told(act), _password(passwords), gr.skip(), *show()

    def set_role(user_id: int | None, role: Role, request: gr.Request) -> tuple[Any, ...]:
        def act() -> str:
            user = person(user_id)
            accounts.set_role(user.id, role)
            before, after = ROLES[user.role], ROLES[role]
            office.log(request, "改换角色", f"{user.name}：{before} → {after}")
            return f"{user.name} 现在的角色是{after}。"

        return told(act), "", gr.skip(), *show()

    def about_role(user_id: int | None, role: Role) -> str:
        user = person(user_id)
        if user.role == role:
            raise RecordsError(f"{user.name} 的角色已经是{ROLES[role]}。")
        before, after = ROLES[user.role], ROLES[role]
        return f"要把 {user.name} 的角色从{before}改为{after}吗？立即生效。"

    def set_active(user_id: int | None, active: bool, request: gr.Request) -> tuple[Any, ...]:
        def act() -> str:
            user = person(user_id)
            accounts.set_active(user.id, active)
            done = "启用" if active else "停用"
            office.log(request, f"{done}用户", user.name)
            return f"已{done} {user.name}。"

        return told(act), "", gr.skip(), *show()

    def activate(user_id: int | None, request: gr.Request) -> tuple[Any, ...]:
        return set_active(user_id, True, request)

    def deactivate(user_id: int | None, request: gr.Request) -> tuple[Any, ...]:
        return set_active(user_id, False, request)

    def role_of(user_id: int | None) -> Any:
        return gr.skip() if user_id is None else accounts.get(user_id).role

    def picked(event: gr.EventData) -> tuple[Any, ...]:
        return int(event.key), role_of(int(event.key))

    spoken = said()
    password = gr.HTML("", elem_id="one-time", apply_default_css=False)
    people = table("users")
    with gr.Row(elem_classes="cards"):
        with gr.Column(min_width=280, elem_classes="card"):
            gr.HTML("<h2>新建用户</h2>", apply_default_css=False)
            name = gr.Textbox(label="用户名", elem_id="new-name", max_length=64)
            role = gr.Dropdown(
                _ROLES, value="user", label="新用户的角色", elem_id="new-role", filterable=False
            )
            adding = gr.Button("新建用户", variant="primary", elem_id="add-user")
        with gr.Column(min_width=280, elem_classes="card"):
            gr.HTML("<h2>修改用户</h2>", apply_default_css=False)
            who = gr.Dropdown([], label="选择用户（也可点列表中的一行）", elem_id="who")
            role_now = gr.Dropdown(
                _ROLES, value="user", label="角色", elem_id="role", filterable=False
            )
            with gr.Row(elem_classes="acts"):
                changing = gr.Button("改换角色", size="sm", elem_id="set-role")
                resetting = gr.Button("重设密码", size="sm", elem_id="reset")
                leaving = gr.Button("停用", size="sm", elem_id="deactivate")
                returning = gr.Button("启用", size="sm", elem_id="activate")
            shown: list[Any] = [people, who]
            outputs = [spoken, password, name, *shown]
            confirming(changing, about_role, set_role, [who, role_now], outputs, spoken)
            confirming(
                resetting,
                lambda user_id: f"要重设 {person(user_id).name} 的密码吗？原来的密码立即失效。",
                reset,
                [who],
                outputs,
                spoken,
            )
            confirming(
                leaving,
                lambda user_id: f"要停用 {person(user_id).name} 吗？停用后不能登录，记录保留。",
                deactivate,
                [who],
                outputs,
                spoken,
            )
    gr.on([adding.click, name.submit], create, [name, role], outputs, **PRIVATE)
    returning.click(activate, who, outputs, **PRIVATE)
    who.input(role_of, who, role_now, **PRIVATE)
    people.click(picked, None, [who, role_now], **PRIVATE)
    return show, shown


def _password(made: list[str]) -> str:
    """The one-time password on its only showing; empty takes an earlier one away."""
    if not made:
        return ""
    return (
        '<p role="status">一次性密码，只显示这一次，请现在转告本人，首次登录时须修改：'
        f"<code>{escape(made[0])}</code></p>"
    )
