"""Words, numbers and messages for people, in German and English: the only home of words.

Each file of ``catalogue/`` is one subject; a key holds both languages side by side::

    [map.legend]
    de = "Legende"
    en = "Legend"

is asked for as ``t("ui.map.legend")`` if it stands in ``catalogue/ui.toml``. Longer texts are Markdown files
under ``text/<language>/``.
"""

from planning.i18n.translator import LANGUAGES, Translator, catalogue_keys, explain

__all__ = ["LANGUAGES", "Translator", "catalogue_keys", "explain"]
