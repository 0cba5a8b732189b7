"""A weekly plan in words: how good it is, who goes where, what contradicts and what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.rota.record import clock

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.rota import Duty, GoalResult, Rota, RotaTask, RuleRef, Slot
    from planning.rota.conflict import Conflict, Remedy
    from planning.rota.defaults import Assumption
    from planning.rota.open_days import WeekShares

_WORKDAYS = 5


def weekday(t: Translator, code: str) -> str:
    """Return the name of a weekday by its code."""
    return t(f"data.weekday.{code}")


def slot_text(t: Translator, task: RotaTask, place_id: str, slot: Slot) -> str:
    """Return weekday and hours of a consultation."""
    from planning.rota import WEEKDAYS

    end = slot.start + task.length_of(task.place_number(place_id))
    hours = t("rota_files.hours", start=clock(slot.start), end=clock(end))
    return f"{weekday(t, WEEKDAYS[slot.weekday])} {hours}"


def name_of(t: Translator, task: RotaTask, subject: str) -> str:
    """Return what people call a place, a team or a member."""
    names = {place.id: place.name for place in task.places} | {team.id: team.name for team in task.teams}
    if names.get(subject):
        return names[subject]
    for team in task.teams:
        for member in team.members:
            if member.id == subject:
                return t("rota_files.team_members", team=team.name, members=member.label)
    return subject


def rule_text(t: Translator, task: RotaTask, rule: RuleRef) -> str:
    """Say a rule."""
    return t(f"rota.rule.{rule.kind}", name=name_of(t, task, rule.subject))


def remedy_text(t: Translator, task: RotaTask, remedy: Remedy) -> str:
    """Say what would help."""
    told = remedy.params
    if remedy.rule is None:
        day = weekday(t, told["weekday"])
        return t("rota.remedy.people", name=name_of(t, task, told["team"]), weekday=day)
    subject = remedy.rule.subject
    return t(
        f"rota.remedy.{remedy.rule.kind}",
        name=name_of(t, task, subject),
        slots="; ".join(slot_text(t, task, subject, slot) for slot in told.get("slots", ())),
        hours=t.number(told.get("minutes", 0) / 60, 1),
        minutes=t.number(told.get("minutes", 0)),
        days=", ".join(weekday(t, day) for day in told.get("days", ())),
    )


def conflict_lines(t: Translator, task: RotaTask, conflict: Conflict) -> list[str]:
    """Say why there is no plan, and what would help."""
    if not conflict.rules:
        return [t("rota.conflict.physical")]
    lines = [t("rota.conflict.head"), *(f"- {rule_text(t, task, rule)}" for rule in conflict.rules)]
    if not conflict.minimal:
        lines.append(t("rota.conflict.not_minimal"))
    if conflict.remedies:
        lines.append(t("rota.conflict.remedies"))
        lines += [f"- {remedy_text(t, task, remedy)}" for remedy in conflict.remedies]
    if conflict.left_out:
        places = "; ".join(name_of(t, task, name) for name in conflict.left_out)
        known = "left_out" if conflict.fewest else "left_out_found"
        lines.append(t(f"rota.conflict.{known}", places=places))
    return lines


def goal_line(t: Translator, number: int, result: GoalResult) -> str:
    """Say how well a goal is met, and what is proven about it."""
    line = t(
        "rota.goal.line",
        number=number,
        goal=t(f"rota_files.goal.{result.name}"),
        value=t.number(result.value),
        unit=t(f"rota_files.unit.{result.name}"),
    )
    sure = t("rota.goal.proven") if result.proven else t("rota.goal.at_least", bound=t.number(result.bound))
    return f"{line}, {sure}"


def rota_lines(t: Translator, rota: Rota) -> list[str]:
    """Say what is proven about a plan and how well each goal is met."""
    goals = [goal_line(t, number, one) for number, one in enumerate(rota.goals, start=1)]
    return [t(f"rota.status.{rota.status}"), *goals]


def duty_line(t: Translator, task: RotaTask, duty: Duty) -> str:
    """Say when a consultation is, where, and who goes."""
    from planning.rota import WEEKDAYS

    end = duty.slot.start + task.length_of(task.place_number(duty.place))
    return t(
        "rota.duty.line",
        weekday=weekday(t, WEEKDAYS[duty.slot.weekday]),
        hours=t("rota_files.hours", start=clock(duty.slot.start), end=clock(end)),
        place=name_of(t, task, duty.place),
        who="; ".join(_people(t, task, duty)),
    )


def _people(t: Translator, task: RotaTask, duty: Duty) -> list[str]:
    """Return each team that goes with the labels of its members."""
    return [
        t("rota_files.team_members", team=team.name, members=", ".join(labels))
        for team in task.teams
        if (labels := [member.label for member in team.members if member.id in duty.members])
    ]


def assumption_text(t: Translator, assumption: Assumption) -> str:
    """Say what is assumed; numbers in the language's form."""
    params = {
        name: t.number(value) if isinstance(value, int | float) else value
        for name, value in assumption.params.items()
    }
    return t(f"rota.assumption.{assumption.code}", **params)


def access_lines(t: Translator, task: RotaTask, shares: WeekShares, minutes: float) -> list[str]:
    """Say what share of need has a consultation within reach, by weekday and late."""
    from planning.rota import WEEKDAYS

    days = ", ".join(
        t("rota.access.day", weekday=weekday(t, code), share=t.share(share, 1))
        for code, share in zip(WEEKDAYS, shares.by_weekday, strict=True)
        if share > 0 or code in WEEKDAYS[:_WORKDAYS]
    )
    return [
        t("rota.access.days", minutes=t.number(minutes), days=days),
        t(
            "rota.access.late",
            minutes=t.number(minutes),
            clock=clock(task.rules.late_end),
            share=t.share(shares.late, 1),
        ),
    ]
