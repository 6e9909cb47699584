from __future__ import annotations

from pathlib import Path

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
