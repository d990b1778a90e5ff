"""The command `qa`."""

import logging
import sys
import traceback
from typing import Annotated

import typer

from qa.cli import documents, shelf
from qa.cli.asking import ask, search, serve
from qa.cli.briefing import brief
from qa.cli.corpus import corpus_app, index_app, models_app
from qa.cli.evaluation import bench, eval_app
from qa.cli.records import db_app, users_app
from qa.errors import BriefingError, QAError, QuestionBankError, QuestionError

_WRONG_USE = (QuestionError, QuestionBankError, BriefingError)

app = typer.Typer(
    help="数据法规政策问答：按条检索，逐句引用。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (serve, search, ask, brief, bench):
    app.command()(command)
for kept in (shelf.add, shelf.replace, shelf.remove):
    corpus_app.command()(kept)
for told in (documents.show, documents.diff, documents.export):
    corpus_app.command()(told)
app.add_typer(index_app, name="index")
app.add_typer(corpus_app, name="corpus")
app.add_typer(models_app, name="models")
app.add_typer(eval_app, name="eval")
app.add_typer(users_app, name="users")
app.add_typer(db_app, name="db")


@app.callback()
def _main(
    debug: Annotated[bool, typer.Option("--debug", help="出错时显示完整的调用过程。")] = False,
) -> None:
    warnings = logging.StreamHandler(sys.stderr)
    warnings.setLevel(logging.WARNING)  # libraries set the levels of their own loggers lower
    logging.basicConfig(format="%(message)s", handlers=[warnings])
    _State.debug = debug


class _State:
    debug = False


def main() -> None:
    """Run the command: exit code 0 on success, 2 on wrong use, 1 on failure with one line."""
    try:
        app()
    except QAError as error:
        _complain(str(error))
        sys.exit(2 if isinstance(error, _WRONG_USE) else 1)
    except Exception as error:
        _complain(f"程序出错（{type(error).__name__}）；用 qa --debug 再试可看到详情。")
        sys.exit(1)


def _complain(sentence: str) -> None:
    if _State.debug:
        traceback.print_exc()
    print(sentence, file=sys.stderr)
