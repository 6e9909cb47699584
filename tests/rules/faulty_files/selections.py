"""Faults of fields, modifiers, placeholders and selections, with their exact lines."""

from __future__ import annotations

from tests.rules.faulty_files.fault import item, rule

ENCODED = "signalling is not base64; write the text itself, with 'contains'"
DECODED = "texts of records are decoded already; write the text itself, with 'contains'"
TRANSFORMATIONS = {
    "base64": ENCODED,
    "base64offset": ENCODED,
    "utf16": DECODED,
    "utf16be": DECODED,
    "utf16le": DECODED,
    "wide": DECODED,
    "windash": "signalling has no command lines; write each spelling in a list of values",
}

CASES: list[tuple[str | bytes, str]] = [
    *(
        (
            item(f"text|{name}|contains: x"),
            f"8:10 CG320 {name!r} is a Sigma transformation that callguard does not support; "
            + remedy,
        )
        for name, remedy in TRANSFORMATIONS.items()
    ),
    (
        item("text|contains|wide: x"),
        ("8:19 CG320 'wide' is a Sigma transformation that callguard does not support; " + DECODED),
    ),
    (
        item("ingres: international"),
        "8:5 CG309 unknown field 'ingres'; did you mean 'ingress'?",
    ),
    (
        item("ingress|contain: inter"),
        "8:13 CG310 unknown modifier 'contain'; did you mean 'contains'?",
    ),
    (
        item("ingress|contains|endswith: inter"),
        (
            "8:5 CG311 modifiers 'contains' and 'endswith' do not go together; compare in "
            "one way; put the other into a selection of its own"
        ),
    ),
    (
        item("ingress|contains|contains: inter"),
        "8:5 CG311 modifier 'contains' appears twice; keep one of the two",
    ),
    (
        item("display_name|re|cased: x"),
        (
            "8:5 CG311 modifiers 're' and 'cased' do not go together; remove 'cased'; 're' "
            "respects case anyway"
        ),
    ),
    (
        item("display_name|all|re: x"),
        "8:5 CG311 modifier 're' must come before 'all'; write 'display_name|re|all'",
    ),
    (
        item("display_name|fieldref|cased: text"),
        "8:5 CG311 modifier 'cased' must come before 'fieldref'; write 'cased|fieldref'",
    ),
    (
        item("source_ip|neq|cidr: 192.0.2.0/24"),
        "8:5 CG311 modifier 'cidr' must come before 'neq'; write 'source_ip|cidr|neq'",
    ),
    (
        item("display_name|exists|all: true"),
        "8:5 CG311 modifiers 'exists' and 'all' do not go together; remove 'all'",
    ),
    (
        item("display_name|lt: 5"),
        (
            "8:5 CG312 modifier 'lt' does not suit field 'display_name', which is text; "
            "use it on a numeric field"
        ),
    ),
    (
        item("roaming|contains: 'no'"),
        (
            "8:23 CG312 'no' is found in 'no' and in 'unknown', which is what a look-up that "
            "failed says; write roaming: 'no', or a list of both words"
        ),
    ),
    (
        item("cause|startswith: 5"),
        (
            "8:5 CG312 modifier 'startswith' does not suit field 'cause', which is "
            "numeric; use it on a text field"
        ),
    ),
    (
        item("display_name|cidr: 192.0.2.0/24"),
        (
            "8:5 CG312 modifier 'cidr' does not suit field 'display_name', which is text; "
            "use it on an address field such as 'source_ip'"
        ),
    ),
    (
        item("ingress|expand: '%known-good%'"),
        (
            "8:5 CG312 modifier 'expand' does not suit field 'ingress', which is a choice "
            "of words; use it on a text, number or address field, or with %home% a country "
            "field"
        ),
    ),
    (
        item("cause|cased: 5"),
        (
            "8:5 CG312 modifier 'cased' does not suit field 'cause', which is numeric; use "
            "it on a text field"
        ),
    ),
    (
        item("'|contains': x"),
        (
            "8:5 CG307 key '|contains' names no field; write the field before the "
            "modifiers: field|contains"
        ),
    ),
    (
        item("'*': x"),
        "8:5 CG309 unknown field '*'; see the fields in docs/records.md",
    ),
    (
        item("calling_party_number|expand: '%known-god%'"),
        (
            "8:34 CG317 list file lists/known-god.txt is not beside the rule file; "
            "did you mean 'known-good'?"
        ),
    ),
    (
        item("calling_party_number|expand: '%zzz%'"),
        (
            "8:34 CG317 list file lists/zzz.txt is not beside the rule file; "
            "create it, one number a line"
        ),
    ),
    (
        item("calling_party_number|expand: '%../../etc/passwd%'"),
        (
            "8:34 CG318 '../../etc/passwd' is not the name of a list; "
            "use letters, digits, '-' and '_'"
        ),
    ),
    (
        item("calling_party_number|expand: '%home%'"),
        (
            "8:34 CG318 %home% is the home country, but 'calling_party_number' is not a "
            "country field; use it on calling.country or another country field, or name a list"
        ),
    ),
    (
        item("calling.country|expand: '%known-good%'"),
        (
            "8:29 CG318 %known-good% does not work on country field 'calling.country'; use "
            "%home%, or write the country codes"
        ),
    ),
    (
        item("calling_party_number|expand: 'x%known-good%'"),
        (
            "8:34 CG318 'x%known-good%' is not one whole placeholder; write %NAME% alone, "
            "with lists/NAME.txt beside the rule file"
        ),
    ),
    (
        item("calling_party_number: '%known-good%'"),
        (
            "8:27 CG318 '%known-good%' is literal text without modifier 'expand'; write "
            "'calling_party_number|expand'"
        ),
    ),
    (
        item("calling.e164|fieldref: called.e146"),
        "8:28 CG309 unknown field 'called.e146'; did you mean 'called.e164'?",
    ),
    (
        item("calling.e164|fieldref: calling.e164"),
        (
            "8:28 CG313 field 'calling.e164' is compared with itself; compare two "
            "different fields of like kind"
        ),
    ),
    (
        item("calling.e164|fieldref: cause"),
        (
            "8:28 CG313 fields 'calling.e164' and 'cause' can never be equal: one is not "
            "text; compare two different fields of like kind"
        ),
    ),
    (
        item("attestation|fieldref: ingress"),
        (
            "8:27 CG313 fields 'attestation' and 'ingress' have no word in common; compare "
            "two different fields of like kind"
        ),
    ),
    (
        item("display_name: []"),
        (
            "8:19 CG308 'display_name' has an empty list of values; write at least one "
            "value, or null for an absent field"
        ),
    ),
    (
        item("display_name: [[a]]"),
        "8:20 CG204 a value of 'display_name' must be text, but is a list; write text",
    ),
    (
        item("display_name: {a: b}"),
        ("8:19 CG204 a value of 'display_name' must be text, but is a mapping; write text"),
    ),
    (
        item("display_name: a\n    display_name: b"),
        (
            "9:5 CG202 key 'display_name' appears twice in selection 'sel', first in line "
            "8; keep one of the two"
        ),
    ),
    (
        rule("sel:\n    ingress: international", "sel: [bank, police]"),
        (
            "7:9 CG307 selection 'sel' holds a value without a field; write 'field: "
            "value'; to search a text use 'text|contains: value'"
        ),
    ),
    (
        rule("sel:\n    ingress: international", "sel: bank"),
        (
            "7:8 CG307 selection 'sel' holds a value without a field; write 'field: "
            "value'; to search a text use 'text|contains: value'"
        ),
    ),
    (
        rule("sel:\n    ingress: international", "sel:"),
        "7:7 CG308 selection 'sel' is empty; name at least one field, or remove it",
    ),
    (
        rule("sel:\n    ingress: international", "sel: {}"),
        "7:8 CG308 selection 'sel' is empty; name at least one field, or remove it",
    ),
    (
        rule("sel:\n    ingress: international", "sel: []"),
        "7:8 CG308 selection 'sel' is empty; name at least one field, or remove it",
    ),
    (
        rule("sel:\n    ingress: international", "sel: [[{a: b}]]"),
        (
            "7:9 CG204 an item of selection 'sel' must be a mapping of fields, but is a "
            "list; write a mapping of fields"
        ),
    ),
]
