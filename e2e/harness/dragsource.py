"""A window that offers files and folders for dragging, as a file manager does.

Usage: dragsource.py PATH...

It prints drag-begin, drag-accepted (the window under the pointer takes the drag),
drag-failed and drag-end, each on a line.
"""

import pathlib
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402


def say(word):
    print(word, flush=True)


class Source(Gtk.Window):
    def __init__(self, paths):
        super().__init__(title="Partway drag source")
        self.uris = [pathlib.Path(p).absolute().as_uri() for p in paths]
        self.set_default_size(140, 90)
        box = Gtk.EventBox()
        box.add(Gtk.Label(label=f"{len(paths)} to drag"))
        self.add(box)
        box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
        box.drag_source_add_uri_targets()
        box.connect("drag-begin", self.begin)
        box.connect("drag-data-get", lambda _w, _c, data, *_: data.set_uris(self.uris))
        box.connect("drag-failed", lambda *_: say("drag-failed"))
        box.connect("drag-end", lambda *_: say("drag-end"))

    def begin(self, _widget, context):
        say("drag-begin")
        GLib.timeout_add(10, self.look, context)

    def look(self, context):
        """The action is none until a window under the pointer accepts one."""
        if context.get_selected_action() == 0:
            return True
        say("drag-accepted")
        return False


window = Source(sys.argv[1:])
window.connect("destroy", Gtk.main_quit)
window.move(5, 5)
window.show_all()
Gtk.main()
