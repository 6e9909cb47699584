"""Faults of the file as a whole: the file, and the exact lines that come out."""

from __future__ import annotations

from tests.rules.faulty_files.fault import RULE, rule

CASES: list[tuple[str | bytes, str]] = [
    (
        b"title: caf\xe9\n",
        "1:11 CG103 byte 0xe9 is not UTF-8; save the file as UTF-8",
    ),
    (
        RULE.encode() + b"# \xff\n",
        "10:3 CG103 byte 0xff is not UTF-8; save the file as UTF-8",
    ),
    (
        "title: [a, b\n",
        ("2:1 CG104 this is not YAML: did not find expected ',' or ']'; fix the syntax here"),
    ),
    (
        "title: 'a\nname: b\n",
        ("3:1 CG104 this is not YAML: found unexpected end of stream; fix the syntax here"),
    ),
    (
        "title: \x07bell\n",
        (
            "1:8 CG104 character U+0007 is not allowed in YAML; remove it, or write it as "
            "an escape in double quotes"
        ),
    ),
    (
        "title: a\n\ttab: b\n",
        (
            "2:1 CG104 this is not YAML: found a tab character that violates indentation; "
            "fix the syntax here"
        ),
    ),
    (
        "a: " + "[" * 40 + "]" * 40 + "\n",
        (
            "1:35 CG105 lists and mappings are nested more than 32 deep; a rule needs "
            "about 6 levels; look for a bracket that is not closed"
        ),
    ),
    (
        rule("name: a-rule", "name: &n a-rule"),
        (
            "3:7 CG107 anchor '&n' is not allowed in a rule file; remove it and write the "
            "value out where it is used"
        ),
    ),
    (
        rule("name: a-rule", "name: *n"),
        (
            "3:7 CG107 alias '*n' is not allowed in a rule file; write the value out, or "
            "quote it if it begins with a literal '*'"
        ),
    ),
    (
        rule("name: a-rule", "name: !!python/object:os.system a-rule"),
        (
            "3:7 CG108 tag 'tag:yaml.org,2002:python/object:os.system' is not allowed in a "
            "rule file; remove it, or quote the value if it begins with a literal '!'"
        ),
    ),
    (
        rule("name: a-rule", "name: ! a-rule"),
        (
            "3:7 CG108 tag '!' is not allowed in a rule file; remove it, or quote the "
            "value if it begins with a literal '!'"
        ),
    ),
    (
        rule("name: a-rule", "<<: {name: a-rule}"),
        "3:1 CG109 a merge key is not allowed in a rule file; write plain text keys",
    ),
    (
        rule("name: a-rule", "? [name]\n: a-rule"),
        (
            "3:3 CG109 a list or mapping used as a key is not allowed in a rule file; "
            "write plain text keys"
        ),
    ),
    (
        "",
        "1:1 CG110 the file holds no rules; write at least one rule",
    ),
    (
        "# nothing\n---\n...\n",
        "1:1 CG110 the file holds no rules; write at least one rule",
    ),
]
