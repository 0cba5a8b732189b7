"""Parts of pages; each draws one thing and changes state only through :mod:`planning.ui.state`."""
