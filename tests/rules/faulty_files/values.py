"""Faults of values: the file, and the exact lines that come out."""

from __future__ import annotations

from tests.rules.faulty_files.fault import item

CASES: list[tuple[str | bytes, str]] = [
    (
        item("calling.e164: '8613800138000'"),
        (
            "8:19 CG321 field 'calling.e164' can never match '8613800138000': its values are + and "
            "digits, the calling code first; write '+8613800138000'"
        ),
    ),
    (
        item("calling.prefix|re: '^136'"),
        (
            "8:24 CG321 field 'calling.prefix' can never match '^136': its values are + and the "
            "number without its last four digits; write + and the calling code before the digits, "
            "nothing else between them"
        ),
    ),
    (
        item("shared_prefix|gt: 30"),
        (
            "8:23 CG321 field 'shared_prefix' can never match 'gt 30': its values are whole "
            "numbers from 0 to 24; correct the value, or remove it"
        ),
    ),
    (
        item("calling.country: AQ"),
        (
            "8:22 CG321 field 'calling.country' can never match 'AQ': no number of any plan is of "
            "that country; correct the value, or remove it"
        ),
    ),
    (
        item("calling.country|fieldref: called.kind"),
        (
            "8:31 CG321 fields 'calling.country' and 'called.kind' can never be equal: no value "
            "has both forms; compare two different fields of like kind"
        ),
    ),
    (
        item("ingress: intl"),
        (
            "8:14 CG313 field 'ingress' can never match 'intl'; write international, "
            "interconnect or on_net"
        ),
    ),
    (
        item("ingress: internatonal"),
        (
            "8:14 CG313 field 'ingress' can never match 'internatonal'; did you mean "
            "'international'?"
        ),
    ),
    (
        item("calling.country: UK"),
        "8:22 CG313 field 'calling.country' can never match 'UK'; did you mean 'GB'?",
    ),
    (
        item("calling.country: China"),
        "8:22 CG313 field 'calling.country' can never match 'China'; did you mean 'CN'?",
    ),
    (
        item("calling.country: NO"),
        (
            "8:22 CG206 unquoted NO is true/false to some readers of YAML and text to "
            "others; quote it: 'NO'"
        ),
    ),
    (
        item("verstat|contains: pased"),
        (
            "8:23 CG313 field 'verstat' can never match 'pased'; write "
            "TN-Validation-Passed, TN-Validation-Failed or No-TN-Validation"
        ),
    ),
    (
        item("attestation|cased: a"),
        "8:24 CG313 field 'attestation' can never match 'a'; did you mean 'A'?",
    ),
    (
        item("attestation|re: '^[D-Z]$'"),
        "8:21 CG313 field 'attestation' can never match '^[D-Z]$'; write A, B or C",
    ),
    (
        item("calling_party_number: +8613800138000"),
        (
            "8:27 CG205 unquoted +8613800138000 is not the same number to every reader of "
            "YAML; quote it: '+8613800138000', or write a quantity as a plain decimal "
            "number"
        ),
    ),
    (
        item("calling_party_number: 13800138000"),
        (
            "8:27 CG205 a value of 'calling_party_number' must be text, but unquoted "
            "13800138000 is a number; quote it: '13800138000'"
        ),
    ),
    (
        item("calling_party_number|startswith: 010"),
        (
            "8:38 CG205 unquoted 010 is not the same number to every reader of YAML; quote "
            "it: '010', or write a quantity as a plain decimal number"
        ),
    ),
    (
        item("calling_party_number|startswith: [170, '171']"),
        (
            "8:39 CG205 a value of 'calling_party_number' must be text, but unquoted 170 "
            "is a number; quote it: '170'"
        ),
    ),
    (
        item("cause: '16'"),
        ("8:12 CG204 a value of 'cause' must be a number, but is the text '16'; remove the quotes"),
    ),
    (
        item("cause: sixteen"),
        (
            "8:12 CG204 a value of 'cause' must be a number, but is the text 'sixteen'; "
            "write a number"
        ),
    ),
    (
        item("cause|gte: 010"),
        (
            "8:16 CG205 unquoted 010 is not the same number to every reader of YAML; quote "
            "it: '010', or write a quantity as a plain decimal number"
        ),
    ),
    (
        item("cause|gte: .nan"),
        (
            "8:16 CG207 .nan is not a finite number; write a finite decimal number, or "
            "quote it if it is text"
        ),
    ),
    (
        item("duration_s|lt: .inf"),
        (
            "8:20 CG207 .inf is not a finite number; write a finite decimal number, or "
            "quote it if it is text"
        ),
    ),
    (
        item("duration_s|lt: 1e3"),
        (
            "8:20 CG205 unquoted 1e3 is not the same number to every reader of YAML; quote "
            "it: '1e3', or write a quantity as a plain decimal number"
        ),
    ),
    (
        item("duration_s|lt: 1_000"),
        (
            "8:20 CG205 unquoted 1_000 is not the same number to every reader of YAML; "
            "quote it: '1_000', or write a quantity as a plain decimal number"
        ),
    ),
    (
        item("self_call: 'true'"),
        (
            "8:16 CG204 a value of 'self_call' must be true or false, but is 'true'; write "
            "true or false, without quotes"
        ),
    ),
    (
        item("self_call: yes"),
        (
            "8:16 CG204 a value of 'self_call' must be true or false, but is 'yes'; write "
            "true or false, without quotes"
        ),
    ),
    (
        item("calling.valid: 1"),
        (
            "8:20 CG204 a value of 'calling.valid' must be true or false, but is '1'; "
            "write true or false, without quotes"
        ),
    ),
    (
        item("roaming: no"),
        (
            "8:14 CG206 unquoted no is true/false to some readers of YAML and text to "
            "others; quote it: 'no'"
        ),
    ),
    (
        item("display_name: null\n    display_name|contains: bank"),
        (
            "9:5 CG314 selection 'sel' can never match: 'display_name|contains' "
            "contradicts the other keys; ask for less, or make it a list of "
            "alternatives"
        ),
    ),
    (
        item("duration_s|gte: 5\n    duration_s|lt: 3"),
        (
            "9:5 CG314 selection 'sel' can never match: 'duration_s|lt' contradicts the "
            "other keys; ask for less, or make it a list of alternatives"
        ),
    ),
    (
        item("attestation: A\n    attestation|neq: A"),
        (
            "9:5 CG314 selection 'sel' can never match: 'attestation|neq' contradicts the "
            "other keys; ask for less, or make it a list of alternatives"
        ),
    ),
    (
        item("display_name|all: [a, b]"),
        (
            "8:5 CG314 selection 'sel' can never match: 'display_name|all' contradicts "
            "the other keys; ask for less, or make it a list of alternatives"
        ),
    ),
    (
        item("display_name.folded|contains: '\\u200b'".replace("'", '"')),
        (
            "8:35 CG319 'contains' of an empty text matches every value; write "
            "'display_name.folded|exists: true', or the text that is meant"
        ),
    ),
    (
        item("display_name.folded|re: '\\p{Lu}'"),
        (
            "8:29 CG313 '\\p{Lu}' asks for a capital, and 'display_name.folded' has none; write "
            "small letters; the name is folded before it is compared"
        ),
    ),
    (
        item("display_name|contains: ''"),
        (
            "8:28 CG319 'contains' of an empty text matches every value; write "
            "'display_name|exists: true', or the text that is meant"
        ),
    ),
    (
        item("display_name|contains: null"),
        (
            "8:28 CG204 a value of 'display_name' must be text, but is empty; write the "
            "text, or remove the key"
        ),
    ),
    (
        item("display_name|exists: yes"),
        (
            "8:26 CG204 'display_name|exists' must be true or false, but is 'yes'; write "
            "true or false, without quotes"
        ),
    ),
    (
        item("display_name|exists: maybe"),
        (
            "8:26 CG204 'display_name|exists' must be true or false, but is 'maybe'; write "
            "true or false, without quotes"
        ),
    ),
    (
        item("display_name|re: '(a)\\1'"),
        (
            "8:22 CG315 RE2 refuses the regular expression '(a)\\1': invalid escape "
            "sequence: \\1; write it without back-references, look-around or large "
            "repetitions"
        ),
    ),
    (
        item("display_name|re: '(a{1000}){1000}'"),
        (
            "8:22 CG315 RE2 refuses the regular expression '(a{1000}){1000}': invalid "
            "repetition size: {1000}; write it without back-references, look-around or "
            "large repetitions"
        ),
    ),
    (
        item("display_name|re: '('"),
        (
            "8:22 CG315 RE2 refuses the regular expression '(': missing ): (; write it "
            "without back-references, look-around or large repetitions"
        ),
    ),
    (
        item("source_ip|cidr: 192.0.2.5/24"),
        ("8:21 CG316 '192.0.2.5/24' is not a network in CIDR form; did you mean '192.0.2.0/24'?"),
    ),
    (
        item("source_ip|cidr: 192.0.2.0/33"),
        (
            "8:21 CG316 '192.0.2.0/33' is not a network in CIDR form; write it as "
            "'192.0.2.0/24' or '2001:db8::/32'"
        ),
    ),
]
