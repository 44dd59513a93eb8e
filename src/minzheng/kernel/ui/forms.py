"""Form fields for what our screens ask: amounts in yuan, months, days.

Any Django form is shown by `{% form_fields form %}` or field by field with `{% field form.name %}`.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from minzheng.kernel.money import NotAnAmount, format_yuan, parse_yuan
from minzheng.kernel.periods import Month


class DayInput(forms.DateInput):
    """A day, picked with the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class MonthInput(forms.TextInput):
    """A month, as 2022-07; browsers without a month picker take it as text."""

    input_type = "month"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"placeholder": "2022-07", "pattern": r"\d{4}-\d{2}", **(attrs or {})})


class MonthField(forms.Field):
    """A calendar month (月份); cleans to `Month`."""

    widget = MonthInput
    default_error_messages = {"invalid": _("请按 2022-07 的格式填写月份")}

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Month) else value

    def to_python(self, value: Any) -> Month | None:
        if value in self.empty_values:
            return None
        try:
            return Month.parse(value)
        except ValueError as fault:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from fault


class MoneyInput(forms.TextInput):
    """An amount in yuan, shown with ¥ before it."""

    prefix_text = "¥"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})


class MoneyField(forms.Field):
    """An amount typed in yuan; cleans to whole fen (分)."""

    widget = MoneyInput
    default_error_messages = {
        "invalid": _("请填写金额，例如 1420 或 1,420.50"),
        "negative": _("金额不能小于零"),
    }

    def __init__(self, *, allows_negative: bool = False, **kwargs: Any) -> None:
        self.allows_negative = allows_negative
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return format_yuan(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            amount = parse_yuan(value)
        except NotAnAmount as fault:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from fault
        if amount < 0 and not self.allows_negative:
            raise forms.ValidationError(self.error_messages["negative"], code="negative")
        return amount


class ReasonForm(forms.Form):
    """Why somebody looks at what is hidden; the choice is counted, the words are kept with the look."""

    purpose = forms.ChoiceField(
        label=_("查看原因"),
        choices=[
            ("verify", _("核对本人身份")),
            ("payment", _("核对发放账户")),
            ("complaint", _("处理来信来访")),
            ("inspection", _("监督检查")),
            ("other", _("其他（请说明）")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("说明"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("purpose") == "other" and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("选择“其他”时请写明原因"))
        return cleaned
