from __future__ import annotations

import json
from pathlib import Path

import pytest

from callguard.errors import ListError
from callguard.numbering import NumberingPlan, NumberList
from tests.command_line.running import Run


def _write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_a_list_is_compiled_beside_its_text(run: Run, tmp_path: Path) -> None:
    source = _write(tmp_path / "bad.txt", "# reported", "+8613800138000", "13900139000", "+4479*")
    done = run("lists", "compile", source)
    path, size = done.out.rstrip("\n").split("\t")
    assert (0, "3", "") == (done.status, size, done.err)
    assert tmp_path == Path(path).parent
    assert source != Path(path)
    assert Path(path).is_file()
    numbers = NumberList.load(source, NumberingPlan("CN"))
    assert (None, True) == (numbers.warning, "+8613900139000" in numbers)


def test_the_home_country_reads_national_numbers(run: Run, tmp_path: Path) -> None:
    source = _write(tmp_path / "bad.txt", "07700 900123")
    assert 0 == run("lists", "compile", source, "--home", "GB").status
    assert "+447700900123" in NumberList.load(source, NumberingPlan("GB"))


def test_a_faulty_list_does_not_stop_the_others(run: Run, tmp_path: Path) -> None:
    faulty = _write(tmp_path / "faulty.txt", "+8613800138000", "what is this")
    good = _write(tmp_path / "good.txt", "+8613800138000")
    done = run("lists", "compile", faulty, good)
    assert (1, 1) == (done.status, len(done.out.splitlines()))
    assert f"{faulty}:2" in done.err
    assert "good" in done.out


def _junk(path: Path, number: int) -> Path:
    lines = [line for index in range(number) for line in (f"+8613800138{index:03}", f"x{index}")]
    return _write(path, "# reported", *lines, "13900139000 # good", "")


def test_a_check_prints_every_bad_line_however_many(run: Run, tmp_path: Path) -> None:
    file = _junk(tmp_path / "bad.txt", 500)
    done = run("lists", "check", file)
    lines = done.out.splitlines()
    assert (1, 500) == (done.status, len(lines))
    assert lines[0].startswith(f"{file}:3:1 CG604 'x0' is not a telephone number of any plan; ")
    assert lines[-1].startswith(f"{file}:1001:1 CG604 'x499'")
    assert "500 bad lines in 1 list\n" == done.err


def test_a_check_in_json(run: Run, tmp_path: Path) -> None:
    file = _junk(tmp_path / "bad.txt", 30)
    done = run("lists", "check", file, "--json")
    faults = json.loads(done.out)["faults"]
    assert (1, 30) == (done.status, len(faults))
    assert (3, "CG604", str(file)) == (faults[0]["line"], faults[0]["code"], faults[0]["file"])


def test_good_lists_have_no_bad_lines(run: Run, tmp_path: Path) -> None:
    files = [_write(tmp_path / name, "+8613800138000", "+4479*") for name in ("a.txt", "b.txt")]
    done = run("lists", "check", *files)
    assert (0, "", "0 bad lines in 2 lists\n") == (done.status, done.out, done.err)


def test_lines_that_are_not_utf_8_do_not_end_the_check(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.txt"
    file.write_bytes(b"+8613800138000\n\xd2\xf8\xd0\xd0\n+8613900139000\nwhat\n\xff\xfe\n")
    done = run("lists", "check", file)
    found = [int(line.removeprefix(f"{file}:").partition(":")[0]) for line in done.out.splitlines()]
    assert (1, [2, 4, 5]) == (done.status, found)


def test_a_list_of_texts_is_checked_as_such(run: Run, tmp_path: Path) -> None:
    file = _write(tmp_path / "names.txt", "Bank", "*", "Pol*")
    assert 1 == len(run("lists", "check", file, "--text").out.splitlines())
    assert 3 == len(run("lists", "check", file).out.splitlines())


def test_a_clean_list_has_the_good_lines_as_they_were(run: Run, tmp_path: Path) -> None:
    file, output = _junk(tmp_path / "bad.txt", 25), tmp_path / "clean.txt"
    done = run("lists", "clean", file, "--output", output)
    assert (0, 25) == (done.status, len(done.out.splitlines()))
    assert f"{output}: 25 bad lines left out\n" == done.err
    kept = [line for line in file.read_text().splitlines() if not line.startswith("x")]
    assert kept == output.read_text().splitlines()
    assert 0 == run("lists", "check", output).status


def test_a_list_may_be_cleaned_in_place(run: Run, tmp_path: Path) -> None:
    file = _junk(tmp_path / "bad.txt", 3)
    assert 0 == run("lists", "clean", file, "--output", file).status
    assert 0 == run("lists", "check", file).status


def test_bad_lines_are_left_out_of_a_compiled_list_on_request(run: Run, tmp_path: Path) -> None:
    file = _junk(tmp_path / "bad.txt", 25)
    assert 1 == run("lists", "compile", file).status
    done = run("lists", "compile", file, "--skip-bad")
    assert (0, "26") == (done.status, done.out.rstrip("\n").split("\t")[1])
    assert 25 == done.err.count("CG604")
    assert done.err.endswith(f"{file}: 25 bad lines left out\n")
    numbers = NumberList.load(file, NumberingPlan("CN"))
    assert (
        f"{file} CG609 warning: 25 lines are not in the compiled list: they are no numbers; "
        f"callguard lists check {file} shows all" == str(numbers.warning)
    )
    # The compiled list belongs to the text as it was: after a change bad lines are refused again.
    _write(file, "+8613800138000", "bad")
    with pytest.raises(ListError, match="CG604"):
        NumberList.load(file, NumberingPlan("CN"))


def test_of_many_bad_lines_a_load_shows_some_and_says_where_all_are(tmp_path: Path) -> None:
    file = _junk(tmp_path / "bad.txt", 25)
    with pytest.raises(ListError) as caught:
        NumberList.load(file, NumberingPlan("CN"))
    assert 21 == len(caught.value.faults)
    assert (
        f"{file}:43:1 CG604 5 more faults from here on; callguard lists check {file} shows all"
        == str(caught.value.faults[-1])
    )


@pytest.mark.parametrize(
    "line", ["+8613800138000 until 2026-12-31", "+8613800138000,+8613900139000"]
)
def test_what_is_not_one_number_is_never_made_one(run: Run, tmp_path: Path, line: str) -> None:
    assert 1 == run("lists", "check", _write(tmp_path / "bad.txt", line)).status
