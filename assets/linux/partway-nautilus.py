"""Nautilus: "Upload with Partway" in the menu of selected files and folders.

nautilus-python loads it. All that is selected reaches Partway in one call, so it becomes one batch.
"""

import locale
import subprocess

from gi.repository import GObject, Nautilus

CHINESE = (locale.getlocale(locale.LC_MESSAGES)[0] or "").startswith("zh")
LABEL = "用 Partway 上传" if CHINESE else "Upload with Partway"


class UploadWithPartway(GObject.GObject, Nautilus.MenuProvider):
    def get_file_items(self, *args):
        files = args[-1]  # version 3 of the interface gives the window before them
        paths = [f.get_location().get_path() for f in files]
        if not paths or None in paths:
            return []  # nothing is selected, or what lies on no drive of this computer
        item = Nautilus.MenuItem(name="Partway::upload", label=LABEL, icon="io.github.partway.Partway")
        item.connect("activate", lambda *_: subprocess.Popen(["partway", "--"] + paths))
        return [item]

    def get_background_items(self, *args):
        return []
