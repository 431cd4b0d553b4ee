"""Words of the pages by language, and commands in the form that the user types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

OWN = "verideck"
"""The command of an installed engine."""
DEFAULT = "python build.py" if (Path(__file__).parents[2] / "build.py").is_file() else OWN
"""The command if `called_as` was not called: this repository has its own script."""
_called = DEFAULT

_WORDS: Mapping[str, Mapping[str, Any]] = {
    "ja": {
        "alerts": {"caution": "危険", "important": "重要", "note": "補足", "tip": "ヒント", "warning": "注意"},
        "appendix": "付録",
        "close": "閉じる",
        "code": "コード",
        "command": "再現する",
        "copied": "コピーしました",
        "copying": "コピー",
        "data": "データの表",
        "equation": "式",
        "figure": "図",
        "find": "スライドを探す",
        "help": "キー操作",
        "index": {
            "html": "スライド",
            "min": "分",
            "notes.pdf": "配布資料（ノート付き）",
            "pdf": "PDF",
            "slides": "枚",
            "steps.pdf": "PDF（1段ずつ）",
            "talks": "スライド",
        },
        "letters": "文字と記号のキーを使う（切っても F1 でこの画面が開きます）",
        "live": {
            "differs": "{} に違いがあります",
            "figure": "{} の図 {}",
            "more": "ほか{}件（下に印をつけました）",
            "nothing": "なし",
            "now": "いま",
            "recorded": "記録",
            "same": "記録と同じ結果です",
        },
        "nothing": "見つかりません",
        "origin": "図と数値の出どころ",
        "output": "出力",
        "parameters": "パラメータ",
        "seeds": "乱数の種",
        "frozen": "保存された結果。再実行されません。作り直すには",
        # Text of reveal.js in the speaker view → our text.
        "speaker": {
            "Click to Reset": "クリックで戻す",
            "Default": "標準の並び",
            "Error connecting to main window.<br>Please try closing and reopening the speaker view.": (
                "スライドの画面につながりません。<br>この画面を閉じて、もう一度開いてください。"
            ),
            "Loading speaker view...": "発表者の画面を開いています…",
            "Notes": "ノート",
            "Notes only": "ノートだけ",
            "Pacing – Time to finish current slide": "このスライドの残り時間",
            "Tall": "縦に並べる",
            "Time": "時間",
            "Upcoming": "次",
            "Wide": "横に並べる",
            "reveal.js - Speaker View": "発表者の画面",
        },
        "shape": "{:,} 行 × {:,} 列",
        "table": "表",
        "tasks": {"done": "完了", "open": "未完了"},
        "value": "値",
        "versions": "バージョン",
        "wish": "番号またはことば",
        "to_keys": (
            (("→", "↓", "Space", "PageDown"), "次へ"),
            (("←", "↑", "Shift+Space", "PageUp"), "前へ"),
            (("Home", "End"), "最初のスライド、最後のスライド"),
            (("G", "/", "Ctrl+Shift+F"), "番号やことばでスライドを探す"),
            (("O", "Esc"), "一覧"),
            (("S",), "発表者の画面"),
            (("F",), "全画面"),
            (("B", "."), "画面を消す、戻す"),
            (("I",), "図と数値の出どころ"),
            (("D",), "図のデータの表"),
            (("R",), "1ページにして読む、戻す"),
            (("Ctrl+P",), "印刷"),
            (("?", "F1"), "この画面"),
        ),
    },
    "en": {
        "alerts": {
            "caution": "Caution",
            "important": "Important",
            "note": "Note",
            "tip": "Tip",
            "warning": "Warning",
        },
        "appendix": "Appendix",
        "close": "Close",
        "code": "code",
        "command": "reproduce",
        "copied": "Copied",
        "copying": "Copy",
        "data": "Data as a table",
        "equation": "equation",
        "figure": "figure",
        "find": "Find a slide",
        "help": "Keys",
        "index": {
            "html": "Slides",
            "min": "min",
            "notes.pdf": "Handout with notes",
            "pdf": "PDF",
            "slides": "slides",
            "steps.pdf": "PDF, step by step",
            "talks": "Talks",
        },
        "letters": "Letters and signs work as keys (F1 opens this in any case)",
        "live": {
            "differs": "{} differs",
            "figure": "{}: figure {}",
            "more": "and {} more, marked below",
            "nothing": "nothing",
            "now": "now",
            "recorded": "recorded",
            "same": "the same as recorded",
        },
        "nothing": "Nothing found",
        "origin": "Where figures and numbers come from",
        "output": "output",
        "parameters": "parameters",
        "seeds": "seeds",
        "frozen": "kept result, not run again; made anew by",
        "speaker": {
            "Click to Reset": "Click to reset",
            "Pacing – Time to finish current slide": "Time left for this slide",
            "Upcoming": "Next",
            "reveal.js - Speaker View": "Speaker view",
        },
        "shape": "{:,} rows × {:,} columns",
        "table": "table",
        "tasks": {"done": "done", "open": "open"},
        "value": "values",
        "versions": "versions",
        "wish": "Number or words",
        "to_keys": (
            (("→", "↓", "Space", "PageDown"), "Next"),
            (("←", "↑", "Shift+Space", "PageUp"), "Back"),
            (("Home", "End"), "First slide, last slide"),
            (("G", "/", "Ctrl+Shift+F"), "Find a slide by its number or by words"),
            (("O", "Esc"), "Overview"),
            (("S",), "Speaker view"),
            (("F",), "Full screen"),
            (("B", "."), "Blank the screen, and back"),
            (("I",), "Where figures and numbers come from"),
            (("D",), "A figure's data as a table"),
            (("R",), "Read as one page, and back"),
            (("Ctrl+P",), "Print"),
            (("?", "F1"), "This help"),
        ),
    },
}


def called_as(name: str) -> None:
    """Set the command that the user typed: `verideck`, `python build.py`."""
    global _called
    _called = name


def command(arguments: str = "") -> str:
    """Return a command as the user types it: `command("figures")` is `python build.py figures` in this repository."""
    return f"{_called} {arguments}".rstrip()


def typed(text: str) -> str:
    """Return `text` with commands in backticks (`verideck figures`) replaced by the form that the user types."""
    return re.sub(rf"`{OWN}(?=[ `])", f"`{_called}", text)


def of(language: str) -> Mapping[str, Any]:
    """Return the words for a language tag, as `ja` or `en-GB`; English for unknown languages."""
    return _WORDS.get(primary(language), _WORDS["en"])


def primary(language: str) -> str:
    """Return the primary subtag of a language tag in lower case: `en` for `en-GB`."""
    return language.partition("-")[0].lower()


def is_japanese(language: str) -> bool:
    """Tell whether a language tag means Japanese, which has its own rules for line breaks, dates and spaces."""
    return primary(language) == "ja"


def day(date: str, language: str) -> str:
    """Return an ISO 8601 date in the usual form of a language."""
    return date.replace("-", "/") if is_japanese(language) else date
