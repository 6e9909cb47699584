from __future__ import annotations

import csv
import io
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import PlanError
from callguard.numbering import NumberingPlan
from callguard.takedown.planning.reports import REPORT_COLUMNS, Report, read_number, read_reports
from tests.made.planning import NOW, report, write_reports

PLAN, ZONE = NumberingPlan("CN"), ZoneInfo("Asia/Shanghai")


def read(path: Path) -> list[Report]:
    return read_reports(path, PLAN, ZONE, NOW)[0]


def content(folder: Path, text: str | bytes) -> Path:
    path = folder / "reports.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_report_is_read_as_it_stands(tmp_path: Path) -> None:
    path = write_reports(tmp_path / "r.csv", [report("138 0013 8001")])
    (found,) = read(path)
    assert (8613800138001, 1_723_680_000, "", "+8613800138001") == (
        found.number,
        found.incident_at,
        found.reason,
        found.shown_number,
    )


def test_times_without_an_offset_are_of_the_zone_of_the_registry(tmp_path: Path) -> None:
    (found,) = read(write_reports(tmp_path / "r.csv", [report("110", "r", incident_at="")]))
    assert "invalid_number" == found.reason
    reports = [report("13800138001", "r", incident_at="2024-08-15")]
    assert (
        1_723_680_000 - 8 * 3600 == read(write_reports(tmp_path / "s.csv", reports))[0].incident_at
    )


def test_columns_may_come_in_any_order_and_others_beside_them(tmp_path: Path) -> None:
    names = [*reversed(REPORT_COLUMNS), "note"]
    cells = [*report("13800138001").values()][::-1]
    line = ",".join([*cells, "hello"])
    path = content(tmp_path, "\ufeff" + ",".join(names).upper() + f"\r\n\r\n{line}\r\n")
    assert "" == read(path)[0].reason


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the header lacks report_id"),
        ("report_id,nmber,incident_at,case_id,authority,certified_by,known_by,category", "number"),
        (",".join((*REPORT_COLUMNS, "number")), "has number twice"),
        (",".join(REPORT_COLUMNS[:-1]), "lacks category"),
        (",".join(REPORT_COLUMNS) + "\nr1,1,2\n", r"reports\.csv:2: 3 cells under a header of 8"),
        (",".join(REPORT_COLUMNS) + '\nr1,"1', r"reports\.csv:2: this is not CSV"),
        (b"\xff\xfe\x00", "byte 1 is not UTF-8"),
    ],
)
def test_what_is_no_file_of_reports_is_refused(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    with pytest.raises(PlanError, match=said):
        read(content(tmp_path, text))


def test_every_fault_of_a_file_is_named_with_its_line(tmp_path: Path) -> None:
    sound = ",".join(report("13800138001").values())
    path = content(tmp_path, "\n".join([",".join(REPORT_COLUMNS), "a,b", sound, "", "c", '"']))
    with pytest.raises(PlanError) as caught:
        read(path)
    assert [
        f"{path}:2: 2 cells under a header of 8; quote cells that hold a comma",
        f"{path}:5: 1 cells under a header of 8; quote cells that hold a comma",
        f"{path}:6: this is not CSV: unexpected end of data",
    ] == str(caught.value).splitlines()
    assert [2, 5, 6] == [fault.line for fault in caught.value.faults]


def test_every_fault_of_a_header_is_named(tmp_path: Path) -> None:
    names = [name for name in REPORT_COLUMNS if name not in {"case_id", "category"}]
    path = content(tmp_path, ",".join([*names, "number"]))
    with pytest.raises(PlanError) as caught:
        read(path)
    assert ["the header lacks case_id, category", "the header has number twice"] == [
        fault.message for fault in caught.value.faults
    ]
    assert "leave the cells of category empty if unknown" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"nothing\.csv: the reports cannot be read"):
        read(tmp_path / "nothing.csv")


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_has_a_reason(text: str) -> None:
    number, wrong = read_number(text, PLAN)
    assert (number == 0) == bool(wrong)
    assert 0 <= number < 10**18


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("13812345678.0", "this has a fraction; format the column as text"),
        ("13812345678,00", "this has a fraction; format the column as text"),
        ("1.38E+10", "this has an exponent; format the column as text"),
        ("\uff11\u2460" * 6, "this is one digit over and over"),
    ],
)
def test_a_number_that_a_spreadsheet_rewrote_leads_to_no_order(text: str, said: str) -> None:
    number, wrong = read_number(text, PLAN)
    assert number == 0
    assert wrong.startswith(said)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@given(st.lists(st.lists(cells, min_size=8, max_size=8), max_size=5))
def test_every_row_becomes_a_report_with_its_own_cells(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([REPORT_COLUMNS, *rows])
    path = content(tmp_path_factory.mktemp("reports"), text.getvalue())
    expected = [[cell.strip() for cell in row] for row in rows if any(map(str.strip, row))]
    assert expected == [
        [
            one.report_id,
            one.raw_number,
            row[2],
            one.case_id,
            one.authority,
            one.certified_by,
            one.known_by,
            one.category,
        ]
        for one, row in zip(read(path), expected, strict=True)
    ]


@pytest.mark.parametrize("column", ["number", "known_by"])
def test_an_identity_document_in_a_wrong_column_is_not_repeated(
    tmp_path: Path, column: str
) -> None:
    document = "110101199003078515"
    cells = {"number": "+8613800138001", column: document}
    (found,) = read(write_reports(tmp_path / "r.csv", [report(cells.pop("number"), **cells)]))
    assert found.reason in {"invalid_number", "invalid_report"}
    assert document not in found.shown_number + found.detail
