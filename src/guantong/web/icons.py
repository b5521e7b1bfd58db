"""Our own icons (图标): shapes on a grid of 20, drawn with one stroke of 1.5 in the colour of the text."""

from __future__ import annotations

ICONS = {
    "desk": '<path d="M3 4h14v9H3zM7 17h6M10 13v4"/>',
    "ledger": '<path d="M4 3h12v14H4zM7 7h6M7 10h6M7 13h4"/>',
    "intake": '<path d="M3 11v6h14v-6M10 3v9M6.5 8.5 10 12l3.5-3.5"/>',
    "calendar": '<path d="M3 5h14v12H3zM3 9h14M7 3v4M13 3v4M7 12.5h2M11 12.5h2"/>',
    "session": '<path d="M3 4h14v8H3zM7 17l1.5-5M13 17l-1.5-5M6.5 7h4M6.5 9.5h7"/>',
    "report": '<path d="M5 2.5h7l3 3v12H5zM12 2.5v3h3M8 13v-3M10 13V8M12 13v-2"/>',
    "round": '<path d="M15.5 6.5A6.5 6.5 0 1 0 16.5 11M16.5 3v4h-4M7.5 9.5h5M7.5 12.5h3"/>',
    "case": '<path d="M3 6.5h14v10H3zM7.5 6.5v-3h5v3M3 11h14"/>',
    "console": '<circle cx="10" cy="10" r="2.5"/>'
    '<path d="M4 4l4.2 4.2M16 4l-4.2 4.2M4 16l4.2-4.2M16 16l-4.2-4.2"/>',
    "task": '<path d="M4 3h12v14H4zM7 7l1.2 1.2L10.5 6M7 12l1.2 1.2 2.3-2.2M12.5 8H14M12.5 13H14"/>',
    "letters": '<path d="M2.5 5h10v7h-10zM2.5 5.5l5 3.5 5-3.5M7.5 15.5h10v-7M15 13l2.5 2.5L15 18"/>',
    "paper": '<path d="M5 2.5h10v15H5zM8 6h4M7.5 9h5M7.5 11.5h5"/><circle cx="12.5" cy="14.5" r="1.5"/>',
    "archive": '<path d="M3 3.5h14v4H3zM4 7.5h12v9H4zM8 11h4"/>',
    "bell": '<path d="M4 14.5h12c-1.5-1.6-1.5-3-1.5-5.5 0-6-9-6-9 0 0 2.5 0 3.9-1.5 5.5zM8.5 17h3"/>',
    "chart": '<path d="M3.5 3v13.5H17M7 13.5v-4M10.5 13.5v-8M14 13.5V8"/>',
    "disc": '<circle cx="10" cy="10" r="7"/><circle cx="10" cy="10" r="2"/>'
    '<path d="M10 5.5a4.5 4.5 0 0 1 4.5 4.5"/>',
    "measure": '<path d="M10 5C8 3.6 5.5 3.3 3 3.6v12c2.5-.3 5 0 7 1.4 2-1.4 4.5-1.7'
    ' 7-1.4v-12c-2.5-.3-5 0-7 1.4zM10 5v12"/>',
    "organ": '<path d="M8 3h4v4H8zM2.5 13h4v4h-4zM13.5 13h4v4h-4zM10 7v3M4.5 13v-3h11v3"/>',
    "journal": '<circle cx="5" cy="10" r="2.5"/><circle cx="15" cy="10" r="2.5"/>'
    '<path d="M7.5 10h5M9 4.5 10 3l1 1.5"/>',
    "admin": '<circle cx="10" cy="10" r="2.5"/>'
    '<path d="M10 2.5v3M10 14.5v3M2.5 10h3M14.5 10h3M4.7 4.7l2.1 2.1'
    'M13.2 13.2l2.1 2.1M15.3 4.7l-2.1 2.1M6.8 13.2l-2.1 2.1"/>',
    "search": '<circle cx="9" cy="9" r="5.5"/><path d="m13 13 4 4"/>',
    "user": '<circle cx="10" cy="7" r="3.5"/><path d="M3.5 17c.6-3.5 3.2-5 6.5-5s5.9 1.5 6.5 5"/>',
    "capacity": '<path d="M4 5h12v11H4zM8 5V3h4v2"/><circle cx="10" cy="9.5" r="1.7"/>'
    '<path d="M7 14c.4-1.5 1.5-2.2 3-2.2s2.6.7 3 2.2"/>',
    "language": '<circle cx="10" cy="10" r="7"/>'
    '<path d="M3 10h14M10 3c2.5 2 3.5 4.3 3.5 7s-1 5-3.5 7M10 3C7.5 5 6.5 7.3 6.5 10s1 5 3.5 7"/>',
    "help": '<circle cx="10" cy="10" r="7"/>'
    '<path d="M8 8c0-1.3.9-2 2-2s2 .8 2 1.9c0 1.5-2 1.6-2 3.1M10 13.6v.4"/>',
    "down": '<path d="m5.5 8 4.5 4.5L14.5 8"/>',
    "left": '<path d="M12 5 7 10l5 5"/>',
    "right": '<path d="m8 5 5 5-5 5"/>',
    "close": '<path d="m5 5 10 10M15 5 5 15"/>',
    "check": '<path d="m4 10.5 4 4 8-9"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "copy": '<path d="M7 7h9v10H7zM13 7V3H4v10h3"/>',
    "print": '<path d="M6 7V3h8v4M6 14H3.5V7h13v7H14M6 11.5h8V17H6z"/>',
    "download": '<path d="M10 3v9M6.5 8.5 10 12l3.5-3.5M4 16.5h12"/>',
    "attach": '<path d="m15.5 9-6 6c-3.5 3.3-8-1.2-4.7-4.6l6.4-6.3c2.2-2 5.2 1 3.1 3.1l-6.2 6.2c-1'
    ' 1-2.5-.5-1.5-1.5l5.4-5.4"/>',
    "clock": '<circle cx="10" cy="10" r="7"/><path d="M10 6v4.3l3 1.7"/>',
    "pause": '<path d="M7 4.5v11M13 4.5v11"/>',
    "warn": '<path d="M10 3 2.5 16.5h15zM10 8v4.5M10 14.5v.3"/>',
    "info": '<circle cx="10" cy="10" r="7"/><path d="M10 9v5M10 6v.3"/>',
    "lock": '<path d="M4.5 9h11v8h-11zM7 9V6.5c0-4 6-4 6 0V9"/>',
    "link": '<path d="m8.5 11.5 3-3M7 9l-2.5 2.5c-2.6 2.8 1.2 6.5 4 4L11 13M9 7l2.5-2.5c2.8-2.6'
    ' 6.5 1.2 4 4L13 11"/>',
    "edit": '<path d="M4 16l.7-3.3 8.6-8.6 2.6 2.6-8.6 8.6zM11.5 6l2.5 2.5"/>',
    "back": '<path d="M8 5 4 9l4 4M4 9h8c5 0 5 7 0 7H9"/>',
    "sign_out": '<path d="M8 3H3.5v14H8M8.5 10H17M13.5 6.5 17 10l-3.5 3.5"/>',
    "filter": '<path d="M3 4.5h14l-5.5 6.5v5l-3 1.5v-6.5z"/>',
    "columns": '<path d="M3 4h14v12H3zM8 4v12M12.5 4v12"/>',
}


def icon_paths(name: str) -> str:
    """Shapes of an icon as SVG (图标路径). Raises ``KeyError`` with the names there are."""
    try:
        return ICONS[name]
    except KeyError:
        raise KeyError(f"no icon {name!r}; there are {', '.join(sorted(ICONS))}") from None
