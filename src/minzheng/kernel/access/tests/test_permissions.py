"""Which role may do what."""

from __future__ import annotations

import pytest

from minzheng.kernel.access import (
    Actor,
    NotPermitted,
    UnknownPermission,
    acting_as_resident,
    may,
    permission_names,
    permissions_of,
    require,
    roles,
)

ADMINISTRATORS = {"system_admin", "security_admin", "audit_admin"}


def _actor(role: str, *domains: str) -> Actor:
    return Actor("official", "甲", 1, 1, role, "310107", domains or ("*",))


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        ("neighbourhood_worker", "people.unmask"),
        ("street_officer", "payments.approve_batch"),
        ("district_reviewer", "payments.approve_batch"),
        ("city_policy_officer", "awards.grant"),
        ("finance_preparer", "payments.approve_batch"),
        ("finance_approver", "payments.prepare_batch"),
        ("statistician", "people.look"),
        ("auditor", "awards.end"),
        ("system_admin", "access.grant_post"),
        ("security_admin", "access.manage_officials"),
        ("audit_admin", "people.look"),
        ("service", "payments.approve_batch"),
    ],
)
def test_each_role_is_refused_what_is_anothers_duty(as_post, role, permission):
    as_post(role, "310107" if role != "service" else "310000")
    assert not may(permission)
    with pytest.raises(NotPermitted, match=permission):
        require(permission)


def test_every_role_of_the_platform_has_a_chinese_name_and_a_permission():
    assert len(roles()) == 20
    assert all(role.permissions and not role.name.isascii() for role in roles().values())


def test_every_permission_is_held_by_someone_other_than_the_service():
    held = set().union(*(role.permissions for role in roles().values() if role.code != "service"))
    assert held == set(permission_names())


def test_no_role_both_prepares_and_approves_a_payment():
    both = {"payments.prepare_batch", "payments.approve_batch"}
    assert [role.code for role in roles().values() if both <= role.permissions] == []


def test_administrators_see_no_persons_records():
    for code in ADMINISTRATORS:
        assert not any(p.startswith(("people.", "awards.", "payments.")) for p in permissions_of(code))


def test_only_officials_look_at_numbers_in_full():
    assert "people.unmask" not in permissions_of("service")


def test_a_post_for_one_programme_does_not_reach_another():
    actor = _actor("street_officer", "old_age_allowance")
    assert may("awards.grant", "old_age_allowance", actor=actor)
    assert not may("awards.grant", "subsistence_allowance", actor=actor)
    assert may("awards.grant", "subsistence_allowance", actor=_actor("street_officer"))


def test_without_a_post_nothing_is_permitted():
    assert not may("people.look")
    with pytest.raises(NotPermitted):
        require("people.look")


def test_a_resident_has_no_officials_permission(db):
    with acting_as_resident(5), pytest.raises(NotPermitted, match="居民"):
        require("people.look")


def test_a_misspelt_permission_is_an_error_and_not_a_refusal():
    with pytest.raises(UnknownPermission):
        may("people.lok")


def test_require_returns_who_acts(as_post):
    acting_post = as_post("street_officer", "310107014")
    assert require("awards.grant", domain="old_age_allowance").post_id == acting_post.post.pk
