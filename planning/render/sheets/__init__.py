"""Maps for paper: drawn with matplotlib from the study area's own data, set on a page with Typst."""

from planning.render.sheets.drawing import Drawing, borough_locator, locator_map, plan_map
from planning.render.sheets.paper import Paper, Sheet, sheet_png, sheets_pdf
from planning.render.sheets.room import room_map
from planning.render.sheets.sheet import borough_sheet, city_sheet, indicator_sheet, ranking_sheet

__all__ = [
    "Drawing",
    "Paper",
    "Sheet",
    "borough_locator",
    "borough_sheet",
    "city_sheet",
    "indicator_sheet",
    "locator_map",
    "plan_map",
    "ranking_sheet",
    "room_map",
    "sheet_png",
    "sheets_pdf",
]
