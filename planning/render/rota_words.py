"""A weekly plan in words: how good it is, who goes where, what contradicts and what would help."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from planning.render.labels import one_line, without_same_words
from planning.rota.change import differences
from planning.rota.goals import idle_goals
from planning.rota.model import STEP, WEEKDAYS, Window, clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.i18n import Translator
    from planning.rota import Duty, GoalResult, Rota, RotaTask, RuleRef, Slot, Team, Violation
    from planning.rota.change import Change, Plan
    from planning.rota.conflict import Conflict, Remedy
    from planning.rota.defaults import Assumption
    from planning.rota.open_days import WeekShares

_WORKDAYS, _HOUR, _FEW = 5, 60, 3


def weekday_name(t: Translator, weekday: int) -> str:
    """Return a weekday in words, 0 being Monday."""
    return t(f"data.weekday.{WEEKDAYS[weekday]}")


def hours_text(t: Translator, start: int, end: int) -> str:
    """Write a span of time in minutes after midnight."""
    return t("rota_files.hours", start=clock(start), end=clock(end))


def window_text(t: Translator, window: Window) -> str:
    """Return weekday and hours of a span of time."""
    return f"{weekday_name(t, window.weekday)} {hours_text(t, window.start, window.end)}"


def slot_text(t: Translator, task: RotaTask, place_id: str, slot: Slot) -> str:
    """Return weekday and hours of a consultation."""
    end = slot.start + task.length_of(task.place_number(place_id))
    return window_text(t, Window(slot.weekday, slot.start, end))


def room_text(t: Translator, task: RotaTask, place_id: str, slot: Slot) -> str:
    """Return weekday and hours for which a consultation needs its room."""
    start, end = task.in_room(task.place_number(place_id), slot)
    return window_text(t, Window(slot.weekday, start, end))


def name_of(t: Translator, task: RotaTask, subject: str) -> str:
    """Return what people call a place, a team or a member."""
    names = {place.id: place.name for place in task.places} | {team.id: team.name for team in task.teams}
    if names.get(subject):
        return names[subject]
    for team in task.teams:
        for member in team.members:
            if member.id == subject:
                return t("rota_files.team_member", team=team.name, members=member.label)
    return subject


def rule_text(t: Translator, task: RotaTask, rule: RuleRef) -> str:
    """Say a rule."""
    return t(f"rota.rule.{rule.kind}", name=name_of(t, task, rule.subject))


def remedy_text(t: Translator, task: RotaTask, remedy: Remedy) -> str:
    """Say what would help."""
    told = remedy.params
    if remedy.rule is None:
        day = weekday_name(t, told["weekday"])
        return t("rota.remedy.people", name=name_of(t, task, told["team"]), weekday=day)
    subject, kind = remedy.rule.subject, remedy.rule.kind
    told_of = room_text if kind == "window" else slot_text
    return t(
        f"rota.remedy.{kind}",
        name=name_of(t, task, subject),
        slots="; ".join(told_of(t, task, subject, slot) for slot in told.get("slots", ())),
        hours=t.number(math.ceil(told.get("minutes", 0) / STEP) * STEP / _HOUR, 2),
        minutes=t.number(told.get("minutes", 0)),
        days=", ".join(weekday_name(t, day) for day in told.get("days", ())),
    )


def _rule_lines(t: Translator, task: RotaTask, rules: Sequence[RuleRef]) -> list[str]:
    """Say rules, many of one kind in one line."""
    lines = []
    for kind in dict.fromkeys(rule.kind for rule in rules):
        alike = [rule for rule in rules if rule.kind == kind]
        if len(alike) <= _FEW:
            lines += [rule_text(t, task, rule) for rule in alike]
        else:
            names = "; ".join(name_of(t, task, rule.subject) for rule in alike)
            lines.append(t("rota.conflict.many", rule=t(f"rota.rules.{kind}"), names=names))
    return lines


def conflict_lines(t: Translator, task: RotaTask, conflict: Conflict | None) -> list[str]:
    """Say why there is no plan, and what would help; ``None`` if there was no time to find that out."""
    if conflict is None:
        return [t("rota.conflict.unknown")]
    lines = [t("rota.conflict.head"), *(f"- {line}" for line in _rule_lines(t, task, conflict.rules))]
    if not conflict.minimal:
        lines.append(t("rota.conflict.not_minimal"))
    if conflict.remedies:
        lines.append(t("rota.conflict.remedies"))
        lines += [f"- {remedy_text(t, task, remedy)}" for remedy in conflict.remedies]
    if conflict.left_out:
        places = "; ".join(name_of(t, task, name) for name in conflict.left_out)
        known = "left_out" if conflict.fewest else "left_out_found"
        lines.append(t(f"rota.conflict.{known}", places=places, count=len(conflict.left_out)))
    return lines


def duty_text(t: Translator, task: RotaTask, duty: Duty) -> str:
    """Say when a consultation is and who goes."""
    return f"{slot_text(t, task, duty.place, duty.slot)}, {who_text(t, task, duty)}"


def short_names(task: RotaTask) -> dict[str, str]:
    """Return the names of teams by id without the words that all of them begin with."""
    names = without_same_words([team.name for team in task.teams])
    return {team.id: name for team, name in zip(task.teams, names, strict=True)}


def violation_text(t: Translator, task: RotaTask, found: Violation, earlier: RotaTask | None = None) -> str:
    """Say which rule a plan breaks, of whom and how; ``earlier`` knows the names of what is gone."""

    def called(subject: str) -> str:
        name = name_of(t, task, subject)
        return name if name != subject or earlier is None else name_of(t, earlier, subject)

    told = dict(found.params)
    if "weekday" in told:
        told["weekday"] = t(f"data.weekday.{told['weekday']}")
    for name in ("moment", "start", "end"):
        if name in told:
            told[name] = clock(told[name])
    if "other" in told:
        told["other"] = name_of(t, task, told["other"])
    for name in ("minutes", "most"):
        if name in told:
            told[name] = t.number(told[name] / _HOUR, 2)
    return t(
        f"rota.violation.{found.kind}",
        place=called(found.place),
        team=called(found.team),
        member=called(found.member),
        **told,
    )


def change_parts(t: Translator, task: RotaTask, before: RotaTask, change: Change) -> tuple[str, str, str]:
    """Return place, consultation before and consultation after of what differs between two plans.

    Parameters
    ----------
    task, before
        The task of the later and of the earlier plan; their places and people can differ.
    """

    def told(of: RotaTask, duty: Duty | None) -> str:
        if duty is None or all(place.id != duty.place for place in of.places):
            return "–"
        return duty_text(t, of, duty)

    one = change.after or change.before
    known = before if change.after is None else task
    place = "" if one is None else name_of(t, known, one.place)
    return place, told(before, change.before), told(task, change.after)


def change_text(t: Translator, task: RotaTask, before: RotaTask, change: Change) -> str:
    """Say what differs between two plans about one consultation; parameters as for :func:`change_parts`."""
    place, was, will = change_parts(t, task, before, change)
    return t(f"rota.change.{change.kind}", place=place, before=was, after=will)


def change_lines(t: Translator, task: RotaTask, before: Plan, duties: Sequence[Duty]) -> list[str]:
    """Say what differs from an earlier plan, a line a consultation.

    Parameters
    ----------
    before
        That plan, and what it was made of; its places and people can differ.
    """
    found = differences(before, (task, duties))
    return [change_text(t, task, before[0], one) for one in found]


def goal_line(t: Translator, task: RotaTask, number: int, result: GoalResult) -> str:
    """Say how well a goal is met and what is proven about it, or that it has nothing to go by."""
    if result.name in idle_goals(task):
        goal, why = t(f"rota_files.goal.{result.name}"), t(f"rota.goal.idle.{result.name}")
        return t("rota.goal.without", number=number, goal=goal, why=why)
    line = t(
        "rota.goal.line",
        number=number,
        goal=t(f"rota_files.goal.{result.name}"),
        value=t.number(result.value),
        unit=t(f"rota_files.unit.{result.name}"),
    )
    sure = t("rota.goal.proven") if result.proven else t("rota.goal.at_least", bound=t.number(result.bound))
    return f"{line}, {sure}"


def rota_lines(t: Translator, task: RotaTask, rota: Rota) -> list[str]:
    """Say what is proven about a plan and how well each goal is met."""
    goals = [goal_line(t, task, number, one) for number, one in enumerate(rota.goals, start=1)]
    return [t(f"rota.status.{rota.status}"), *goals]


def duty_line(t: Translator, task: RotaTask, duty: Duty) -> str:
    """Say when a consultation is, where, and who goes."""
    return t(
        "rota.duty.line",
        weekday=weekday_name(t, duty.slot.weekday),
        hours=hours_text(t, duty.slot.start, task.end_of(duty)),
        place=name_of(t, task, duty.place),
        who=who_text(t, task, duty),
    )


def labels_of(team: Team, duty: Duty) -> str:
    """Return the labels of the members of a team that hold a consultation."""
    return ", ".join(one_line(member.label) for member in team.members if member.id in duty.members)


def who_text(t: Translator, task: RotaTask, duty: Duty, *, short: bool = False) -> str:
    """Say who holds a consultation: teams, by their short names where asked, and their members by label."""
    names = short_names(task) if short else {}

    def told(team: Team) -> str:
        count = sum(member.id in duty.members for member in team.members)
        key = "rota_files.team_member" if count == 1 else "rota_files.team_members"
        return t(key, team=one_line(names.get(team.id, team.name)), members=labels_of(team, duty))

    return "; ".join(map(told, task.teams_of(duty)))


def assumption_text(t: Translator, assumption: Assumption) -> str:
    """Say what is assumed; numbers in the language's form."""
    params = {
        name: t.number(value) if isinstance(value, int | float) else value
        for name, value in assumption.params.items()
    }
    return t(f"rota.assumption.{assumption.code}", **params)


def access_lines(
    t: Translator, task: RotaTask, shares: WeekShares, minutes: float, offices: WeekShares | None = None
) -> list[str]:
    """Say what share of need has a consultation within reach, by weekday and late.

    Parameters
    ----------
    offices
        The same with the opening hours of offices.
    """
    told = t.number(minutes)
    late = t.share(shares.late, 1)
    lines = [
        t("rota.access.days", minutes=told, days=_days_text(t, shares)),
        t("rota.access.late", minutes=told, clock=clock(task.rules.late_end), share=late),
    ]
    if offices is not None:
        lines.append(t("rota.access.offices", days=_days_text(t, offices)))
    return lines


def _days_text(t: Translator, shares: WeekShares) -> str:
    return ", ".join(
        t("rota.access.day", weekday=weekday_name(t, day), share=t.share(share, 1))
        for day, share in enumerate(shares.by_weekday)
        if share > 0 or day < _WORKDAYS
    )
