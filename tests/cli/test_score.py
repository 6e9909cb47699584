from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import msgpack
import pytest

from tests.command_line.running import CAUGHT, RULES, SPARED, Run, write_jsonl
from tests.made.captures import PLAIN, ethernet, invite, ip4, pcap, udp


def test_one_verdict_a_record_in_input_order(run: Run, rules: Path, tmp_path: Path) -> None:
    first = write_jsonl(tmp_path / "first.jsonl", CAUGHT, SPARED)
    second = write_jsonl(tmp_path / "second.jsonl", {**SPARED, "call_id": "c"})
    done = run("score", first, second, "--rules", rules)
    assert (["a", "b", "c"], ["block", "allow", "allow"]) == (
        [line["call_id"] for line in done.lines],
        [line["action"] for line in done.lines],
    )
    assert 0 == done.status


def test_a_verdict_has_every_key_that_programs_read(run: Run, rules: Path, tmp_path: Path) -> None:
    calls = write_jsonl(tmp_path / "calls.jsonl", {**CAUGHT, "display_name": "City Police"})
    [verdict] = run("score", calls, "--rules", rules).lines
    ruleset = verdict.pop("ruleset")
    assert isinstance(ruleset, str)
    assert len(ruleset) >= 16
    assert {
        "call_id": "a",
        "at": 1_760_000_000,
        "action": "block",
        "score": 95,
        "rules": ["home-number-from-abroad"],
        "shadow": ["police-display-name"],
        "basis": "deterministic",
        "alert": None,
        "emergency": False,
        "call_back": False,
        "degraded": [],
    } == verdict


def test_a_record_that_cannot_be_read_becomes_a_line_in_its_place(
    run: Run, rules: Path, tmp_path: Path
) -> None:
    calls = tmp_path / "calls.jsonl"
    calls.write_text(
        f'{json.dumps(CAUGHT)}\nnot json\n{{"event": "setup"}}\n{json.dumps(SPARED)}\n',
        encoding="utf-8",
    )
    done = run("score", calls, "--rules", rules)
    assert ["block", None, None, "allow"] == [line.get("action") for line in done.lines]
    assert [f"{calls}:2", f"{calls}:3"] == [line["source"] for line in done.lines[1:3]]
    assert [{"error", "source"}] * 2 == [set(line) for line in done.lines[1:3]]
    assert 1 == done.status
    assert "2 scored (allow 1, block 1), 2 could not be read\n" == done.err


def test_an_input_that_fails_as_a_whole_does_not_stop_the_others(
    run: Run, rules: Path, tmp_path: Path
) -> None:
    packed = tmp_path / "calls.gz"
    packed.write_bytes(b"\x1f\x8b\x08\x00")
    calls = write_jsonl(tmp_path / "calls.jsonl", CAUGHT)
    done = run("score", packed, calls, "--rules", rules)
    assert str(packed) == done.lines[0]["source"]
    assert "gzip" in str(done.lines[0]["error"])
    assert "block" == done.lines[1]["action"]
    assert 1 == done.status


def test_standard_input(run: Run, rules: Path) -> None:
    done = run("score", "-", "--rules", rules, stdin=json.dumps(CAUGHT).encode())
    assert ["block"] == [line["action"] for line in done.lines]


def _jsonl() -> bytes:
    return json.dumps(CAUGHT).encode()


def _msgpack() -> bytes:
    packed = msgpack.packb(CAUGHT)
    assert isinstance(packed, bytes)
    return packed


def _csv() -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, CAUGHT)
    writer.writeheader()
    writer.writerow(CAUGHT)
    return text.getvalue().encode()


@pytest.mark.parametrize(
    ("format", "data"), [("jsonl", _jsonl()), ("msgpack", _msgpack()), ("csv", _csv())]
)
def test_every_format_gives_the_same_verdict(
    run: Run, rules: Path, tmp_path: Path, format: str, data: bytes
) -> None:
    named = tmp_path / f"calls.{format}"
    nameless = tmp_path / "calls"
    for path in (named, nameless):
        path.write_bytes(data)
    expected = run("score", "-", "--rules", rules, stdin=_jsonl()).out
    assert expected == run("score", named, "--rules", rules).out
    assert expected == run("score", nameless, "--rules", rules, "--format", format).out


def test_a_capture_gives_a_verdict_an_invite(run: Run, rules: Path, tmp_path: Path) -> None:
    calls = tmp_path / "trunk.pcap"
    calls.write_bytes(pcap([ethernet(ip4(udp(invite()))), ethernet(ip4(udp(invite(), 40_000)))]))
    done = run("score", calls, "--rules", rules)
    assert (0, [1000.0, 1001.0], {PLAIN["call_id"]}) == (
        done.status,
        [line["at"] for line in done.lines],
        {line["call_id"] for line in done.lines},
    )


def test_an_unknown_format_is_wrong_usage(run: Run, rules: Path) -> None:
    done = run("score", "-", "--rules", rules, "--format", "xml")
    assert (2, "") == (done.status, done.out)
    assert "'auto', 'jsonl', 'msgpack', 'csv', 'pcap'" in done.err


def test_a_missing_input_is_wrong_usage_before_anything_is_scored(
    run: Run, rules: Path, tmp_path: Path
) -> None:
    calls = write_jsonl(tmp_path / "calls.jsonl", CAUGHT)
    done = run("score", calls, tmp_path / "none.jsonl", "--rules", rules)
    assert (2, "") == (done.status, done.out)
    assert "none.jsonl" in done.err


def test_output_goes_to_the_file(run: Run, rules: Path, tmp_path: Path) -> None:
    calls = write_jsonl(tmp_path / "calls.jsonl", CAUGHT)
    output = tmp_path / "verdicts.jsonl"
    expected = run("score", calls, "--rules", rules).out
    done = run("score", calls, "--rules", rules, "--output", output)
    assert (0, "", "1 scored (block 1)\n") == (done.status, done.out, done.err)
    assert expected == output.read_text(encoding="utf-8")


def test_the_input_may_be_the_output(run: Run, rules: Path, tmp_path: Path) -> None:
    calls = write_jsonl(tmp_path / "calls.jsonl", CAUGHT, SPARED)
    done = run("score", calls, "--rules", rules, "--output", calls)
    verdicts = [json.loads(line) for line in calls.read_text(encoding="utf-8").splitlines()]
    assert (0, ["block", "allow"]) == (done.status, [verdict["action"] for verdict in verdicts])


def test_an_output_in_no_folder_is_one_line(run: Run, rules: Path, tmp_path: Path) -> None:
    calls = write_jsonl(tmp_path / "calls.jsonl", CAUGHT)
    done = run("score", calls, "--rules", rules, "--output", tmp_path / "none" / "out")
    assert (1, "", 1) == (done.status, done.out, len(done.err.splitlines()))
    assert "No such file or directory" in done.err


def test_faulty_rules_refuse_the_run_with_every_fault(run: Run, tmp_path: Path) -> None:
    calls = write_jsonl(tmp_path / "calls.jsonl", CAUGHT)
    rules = tmp_path / "rules.yaml"
    text = RULES.replace("level: high", "levle: high").replace("level: medium", "levle: medium")
    rules.write_text(text, encoding="utf-8")
    done = run("score", calls, "--rules", rules)
    *faults, last = done.err.splitlines()
    assert (1, "") == (done.status, done.out)
    assert 2 == len(faults)
    assert all(fault.startswith(f"{rules}:") for fault in faults)
    assert last.startswith("callguard: these rules cannot be used")


def test_without_rules_the_shipped_pack_judges(run: Run, tmp_path: Path) -> None:
    calls = write_jsonl(tmp_path / "calls.jsonl", CAUGHT, SPARED)
    done = run("score", calls)
    assert (0, "block", "allow") == (
        done.status,
        done.lines[0]["action"],
        done.lines[1]["action"],
    )


def test_the_home_country_decides_how_numbers_are_read(
    run: Run, rules: Path, tmp_path: Path
) -> None:
    national = {**CAUGHT, "calling_party_number": "13800138000"}
    calls = write_jsonl(tmp_path / "calls.jsonl", national)
    actions = [
        run("score", calls, "--rules", rules, "--home", home).lines[0]["action"]
        for home in ("CN", "cn", "GB")
    ]
    assert ["block", "block", "allow"] == actions


def test_an_unknown_home_country_is_wrong_usage(run: Run, rules: Path) -> None:
    done = run("score", "-", "--rules", rules, "--home", "XX")
    assert (2, "") == (done.status, done.out)
    assert "XX" in done.err


def test_no_records_is_no_finding(run: Run, rules: Path) -> None:
    done = run("score", "-", "--rules", rules, stdin=b"")
    assert (0, "", "0 scored\n") == (done.status, done.out, done.err)


def test_a_field_that_the_source_lacks_is_set(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(
        "at,calling_party_number,called_party_number,calling_number\n"
        "1795395600,110,13912345678,x\n",
        encoding="utf-8",
    )
    done = run("score", path, "--set", "event=setup")
    (verdict,) = done.lines
    assert ("allow", ["no ingress"]) == (verdict["action"], verdict["degraded"])
    assert (
        f"callguard: {path}:2: 'calling_number' is no field of a record and is not read; "
        "did you mean 'calling_party_number'?"
    ) in done.err.splitlines()
    done = run("score", path, "--set", "event=setup", "--set", "ingress=international")
    (verdict,) = done.lines
    assert ("block", []) == (verdict["action"], verdict["degraded"])


@pytest.mark.parametrize(
    ("option", "fault"),
    [
        ("ingress", "found 'ingress', expected FIELD=VALUE"),
        ("ingres=on_net", "'ingres' is no field of a record; did you mean 'ingress'?"),
        (
            "ingress=abroad",
            "ingress: found 'abroad', expected one of international, interconnect, on_net",
        ),
    ],
)
def test_a_field_that_cannot_be_set_is_wrong_usage(
    run: Run, option: str, fault: str, tmp_path: Path
) -> None:
    path = tmp_path / "calls.jsonl"
    path.touch()
    done = run("score", path, "--set", option)
    assert 2 == done.status
    assert f"Error: Invalid value for '--set': {fault}" == done.err.splitlines()[-1]


def test_a_field_is_set_once(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.touch()
    done = run("score", path, "--set", "ingress=on_net", "--set", "ingress=interconnect")
    assert 2 == done.status
    assert done.err.splitlines()[-1].endswith("'ingress' is set twice; a record has one value")
