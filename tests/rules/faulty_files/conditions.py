"""Faults of conditions: the file, and the exact lines that come out."""

from __future__ import annotations

from tests.rules.faulty_files.fault import condition, item, pairs, rule

CASES: list[tuple[str | bytes, str]] = [
    (
        condition("sel and"),
        (
            "9:21 CG301 condition, character 8: expected a selection here, not the end of "
            "the condition; add a selection, or remove the operator before it"
        ),
    ),
    (
        condition("and sel"),
        (
            "9:14 CG301 condition, character 1: expected a selection here, not 'and'; "
            "write a selection's name before and after 'and', 'or'"
        ),
    ),
    (
        condition("sel sel"),
        (
            "9:18 CG301 condition, character 5: expected 'and' or 'or' here, not 'sel'; "
            "join with and, or"
        ),
    ),
    (
        condition("sel AND sel2", "sel2"),
        (
            "10:18 CG301 condition, character 5: expected 'and' or 'or' here, not 'AND'; "
            "did you mean 'and'?"
        ),
    ),
    (
        condition("(sel"),
        "9:14 CG301 condition, character 1: '(' is never closed; add the missing ')'",
    ),
    (
        condition("sel)"),
        "9:17 CG301 condition, character 4: ')' closes nothing; remove it",
    ),
    (
        condition("sel | count() > 5"),
        (
            "9:18 CG301 condition, character 5: '|' has no meaning here; use selection "
            "names, and, or, not, ( ), 1 of x*, all of x*"
        ),
    ),
    (
        condition("sel*"),
        (
            "9:14 CG301 condition, character 1: pattern 'sel*' is alone; write '1 of "
            "sel*' or 'all of sel*'"
        ),
    ),
    (
        condition("1 of"),
        (
            "9:18 CG301 condition, character 5: '1 of' wants 'them' or a pattern of "
            "letters, digits, '_', '*'; write '1 of x*' or '1 of them'"
        ),
    ),
    (
        condition("1 of sel-*"),
        (
            "9:19 CG301 condition, character 6: '1 of' wants 'them' or a pattern of "
            "letters, digits, '_', '*'; write '1 of x*' or '1 of them'"
        ),
    ),
    (
        condition("2 of sel*"),
        (
            "9:14 CG301 condition, character 1: '2' cannot come before 'of'; write '1 of "
            "x*' or 'all of x*'"
        ),
    ),
    (
        condition("1 of filter_*"),
        (
            "7:3 CG303 selection 'sel' is never used by the condition; use it in the "
            "condition, or remove it\n"
            "9:19 CG302 no selection matches 'filter_*'; define it under 'detection', or "
            "remove it"
        ),
    ),
    (
        condition("selection"),
        (
            "7:3 CG303 selection 'sel' is never used by the condition; use it in the "
            "condition, or remove it\n"
            "9:14 CG302 unknown selection 'selection'; define it under 'detection', or "
            "remove it"
        ),
    ),
    (
        condition("NOT sel"),
        (
            "9:14 CG301 condition, character 1: expected a selection here, not 'NOT'; did "
            "you mean 'not'?"
        ),
    ),
    (
        condition("sel AND NOT sel"),
        (
            "9:18 CG301 condition, character 5: expected 'and' or 'or' here, not 'AND'; "
            "did you mean 'and'?"
        ),
    ),
    (
        condition("not 5 of sel*"),
        (
            "9:18 CG301 condition, character 5: '5' cannot come before 'of'; write '1 of "
            "x*' or 'all of x*'"
        ),
    ),
    (
        condition("sel or sel[0]"),
        (
            "9:24 CG301 condition, character 11: '[' has no meaning here; use selection "
            "names, and, or, not, ( ), 1 of x*, all of x*"
        ),
    ),
    (
        condition("(" * 3 + "sel" + ")" * 2),
        "9:14 CG301 condition, character 1: '(' is never closed; add the missing ')'",
    ),
    (
        condition("''"),
        (
            "9:15 CG301 condition, character 1: expected a selection here, not the end of "
            "the condition; add a selection, or remove the operator before it"
        ),
    ),
    (
        condition("5"),
        "9:14 CG205 'condition' must be text, but unquoted 5 is a number; quote it: '5'",
    ),
    (
        condition("[sel]"),
        "9:14 CG204 'condition' must be text, but is a list; write text",
    ),
    (
        condition(">-\n    sel and\n    filtre", "filter"),
        "10:14 CG302 unknown selection 'filtre'; did you mean 'filter'?",
    ),
    (
        condition("'sel and filtre'", "filter"),
        "10:23 CG302 unknown selection 'filtre'; did you mean 'filter'?",
    ),
    (
        condition("not " * 40 + "sel"),
        (
            "9:142 CG301 condition, character 129: brackets and 'not' are nested more than "
            "32 deep; give a part of the condition a selection of its own"
        ),
    ),
    (
        condition("sel", "unused"),
        (
            "9:3 CG303 selection 'unused' is never used by the condition; use it in the "
            "condition, or remove it"
        ),
    ),
    (
        condition("sel and not sel"),
        ("9:14 CG305 the condition can never be true; look for selections that exclude each other"),
    ),
    (
        rule("  condition: sel\n"),
        "6:1 CG203 'detection' has no 'condition'; say how the selections combine",
    ),
    (
        rule("sel:", "not:"),
        (
            "7:3 CG306 'not' cannot be the name of a selection; use letters, digits, '_' "
            "and '-', and no word of the condition's language\n"
            "9:14 CG302 unknown selection 'sel'; define it under 'detection', or remove it"
        ),
    ),
    (
        rule("sel:", "'s l':"),
        (
            "7:3 CG306 's l' cannot be the name of a selection; use letters, digits, '_' "
            "and '-', and no word of the condition's language\n"
            "9:14 CG302 unknown selection 'sel'; define it under 'detection', or remove it"
        ),
    ),
    (
        rule(
            "detection:\n  sel:\n    ingress: international\n  condition: sel\n", "detection: sel\n"
        ),
        (
            "6:12 CG204 'detection' must be a mapping of selections and a condition, but "
            "is one value; write a mapping of selections and a condition"
        ),
    ),
    (
        pairs(7),
        (
            "21:14 CG304 the condition becomes 128 clauses, at most 64 are allowed; use "
            "lists of values instead of 'or', or split the rule"
        ),
    ),
    (
        pairs(20),
        (
            "47:14 CG304 the condition becomes 1048576 clauses, at most 64 are allowed; "
            "use lists of values instead of 'or', or split the rule"
        ),
    ),
    (
        item("event: release"),
        (
            "9:14 CG305 the condition asks for another event than 'setup', the only one of "
            "category call_setup; remove the test on 'event', or change the category"
        ),
    ),
    (
        rule("category: call_setup", "category: sms").replace(
            "ingress: international", "event: setup"
        ),
        (
            "9:14 CG305 the condition asks for another event than 'sms', the only one of "
            "category sms; remove the test on 'event', or change the category"
        ),
    ),
]
