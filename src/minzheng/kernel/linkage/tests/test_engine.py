"""What a model learns, what it weighs, and what it never links."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import NotPermitted, acting_as_service
from minzheng.kernel.linkage import engine
from minzheng.kernel.linkage.actions import CannotTrain, train_model
from minzheng.kernel.linkage.comparisons import COMPARISONS
from minzheng.kernel.linkage.disturb import RATES, Disturber
from minzheng.kernel.linkage.models import LinkModel
from minzheng.kernel.linkage.records import frame_of
from minzheng.kernel.linkage.thresholds import thresholds_of
from minzheng.kernel.linkage.training import delivered, digest_of, training_rows
from minzheng.kernel.people.identifiers import parse_citizen
from minzheng.kernel.people.tests.world import number
from minzheng.simulation.linkage import people_records

BASE = {
    "name": "诸葛晓峰",
    "birth": "1970-03-07",
    "committee": "310107014029",
    "household": None,
    "digits": None,
    "sex": "1",
}


def weighed(sent: list[dict], known: list[dict]) -> dict[tuple[str, str], dict]:
    """Pairs of rows (r0, r1 …) and people (p0, p1 …), weighed by the delivered model."""
    rows, register = (
        frame_of([{**BASE, **one, "unique_id": f"{mark}{at}"} for at, one in enumerate(records)])
        for mark, records in (("r", sent), ("p", known))
    )
    found = engine.weigh(rows, register, delivered()["parameters"], prior=1e-4, least=0.0)
    return {(pair["left"], pair["right"]): pair for pair in found.to_dicts()}


# What a row says instead of the register's, and the answer that gives.
DIFFERENCES = [
    ("name", "諸葛曉峯", "variant"),
    ("name", "诸葛小锋", "sound"),
    ("name", "晓峰诸葛", "order"),
    ("name", "诸葛晓明", "one_sign"),
    ("name", "诸葛晓", "one_sign"),
    ("name", "王芳", "differs"),
    ("birth", "1970-07-03", "swapped"),
    ("birth", "1970-03-08", "one_digit"),
    ("birth", "1978-03-07", "one_digit"),
    ("birth", "1959-03-07", "differs"),
    ("birth", "1958-03-07", "differs"),
    ("birth", "1962-03-07", "year_off"),
    ("birth", "1970-11-21", "year"),
    ("committee", "310107014030", "neighbour"),
    ("committee", "310107014035", "street"),
    ("committee", "310107005001", "district"),
    ("digits", "310199197001010028", "two_digits"),
    ("digits", "310***********0011", "tail"),
]


def test_each_difference_has_its_answer_and_the_weights_add_up():
    known = [{}, {"digits": "310199197001010011"}]
    found = weighed([{field: ours} for field, ours, _level in DIFFERENCES], known)
    for at, (field, ours, level) in enumerate(DIFFERENCES):
        pair = found[f"r{at}", "p1" if field == "digits" else "p0"]
        name = {"committee": "place", "digits": "number"}.get(field, field)
        assert pair[f"{name}_level"] == level, (field, ours)
        total = math.log2(1e-4 / (1 - 1e-4)) + sum(pair[f"{one.name}_weight"] for one in COMPARISONS)
        assert pair["weight"] == pytest.approx(total, abs=1e-6)
        assert pair["probability"] == pytest.approx(2**total / (1 + 2**total), abs=1e-9)


serials = st.lists(st.one_of(st.none(), st.integers(1, 400)), min_size=2, max_size=24)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    ours=serials,
    theirs=serials,
    names=st.lists(st.sampled_from(["诸葛晓峰", "王芳", "王方"]), min_size=24, max_size=24),
)
def test_no_pair_crosses_two_sound_numbers_that_differ(ours, theirs, names):
    def side(mark: str, chosen: list) -> list[dict]:
        return [
            {**BASE, "unique_id": f"{mark}{at}", "name": names[at], "digits": serial and number(serial)}
            for at, serial in enumerate(chosen)
        ]

    rows, register = side("r", ours), side("p", theirs)
    by_id = {one["unique_id"]: one["digits"] for one in rows + register}
    parameters = delivered()["parameters"]
    for one, other in ((rows, register), (rows + register, None)):
        pairs = engine.weigh(
            frame_of(one), None if other is None else frame_of(other), parameters, prior=0.5, least=0.0
        )
        for left, right in pairs.select("left", "right").iter_rows():
            numbers = {by_id[left], by_id[right]} - {None}
            assert len(numbers) < 2, (left, right)


def test_a_small_register_teaches_the_same_model_twice_and_one_that_tells_faults_from_strangers():
    register = frame_of(people_records(1_500, seed=2))
    rows, about = training_rows(register)
    first = engine.learn(rows, register, pairs=60_000)
    assert digest_of(first) == digest_of(engine.learn(rows, register, pairs=60_000))
    assert about["disturbed"] > 200 and about["rates_provenance"] == "illustrative"
    for comparison, level in (
        ("name", "same"),
        ("name", "sound"),
        ("birth", "same"),
        ("number", "one_digit"),
    ):
        assert first[comparison][level]["m"] > 3 * first[comparison][level]["u"]
    assert first["name"]["differs"]["m"] < first["name"]["differs"]["u"]
    for told in first.values():
        assert sum(level["u"] for level in told.values()) == pytest.approx(1, abs=0.01)


@pytest.mark.django_db
def test_too_small_a_register_is_refused_and_others_may_not_train(as_post):
    with acting_as_service("test"), pytest.raises(CannotTrain, match="至少需要 200 人"):
        train_model()
    as_post("district_reviewer", "310107")
    with pytest.raises(NotPermitted):
        train_model()


@pytest.mark.django_db
def test_a_model_once_kept_cannot_be_changed(as_post):
    from django.db import DatabaseError, transaction

    from minzheng.kernel.linkage.training import current_model

    as_post("service")
    made = current_model()
    assert made.digest == digest_of(delivered()["parameters"]) == delivered()["record"]["digest"]
    assert current_model().pk == made.pk and LinkModel.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        LinkModel.objects.update(parameters={})


def test_the_costs_draw_the_lines_and_a_look_dearer_than_its_use_is_refused():
    assert thresholds_of(false_link_fen=10_000, missed_link_fen=1_000, look_fen=100).of(0.99) == "link"
    with pytest.raises(ValueError, match="高于它能避免的损失"):
        thresholds_of(false_link_fen=1_000, missed_link_fen=1_000, look_fen=900)
    with pytest.raises(ValueError, match="大于零"):
        thresholds_of(false_link_fen=0, missed_link_fen=1_000, look_fen=1)


@pytest.mark.parametrize("fault", sorted(RATES))
def test_every_fault_changes_something_or_says_that_it_did_not(fault):
    record = {
        **BASE,
        "birth": "1970-03-07",
        "digits": number(1),
        "phone": "19912345678",
        "household": "H1",
        "name": "刘晓峰",
    }
    disturber = Disturber(["刘晓峰", "张小锋", "王明"], 5, dict.fromkeys(RATES, 0) | {fault: 1000})
    made, faults = disturber.copy(record)
    assert bool(faults) == (made != record)
    if fault == "wrong_number":
        assert made["digits"] != record["digits"] and len(made["digits"]) == 18
    if fault == "masked":
        assert "*" in made["digits"] and not parse_citizen(made["digits"]).is_valid
