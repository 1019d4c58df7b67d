package ui

import (
	"strconv"

	"partway/transfer"
	"partway/ui/format"
	"partway/ui/text"
)

// partFacts is what a line of the table says of a part.
type partFacts struct {
	number int
	cells  [partColumns]string
	state  transfer.PartState
	differ [partColumns]bool // the cells that tell of a difference
}

// factsOfPart says of a part what is known.
func factsOfPart(f *detailFrame, c *comparison, number int) partFacts {
	u := &f.upload
	state := f.states[u.Plan.Index(number)]
	l := partFacts{number: number, state: state}
	offset, size := int64(0), u.File.Size
	if !u.Plan.Single() {
		offset, size = u.Plan.Range(number, u.File.Size)
	}
	part, _ := partOf(f.parts, number)
	l.cells = [partColumns]string{
		colNumber: strconv.Itoa(number), colRange: rangeText(offset, size), colSize: format.Bytes(size),
		colState: stateText(f, number, state, size), colTries: triesText(f, number), colETag: part.ETag,
	}
	if c.server != nil {
		a := c.onServer(f.parts, number)
		l.cells[colServer], l.differ[colServer] = accordText(serverWords, a), a.differs()
	}
	if c.file != nil {
		a := c.inFile(f.parts, number)
		l.cells[colFile], l.differ[colFile] = accordText(fileWords, a), a.differs()
	}
	return l
}

// What OSS and the file have, beside what the journal knows. A sign comes first, so that
// no difference is told by its colour alone.
var (
	serverWords = map[accord]string{
		accordSame: text.Key("same"), accordMissing: text.Key("not on OSS"),
		accordOnly: text.Key("only on OSS"), accordOther: text.Key("other bytes"),
	}
	fileWords = map[accord]string{
		accordSame: text.Key("same"), accordMissing: text.Key("not in the file"), accordOther: text.Key("other bytes"),
	}
)

func accordText(words map[accord]string, a accord) string {
	switch {
	case a == accordUnasked:
		return format.None
	case a.differs():
		return "≠ " + text.T(words[a])
	default:
		return "= " + text.T(words[a])
	}
}

func rangeText(offset, size int64) string {
	if size <= 0 {
		return format.None
	}
	return format.Count(offset) + " – " + format.Count(offset+size-1)
}

func stateText(f *detailFrame, number int, state transfer.PartState, size int64) string {
	words := text.PartState(state)
	if f.work != nil && state == transfer.PartSending {
		if sent, ok := f.work.Sent[number]; ok {
			words += " " + format.Percent(format.Fraction(sent, size))
		}
	}
	return words
}

func triesText(f *detailFrame, number int) string {
	if f.work == nil || f.work.Tries[number] == 0 {
		return ""
	}
	return strconv.Itoa(f.work.Tries[number] + 1)
}

// wholePart says all that is known of a part, to be read and copied.
func wholePart(f *detailFrame, c *comparison, number int) string {
	l := factsOfPart(f, c, number)
	words := text.T("Part {{.Number}}, bytes {{.Range}}.", text.Args{"Number": number, "Range": l.cells[colRange]})
	if p, ok := partOf(f.parts, number); ok {
		words += " " + text.T("Journal: ETag {{.ETag}}, CRC64 {{.CRC}}.", text.Args{"ETag": p.ETag, "CRC": p.CRC64})
	}
	if on, ok := c.server[number]; ok {
		words += " " + text.T("OSS: {{.Size}}, ETag {{.ETag}}, CRC64 {{.CRC}}.",
			text.Args{"Size": format.Bytes(on.Size), "ETag": on.ETag, "CRC": crcText(on.CRC64, on.HasCRC)})
	}
	if sum, ok := c.file[number]; ok {
		words += " " + text.T("File: CRC64 {{.CRC}}.", text.Args{"CRC": sum})
	}
	return words
}

func crcText(crc uint64, known bool) string {
	if !known {
		return format.None
	}
	return strconv.FormatUint(crc, 10)
}
