package ui

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/look"
	"partway/ui/partmap"
	"partway/ui/speedgraph"
	"partway/ui/text"
)

// mapHeight is the height of the strip of parts.
const mapHeight = 30

// overview tells of one upload in words, above them the strip of its parts, and beside
// them how fast it is.
type overview struct {
	u       *UI
	content fyne.CanvasObject
	icon    *widget.Icon
	name    *widget.Label
	status  *widget.Label
	steps   *fyne.Container // what can be done next where nothing is wrong: beside the status
	trouble *fyne.Container
	told    troubleKey
	strip   *partmap.Map
	legend  *partmap.Legend
	pointed *widget.Label // in the legend's place while a cell of the strip is pointed at
	facts   *factList
	graph   *speedgraph.Graph
	frame   *detailFrame
}

// troubleKey tells whether what is said of an upload's trouble must be made anew.
type troubleKey struct {
	id     transfer.ID
	status transfer.Status
	text   string
}

func newOverview(u *UI) *overview {
	o := &overview{u: u, icon: widget.NewIcon(nil), trouble: container.NewVBox(), steps: container.NewHBox()}
	o.name = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	o.name.Truncation = fyne.TextTruncateEllipsis
	o.status = widget.NewLabel("")
	o.strip, o.legend = partmap.New(), partmap.NewLegend()
	o.pointed = widget.NewLabel("")
	o.pointed.Truncation = fyne.TextTruncateEllipsis
	o.pointed.Hide()
	o.strip.OnHover = o.point
	o.strip.OnSelect = func(part int) { u.main.details.showPart(o.frame.upload.Plan.Number(part - 1)) }
	o.facts = newFactList()
	o.graph = speedgraph.New()
	u.pump.set(func(v *view) { v.span = o.graph.Span() }) // also when the content is made anew
	o.graph.OnSpan = func(span time.Duration) {
		u.pump.set(func(v *view) { v.span = span })
	}
	tall := canvas.NewRectangle(color.Transparent)
	tall.SetMinSize(fyne.NewSize(0, mapHeight))
	head := container.NewBorder(nil, nil, o.icon, container.NewHBox(o.steps, o.status), o.name)
	var scroll *container.Scroll
	o.content, scroll = newOverviewPage(overviewParts{
		head: head, trouble: o.trouble, strip: container.NewStack(tall, o.strip),
		legend: container.New(&oneLine{}, o.legend, o.pointed), facts: o.facts, graph: o.graph,
	})
	o.strip.OnKey = func(k *fyne.KeyEvent) { scrollByKey(scroll, k.Name) } // the arrows are the strip's own
	return o
}

func (o *overview) show(f *detailFrame, snap *transfer.Snapshot) {
	o.frame = f
	o.icon.SetResource(look.StatusIcon(f.status, endOf(&f.upload).Flawed()))
	setText(o.name, format.Name(f.upload.Name))
	setText(o.status, text.StatusSentence(f.status, endOf(&f.upload), f.upload.Error, f.live, snap.Time))
	moved := o.showTrouble(f)
	o.strip.SetStates(f.states)
	o.legend.SetCounts(partmap.Count(f.states))
	if o.facts.show(factsOf(f, o.u.accounts)) || moved {
		o.content.Refresh()
	}
	o.graph.SetSeries(f.speeds)
}

func endOf(u *transfer.Upload) text.End {
	return text.End{Outcome: u.Receipt.Outcome, Callback: u.Receipt.Callback}
}

// point says what is known of the parts that the pointer or the keyboard is on.
func (o *overview) point(c *partmap.Cell) {
	if c == nil || o.frame == nil {
		o.pointed.Hide()
		o.legend.Show()
		return
	}
	setText(o.pointed, cellText(o.frame, c))
	o.legend.Hide()
	o.pointed.Show()
}

// cellText tells of a part its number, range, state and tries, or of a group of parts how
// many are in which state.
func cellText(f *detailFrame, c *partmap.Cell) string {
	u := &f.upload
	from, size := int64(0), u.File.Size
	first, end := u.Plan.Number(c.First-1), u.Plan.Number(c.Last-1)
	if !u.Plan.Single() {
		from, _ = u.Plan.Range(first, u.File.Size)
		last, length := u.Plan.Range(end, u.File.Size)
		size = last + length - from
	}
	args := text.Args{"First": first, "Last": end, "From": format.Bytes(from), "To": format.Bytes(from + size)}
	if c.First < c.Last {
		args["Done"], args["Sending"] = c.Counts.Done, c.Counts.Sending
		args["Waiting"], args["Failed"] = c.Counts.Waiting, c.Counts.Failed
		return text.T("Parts {{.First}} to {{.Last}} · {{.From}} to {{.To}} · {{.Done}} done, {{.Sending}} in flight, {{.Waiting}} waiting, {{.Failed}} failed", args)
	}
	args["State"] = stateText(f, first, f.states[c.First-1], size)
	words := text.T("Part {{.First}} · {{.From}} to {{.To}} · {{.State}}", args)
	if f.work != nil && f.work.Tries[first] > 0 {
		words += " · " + text.N("1 failed try", "{{.Count}} failed tries", f.work.Tries[first])
	}
	return words
}

// showTrouble says what is wrong, and offers what can be done in the upload's state. It
// tells whether anything of that changed.
func (o *overview) showTrouble(f *detailFrame) bool {
	told := troubleKey{id: f.upload.ID, status: f.status}
	if f.upload.Error != nil {
		told.text = f.upload.Error.Error()
	}
	if told == o.told {
		return false
	}
	o.told = told
	o.trouble.RemoveAll()
	o.steps.RemoveAll()
	owner := o.u.main
	steps := o.u.nextSteps(owner, f)
	if e := f.upload.Error; e != nil && !f.upload.Phase.Final() {
		o.trouble.Add(o.u.trouble(owner, e, steps))
	} else if f.status.Group() == transfer.GroupAttention {
		o.trouble.Add(steps)
	} else if len(steps.Objects) > 0 {
		o.steps.Add(steps)
	}
	if transfer.Allows(f.status).Resolve {
		o.trouble.Add(o.u.conflictChoices(owner, &f.upload))
	}
	return true
}

// conflictChoices offers the answers to a conflict.
func (u *UI) conflictChoices(owner keyed, up *transfer.Upload) fyne.CanvasObject {
	all := newTick(owner, text.T("For all conflicts of this batch"), nil)
	id, batch := up.ID, up.Batch
	answer := func(r transfer.Resolution) func() {
		return func() {
			s := transfer.These(id)
			if all.Checked {
				s = conflictsOf(batch)
			}
			u.resolve(s, r)
		}
	}
	buttons := container.NewHBox()
	for _, r := range resolutions {
		buttons.Add(newButton(owner, text.Resolution(r), nil, answer(r)))
	}
	buttons.Add(all)
	return buttons
}

// resolutions are the answers to a conflict, in the order of their buttons.
var resolutions = []transfer.Resolution{transfer.ResolveReplace, transfer.ResolveKeepBoth, transfer.ResolveSkip}

// conflictsOf selects what needs attention in a batch; only conflicts of it are settled.
func conflictsOf(b transfer.BatchID) transfer.Selection {
	return transfer.Selection{Filter: transfer.Filter{Group: transfer.GroupAttention, Batch: b}}
}
