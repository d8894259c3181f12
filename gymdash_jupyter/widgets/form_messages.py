"""A form as the browser gets it: small JSON, defaults as they would be typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gymdash_jupyter.forms import Field, Form


_EMPTY_DICT: Final = '{"name": value}'


def form_message(form: Form) -> dict[str, Any]:
    """Write a form as JSON."""
    return {
        "key": form.key,
        "words": form.words,
        "documentation": form.documentation,
        "is_open": form.is_open,
        "depends_on": list(form.depends_on),
        "sections": [
            {
                "name": section,
                "fields": [field_message(each) for each in form.fields if each.section == section],
            }
            for section in form.sections
        ],
    }


def field_message(field: Field) -> dict[str, Any]:
    """Write a field as JSON; what is as it mostly is gets left out."""
    message: Mapping[str, Any] = {
        "path": field.path,
        "kind": field.kind,
        "text": "" if field.kind == "dict" else field.text_of(field.default),
        "choices": list(field.choices),
        "is_open": field.is_open,
        "low": field.low,
        "high": field.high,
        "is_above": field.is_above,
        "hint": ", ".join(words for words in (field.unit, field.range_words) if words),
        "help": field.help,
        "fields": [field_message(each) for each in field.fields],
        "is_main": field.is_main,
        "placeholder": field.placeholder or (_EMPTY_DICT if field.kind == "dict" else ""),
    }
    always = ("path", "kind", "text", "is_main")
    return {
        name: value
        for name, value in message.items()
        if name in always or not (value is None or value is False or value in ("", []))
    }
