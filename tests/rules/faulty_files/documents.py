"""Faults of documents and their headers: the file, and the exact lines that come out."""

from __future__ import annotations

from tests.rules.faulty_files.fault import RULE, rule

CASES: list[tuple[str | bytes, str]] = [
    (
        rule("title: A rule", "titel: A rule"),
        (
            "1:1 CG201 unknown key 'titel' in a rule; did you mean 'title'?\n"
            "1:1 CG203 a rule has no 'title'; say in a few words what the rule finds"
        ),
    ),
    (
        rule("", "severity: high\n"),
        (
            "10:1 CG201 unknown key 'severity' in a rule; remove it; known keys are "
            "author, callguard, date, description, detection, falsepositives, fields, id, "
            "level, license, logsource, modified, name, references, related, scope, "
            "status, tags, taxonomy or title"
        ),
    ),
    (
        rule("", "score: 5\n"),
        "10:1 CG201 unknown key 'score' in a rule; put it under 'callguard'",
    ),
    (
        rule("", "action: global\n"),
        (
            "10:1 CG201 unknown key 'action' in a rule; remove it; known keys are author, "
            "callguard, date, description, detection, falsepositives, fields, id, level, license, "
            "logsource, modified, name, references, related, scope, status, tags, taxonomy or title"
        ),
    ),
    (
        rule("", "status: stable\n"),
        ("10:1 CG202 key 'status' appears twice in a rule, first in line 4; keep one of the two"),
    ),
    (
        rule("title: A rule\n"),
        "1:1 CG203 a rule has no 'title'; say in a few words what the rule finds",
    ),
    (
        rule("id: 0f4f0d3e-0000-4000-8000-000000000001\n"),
        "1:1 CG203 a rule has no 'id'; give it a UUID, for instance from uuidgen",
    ),
    (
        rule("title: A rule", "title:"),
        ("1:7 CG204 'title' must be text, but is empty; write the text, or remove the key"),
    ),
    (
        rule("title: A rule", "title: [a]"),
        "1:8 CG204 'title' must be text, but is a list; write text",
    ),
    (
        rule("title: A rule", "title: 110"),
        "1:8 CG205 'title' must be text, but unquoted 110 is a number; quote it: '110'",
    ),
    (
        rule("title: A rule", "title: 2026-11-01"),
        (
            "1:8 CG205 'title' must be text, but unquoted 2026-11-01 is a date; quote it: "
            "'2026-11-01'"
        ),
    ),
    (
        rule("title: A rule", "title: 0110"),
        (
            "1:8 CG205 unquoted 0110 is not the same number to every reader of YAML; quote "
            "it: '0110', or write a quantity as a plain decimal number"
        ),
    ),
    (
        rule("title: A rule", "title: no"),
        (
            "1:8 CG206 unquoted no is true/false to some readers of YAML and text to "
            "others; quote it: 'no'"
        ),
    ),
    (
        rule("title: A rule", "title: true"),
        ("1:8 CG206 'title' must be text, but unquoted true is true/false; quote it: 'true'"),
    ),
    (
        rule("title: A rule", "title: .nan"),
        (
            "1:8 CG207 .nan is not a finite number; write a finite decimal number, or "
            "quote it if it is text"
        ),
    ),
    (
        rule("title: A rule", "title: " + "x" * 300),
        (
            "1:8 CG216 'title' has 300 characters, at most 256 are allowed; shorten it; "
            "'description' may be long"
        ),
    ),
    (
        "- a\n- b\n",
        (
            "1:1 CG204 a document must be a rule, that is a mapping, but is a list; write "
            "a rule, that is a mapping"
        ),
    ),
    (
        "just text\n",
        (
            "1:1 CG204 a document must be a rule, that is a mapping, but is one value; "
            "write a rule, that is a mapping"
        ),
    ),
    (
        "title: a\n",
        (
            "1:1 CG208 a document has neither 'detection' nor 'correlation'; add what the "
            "rule looks for, or remove the document"
        ),
    ),
    (
        "title: a\ndetections: {}\n",
        (
            "1:1 CG208 a document has neither 'detection' nor 'correlation'; did you mean "
            "'detection' instead of 'detections'?"
        ),
    ),
    (
        rule("", "correlation: {}\n"),
        (
            "1:1 CG208 a document has both 'detection' and 'correlation'; write two "
            "documents, with '---' between them"
        ),
    ),
    (
        rule("0f4f0d3e-0000-4000-8000-000000000001", "0f4f0d3e"),
        (
            "2:5 CG209 'id' '0f4f0d3e' is not a UUID; write 8-4-4-4-12 hexadecimal digits, "
            "for instance from uuidgen"
        ),
    ),
    (
        rule("name: a-rule", "name: A_Rule"),
        "3:7 CG210 'name' 'A_Rule' is not in kebab-case; write 'a-rule'",
    ),
    (
        rule("name: a-rule", "name: 规则"),
        ("3:7 CG210 'name' '规则' is not in kebab-case; write lower-case words joined by '-'"),
    ),
    (
        RULE + "---\n" + RULE,
        (
            "12:5 CG212 id '0f4f0d3e-0000-4000-8000-000000000001' is taken by the rule in "
            "line 2; give one of them a new id, for instance from uuidgen\n"
            "13:7 CG211 name 'a-rule' is taken by the rule in line 3; give one of them "
            "another name"
        ),
    ),
    (
        rule("status: experimental", "status: experimentel"),
        "4:9 CG213 'status' cannot be 'experimentel'; did you mean 'experimental'?",
    ),
    (
        rule("status: experimental", "status: on"),
        (
            "4:9 CG206 unquoted on is true/false to some readers of YAML and text to "
            "others; quote it: 'on'"
        ),
    ),
    (
        rule("", "level: hihg\n"),
        "10:8 CG213 'level' cannot be 'hihg'; did you mean 'high'?",
    ),
    (
        rule("", "date: 2026-02-30\n"),
        "10:7 CG214 'date' '2026-02-30' is not a date; write YYYY-MM-DD",
    ),
    (
        rule("", "modified: yesterday\n"),
        "10:11 CG214 'modified' 'yesterday' is not a date; write YYYY-MM-DD",
    ),
    (
        rule("", "tags: [spoofing]\n"),
        (
            "10:7 CG215 tag 'spoofing' has no namespace; write it as 'telecom.spoofing' or "
            "under another namespace"
        ),
    ),
    (
        rule("", "tags: telecom.spoofing\n"),
        "10:7 CG204 'tags' must be a list, but is one value; write a list: [one, two]",
    ),
    (
        rule("", "references: [https://example.org, 5]\n"),
        (
            "10:35 CG205 an item of 'references' must be text, but unquoted 5 is a number; "
            "quote it: '5'"
        ),
    ),
    (
        rule("", "fields: [calling.e164, caling.e164]\n"),
        "10:24 CG309 unknown field 'caling.e164'; did you mean 'calling.e164'?",
    ),
    (
        rule("", "related: [{id: x, type: derived}]\n"),
        (
            "10:16 CG209 'id' 'x' is not a UUID; write 8-4-4-4-12 hexadecimal digits, for "
            "instance from uuidgen"
        ),
    ),
    (
        rule("", "related: [{type: derivd}]\n"),
        (
            "10:11 CG203 an item of 'related' has no 'id'; write {id: UUID, type: derived}\n"
            "10:18 CG213 'type' cannot be 'derivd'; did you mean 'derived'?"
        ),
    ),
    (
        rule("", "related: x\n"),
        "10:10 CG204 'related' must be a list, but is one value; write a list",
    ),
    (
        rule("telecom, category: call_setup", "telecoms, category: call-setup"),
        (
            "5:22 CG213 'product' cannot be 'telecoms'; did you mean 'telecom'?\n"
            "5:42 CG213 'category' cannot be 'call-setup'; did you mean 'call_setup'?"
        ),
    ),
    (
        rule("telecom, category: call_setup", "telecom, category: call_setup, service: sip"),
        (
            "5:53 CG201 unknown key 'service' in 'logsource'; remove it; known keys are "
            "category or product"
        ),
    ),
    (
        rule("{product: telecom, category: call_setup}", "{category: call_setup}"),
        "5:1 CG203 'logsource' has no 'product'; write product: telecom",
    ),
    (
        rule("{product: telecom, category: call_setup}", "{product: telecom}"),
        (
            "5:1 CG203 'logsource' has no 'category'; write category: call_setup, "
            "call_answer, call_release or sms"
        ),
    ),
    (
        rule("{product: telecom, category: call_setup}", "telecom"),
        "5:12 CG204 'logsource' must be a mapping, but is one value; write a mapping",
    ),
    (
        rule("logsource: {product: telecom, category: call_setup}\n"),
        (
            "1:1 CG203 a rule has no 'logsource'; write logsource: {product: telecom, "
            "category: call_setup}"
        ),
    ),
]
