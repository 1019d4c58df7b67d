package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	fynetooltip "github.com/dweymouth/fyne-tooltip"

	"partway/transfer"
	"partway/ui/uploadlist"
)

// mainView is the window's content.
type mainView struct {
	u       *UI
	menu    *mainMenu
	toolbar *toolbar
	trial   *trialBanner
	halt    *haltBanner
	scans   *scanBanner
	filters *filterPane
	list    *uploadlist.List
	details *detailPane
	status  *statusBar
	empty   *emptyState
	split   *container.Split
	nothing *fyne.Container // what stands in for an empty list
	working *fyne.Container
	frame   *fyne.Container // all of it

	allowed   transfer.Allowed
	unsettled bool
	total     int // rows in the list, whatever the filter
	snap      *transfer.Snapshot
}

func newMainView(u *UI) *mainView {
	v := &mainView{u: u, snap: &transfer.Snapshot{}}
	callbacks := uploadlist.Callbacks{
		OnSelect:   func(int) { v.selectionChanged() },
		OnActivate: v.activated,
		OnMenu:     func(at fyne.Position) { v.contextMenu(at) },
		OnDelete:   u.removeSelected,
		OnSort:     v.sorted,
		OnFold: func(open []transfer.FolderID) {
			u.pump.set(func(w *view) { w.open = open })
		},
		OnMove: func(to transfer.Move) { u.move(u.selection(), to) },
		OnVisible: func(ids []transfer.ID) {
			u.pump.set(func(w *view) { w.visible = ids })
		},
		OnColumns:    v.columnsChanged,
		OnColumnMenu: v.columnMenu,
	}
	if u.trace != nil {
		callbacks.OnScrolled = u.trace.scrolled
	}
	v.list = uploadlist.New(callbacks)
	v.trial = newTrialBanner(u)
	v.halt = newHaltBanner(v.relayout)
	v.scans = newScanBanner(u)
	v.toolbar = newToolbar(u)
	v.filters = newFilterPane(u)
	v.details = newDetailPane(u)
	v.status = newStatusBar(u)
	v.empty = newEmptyState(u)
	v.menu = newMainMenu(u, v.details.pageItems())

	if u.prefs.Sort.By == "" {
		u.prefs.Sort = transfer.Sort{By: transfer.SortStatus}
	}
	v.list.SetColumns(u.prefs.Columns)
	v.list.SetSort(u.prefs.Sort)
	v.menu.setView(v.list)
	u.pump.set(func(w *view) { w.sort, w.places = u.prefs.Sort, v.list.Shows(uploadlist.ColumnPlace) })
	v.group(!u.prefs.Flat)

	v.split = container.NewVSplit(v.list, v.details.content)
	v.split.Offset = 0.5
	if u.prefs.Split > 0.1 && u.prefs.Split < 0.9 {
		v.split.Offset = u.prefs.Split
	}
	v.working = container.NewStack(v.split)
	v.nothing = container.NewStack(v.empty.content)
	v.nothing.Hide()
	v.working.Hide()
	center := container.NewStack(v.working, v.nothing)

	top := container.NewVBox(v.toolbar.content, widget.NewSeparator(), v.trial.content, v.halt.content, u.notices.box)
	left := container.NewBorder(nil, nil, nil, widget.NewSeparator(), v.filters.content)
	bottom := container.NewVBox(v.scans.content, widget.NewSeparator(), v.status.content)
	if u.trace != nil {
		bottom.Add(u.trace.probe)
	}
	v.frame = container.NewBorder(top, bottom, left, nil, center)
	sized := container.New(leastSize{}, v.frame)

	u.win.SetMainMenu(v.menu.menu)
	u.win.SetContent(fynetooltip.AddWindowToolTipLayer(sized, u.win.Canvas()))
	v.addKeys()
	return v
}

// leastSize keeps the window from becoming too small to be used.
type leastSize struct{}

func (leastSize) MinSize(objects []fyne.CanvasObject) fyne.Size {
	// The main menu takes its own height of the window's, and the window a margin.
	return objects[0].MinSize().Max(fyne.NewSize(leastWidth-2*theme.Padding(), leastHeight-40))
}

func (leastSize) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	objects[0].Resize(s)
	objects[0].Move(fyne.NewPos(0, 0))
}

// relayout makes room for what was shown or hidden above the list. There may be no window
// yet.
func (v *mainView) relayout() {
	if v != nil && v.frame != nil {
		v.frame.Refresh()
	}
}

// addKeys sets what keys do when no widget wants them. Shortcuts of commands sit on the
// menu, which Fyne asks first.
func (v *mainView) addKeys() {
	c := v.u.win.Canvas()
	c.SetOnTypedKey(func(k *fyne.KeyEvent) {
		if m := v.u.topModal(); m != nil {
			m.key(k)
			return
		}
		if k.Name == fyne.KeyDelete {
			v.u.removeSelected()
		} else if v.working.Visible() { // a menu took the keyboard, and gave it to nothing
			v.focusList()
			v.list.TypedKey(k)
		}
	})
	c.AddShortcut(&fyne.ShortcutSelectAll{}, func(fyne.Shortcut) {
		if v.u.topModal() == nil {
			v.list.SelectAll()
		}
	})
	c.AddShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyF, Modifier: fyne.KeyModifierControl}, func(fyne.Shortcut) {
		v.toolbar.focusSearch()
	})
}

// key lets the fields outside of dialogs pass on Escape.
func (v *mainView) key(k *fyne.KeyEvent) bool {
	if k.Name != fyne.KeyEscape {
		return false
	}
	v.focusList()
	return true
}

// focusList gives the keyboard to the list.
func (v *mainView) focusList() {
	if len(v.u.modals) > 0 {
		return
	}
	if f, ok := fyne.CanvasObject(v.list).(fyne.Focusable); ok && v.working.Visible() {
		v.u.win.Canvas().Focus(f)
	}
}

// apply shows a frame.
func (v *mainView) apply(f *frame) {
	v.snap = f.snap
	if f.ids != nil {
		v.list.SetIDs(f.ids)
	}
	if f.counts != nil {
		v.total = f.counts.Groups[transfer.GroupAll]
		v.filters.setCounts(f.counts)
		v.status.setCounts(f.counts)
		v.showEmpty(v.total == 0)
		v.u.trace.listed()
	}
	v.list.SetRows(f.rows)
	if v.allowed != f.allowed || v.unsettled != f.unsettled {
		v.allowed, v.unsettled = f.allowed, f.unsettled
		v.toolbar.setAllowed(f.allowed)
		v.menu.setAllowed(f.allowed, f.unsettled)
	}
	v.menu.setSelected(f.chosen.selected)
	v.details.show(f)
	v.halt.show(f.snap)
	v.scans.show(f.snap)
	v.status.show(f.snap, f.err)
	v.menu.showLimit(f.snap)
	v.u.needCredentials(f.snap.NeedCredentials)
	v.u.tellRefused(f.snap.Refused)
	v.u.tellClock(f.snap.ClockOff)
	v.u.tellIgnored(f.snap.Ignored)
	if f.snap.Speed > 0 && sending(f.snap) {
		v.u.prefs.Rate = f.snap.Speed
	}
}

// showEmpty shows the empty state in place of a list without rows.
func (v *mainView) showEmpty(empty bool) {
	if empty == v.nothing.Visible() && empty != v.working.Visible() {
		return
	}
	if empty {
		v.working.Hide()
		v.nothing.Show()
	} else {
		v.nothing.Hide()
		v.working.Show()
		v.focusList()
	}
	v.filters.setEmpty(empty)
}

func (v *mainView) sorted(s transfer.Sort) {
	v.u.prefs.Sort = s
	v.list.SetSort(s)
	v.menu.setView(v.list)
	v.u.pump.set(func(w *view) { w.sort = s })
}

// columnsChanged remembers the columns.
func (v *mainView) columnsChanged(columns []uploadlist.Column) {
	v.u.prefs.Columns = columns
	v.menu.setView(v.list)
	v.u.pump.set(func(w *view) { w.places = v.list.Shows(uploadlist.ColumnPlace) })
}

// columnMenu offers the columns at a right click on the header.
func (v *mainView) columnMenu(at fyne.Position) {
	if v.u.topModal() == nil {
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", v.list.HeaderItems()...), v.u.win.Canvas(), at)
	}
}

// group shows each dropped folder as one row, or all files beside each other.
func (v *mainView) group(on bool) {
	v.u.prefs.Flat = !on
	v.menu.group.Checked = on
	v.menu.menu.Refresh()
	v.u.pump.set(func(w *view) { w.grouped = on })
}

// selectionChanged has the details of the upload that the keyboard is on shown, and what
// the selection allows worked out.
func (v *mainView) selectionChanged() {
	selected := v.list.Selected()
	var detail transfer.ID
	if len(selected) == 1 {
		detail = selected[0]
	} else if current, ok := v.list.Current(); ok && len(selected) > 1 {
		detail = current
	}
	detail = max(0, detail) // of a folder its sums are shown
	if err := v.u.c.Engine.Watch(detail); err != nil {
		v.u.log.Debug("details not watched", "err", err)
	}
	v.u.pump.set(func(w *view) { w.selected, w.detail = selected, detail })
}

// activated shows an upload's details, by a double click or Enter.
func (v *mainView) activated(transfer.ID) {
	if v.split.Offset > 0.85 {
		v.split.SetOffset(0.6)
	}
}
