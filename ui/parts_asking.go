package ui

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2/theme"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// ask has OSS list the parts.
func (p *partsView) ask() {
	if p.frame == nil {
		return
	}
	id, uploadID, listed := p.frame.upload.ID, p.frame.upload.UploadID, p.frame.parts
	p.asking = id
	p.enable()
	p.say(text.T("Asking OSS…"))
	progress := func(done, of int) {
		p.u.do(func() {
			if p.asking == id && of > 1 {
				p.say(text.T("Asking OSS: {{.Done}} of {{.Total}} pages", text.Args{"Done": done, "Total": of}))
			}
		})
	}
	load(p.u, p.u.ctx, func(ctx context.Context) ([]transfer.StoredPart, error) {
		return p.u.c.Engine.ServerParts(ctx, id, progress)
	}, func(parts []transfer.StoredPart, err error) {
		if p.asking != id {
			return // another upload is shown by now
		}
		p.asking = 0
		if err == nil {
			server := make(map[int]transfer.StoredPart, len(parts))
			for _, part := range parts {
				server[part.Number] = part
			}
			p.compare.uploadID, p.compare.server, p.compare.listed = uploadID, server, listed
		}
		p.answered(err)
	})
}

// answered shows what OSS or the file said, or why they did not.
func (p *partsView) answered(err error) {
	p.enable()
	if err != nil {
		sentence, hint := text.Problem(transfer.AsError(err))
		p.say(text.Sentences(sentence, hint))
		return
	}
	p.setHeads()
	p.filter()
	p.list.Refresh()
	p.say(p.verdict())
}

// verdict says in a line what the comparison came to.
func (p *partsView) verdict() string {
	var words []string
	if p.compare.server != nil {
		words = append(words, text.N("OSS lists 1 part", "OSS lists {{.Count}} parts", len(p.compare.server)))
	}
	if n := len(p.compare.read); n > 0 {
		words = append(words, text.N("1 part of the file was read", "{{.Count}} parts of the file were read", n))
	}
	if n := len(p.compare.differing(p.frame)); n > 0 {
		words = append(words, text.N("1 part differs", "{{.Count}} parts differ", n))
	} else {
		words = append(words, text.T("nothing differs"))
	}
	return strings.Join(words, " · ")
}

// readFile compares the parts with the file's bytes; asked again meanwhile, it stops that.
func (p *partsView) readFile() {
	if p.stop != nil {
		p.stop()
		return
	}
	if p.frame == nil {
		return
	}
	f := p.frame
	id, numbers := f.upload.ID, p.compare.wanted(f.parts)
	ctx, cancel := context.WithCancel(p.u.ctx)
	p.reading = id
	p.stop = func() {
		cancel()
		p.stopped()
		p.say("")
	}
	p.check.SetText(text.T("Stop checking"))
	p.check.SetIcon(theme.MediaStopIcon())
	p.say(text.T("Reading the file…"))
	progress := p.readingProgress(id, sizeOf(f, numbers))
	load(p.u, ctx, func(ctx context.Context) (map[int]uint64, error) {
		return p.u.c.Engine.FileSums(ctx, id, numbers, progress)
	}, func(sums map[int]uint64, err error) {
		if p.reading != id {
			return
		}
		cancel()
		p.stopped()
		if err == nil {
			p.compare.uploadID = f.upload.UploadID
			p.compare.file, p.compare.read = sums, map[int]bool{}
			for _, n := range numbers {
				p.compare.read[n] = true
			}
		}
		p.answered(err)
	})
}

func (p *partsView) stopped() {
	p.stop, p.reading = nil, 0
	p.check.SetText(text.T("Check the file"))
	p.check.SetIcon(theme.SearchIcon())
}

// readingProgress says how far the reading is, at most once a percent.
func (p *partsView) readingProgress(id transfer.ID, total int64) func(int) {
	var read, told atomic.Int64
	return func(n int) {
		fraction := format.Fraction(read.Add(int64(n)), total)
		if percent := int64(fraction * 100); told.Swap(percent) == percent {
			return
		}
		p.u.do(func() {
			if p.reading == id {
				p.say(text.T("Reading the file: {{.Percent}}", text.Args{"Percent": format.Percent(fraction)}))
			}
		})
	}
}

// sizeOf sums up the bytes of parts.
func sizeOf(f *detailFrame, numbers []int) int64 {
	sum := int64(0)
	for _, n := range numbers {
		_, size := f.upload.Plan.Range(n, f.upload.File.Size)
		sum += max(0, size)
	}
	return sum
}

// askRepair says what a repair does, and does it.
func (p *partsView) askRepair() {
	if p.frame == nil || !p.frame.upload.Repairable() || p.u.topModal() != nil {
		return
	}
	u := p.frame.upload
	words := text.T("What is on its way is stopped. OSS is asked for its parts, and all that were sent are compared with the file's bytes. What is missing or differs is sent again, then the upload goes on. Nothing is deleted.")
	if differing := p.compare.differing(p.frame); len(differing) > 0 {
		words = text.N("1 part differs: {{.Size}} are sent again at least.", "{{.Count}} parts differ: {{.Size}} are sent again at least.", len(differing),
			text.Args{"Size": format.Bytes(sizeOf(p.frame, slices.Clone(differing)))}) + "\n\n" + words
	}
	p.u.ask(question{
		title: text.T("Repair this upload?"), confirm: text.T("Repair"), words: words,
		do: func() {
			p.u.act(func(ctx context.Context) error { return p.u.c.Engine.Repair(ctx, u.ID) }, func(err error) {
				if err != nil {
					p.u.showError(text.T("The upload could not be repaired."), err)
					return
				}
				p.repaired(u.ID)
			})
		},
	})
}

// repaired drops what was compared before: it no longer holds.
func (p *partsView) repaired(id transfer.ID) {
	if p.frame == nil || p.frame.upload.ID != id {
		return
	}
	p.compare = comparison{}
	p.only.SetChecked(false)
	p.filter()
	p.setHeads()
	p.list.Refresh()
	p.say(text.T("The upload is being repaired. The log says what came of it."))
	p.u.pump.poke()
}
