"""Verbs of a finding: the facility says what it did, an inspector looks again; nothing else closes it (整改、复查)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from minzheng.kernel.access import current_actor, require
from minzheng.kernel.cases.models import Upload
from minzheng.kernel.inspections.errors import InspectionRefused
from minzheng.kernel.inspections.models import Finding, Recheck, Rectification
from minzheng.kernel.inspections.states import FindingState, move


def _locked(finding: Finding | int) -> Finding:
    pk = finding if isinstance(finding, int) else finding.pk
    found = Finding.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise InspectionRefused(f"没有问题 {pk}，或不在可见范围内 / no such finding in your sight")
    return found


@transaction.atomic
def rectify(*, finding: Finding | int, text: str, upload: Upload | None, on: date) -> Rectification:
    """The facility tells what it did (提交整改), with a photo or a paper; it then waits for a re-check.

    Raises:
        NotPermitted, InspectionRefused: nothing told, or it waits for its re-check already or is closed.
    """
    require("inspections.rectify")
    found = _locked(finding)
    if not text.strip() or upload is None:
        raise InspectionRefused("请写明整改情况并上传照片或材料 / say what was done and add a photo or paper")
    actor = current_actor()
    made = Rectification.objects.create(
        finding=found, facility_id=found.facility_id, division_code=found.division_code, text=text.strip(), upload=upload,
        on=on, by=actor.label if actor else "",
    )  # fmt: skip
    move(found, "finding", FindingState.ANSWERED, on=on)
    return made


@transaction.atomic
def recheck(
    *, finding: Finding | int, has_passed: bool, text: str, photo: Upload | None, on: date
) -> Recheck:
    """An inspector looks again, with a photo (复查): passed closes the finding, failed opens it under its first deadline.

    Raises:
        NotPermitted: the post does not inspect; a facility never closes its own findings.
        InspectionRefused: no words or no photo, or it is closed already.
    """
    actor = require("inspections.inspect")
    found = _locked(finding)
    if not text.strip() or photo is None:
        raise InspectionRefused("复查须写明情况并拍照 / a re-check needs words and a photo")
    if found.state == FindingState.CLOSED:
        raise InspectionRefused("该问题已复查合格 / it was closed already")
    made = Recheck.objects.create(
        finding=found, facility_id=found.facility_id, division_code=found.division_code, has_passed=has_passed,
        text=text.strip(), photo=photo, on=on, by_id=actor.official,
    )  # fmt: skip
    if has_passed:
        move(found, "finding", FindingState.CLOSED, on=on, closed_on=on, note=text.strip())
    elif found.state == FindingState.ANSWERED:
        move(found, "finding", FindingState.OPEN, on=on, note=text.strip())
    return made
