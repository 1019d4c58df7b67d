package transfer

import "fmt"

// Carried is what an upload that goes on makes of its bytes: the text of [EventResumed],
// [EventNewVersion], [EventRepaired] and [EventAdopted].
type Carried struct {
	Kept   int64 // the journal and OSS agree on them
	Proved int64 // only OSS knew them; the file's bytes were read and compared
	Send   int64 // what is still to be sent, or to be sent again
}

const carriedText = "kept %d B, proved %d B by reading, to send %d B"

// String returns the event's text.
func (c Carried) String() string { return fmt.Sprintf(carriedText, c.Kept, c.Proved, c.Send) }

// ParseCarried reads the event's text. Journals of older versions count parts in it.
func ParseCarried(text string) (Carried, bool) {
	var c Carried
	_, err := fmt.Sscanf(text, carriedText, &c.Kept, &c.Proved, &c.Send)
	return c, err == nil && c.String() == text
}

// GivenUp is what a pause costs: the bytes that had left this computer in parts that OSS
// has not acknowledged. It is the text of [EventPausing].
type GivenUp int64

const givenUpText = "%d B in flight"

// String returns the event's text.
func (g GivenUp) String() string { return fmt.Sprintf(givenUpText, int64(g)) }

// ParseGivenUp reads the event's text.
func ParseGivenUp(text string) (GivenUp, bool) {
	var g int64
	_, err := fmt.Sscanf(text, givenUpText, &g)
	return GivenUp(g), err == nil && GivenUp(g).String() == text
}

// carried sums up what was found by a resume.
func (r *resumed) carried() Carried {
	var c Carried
	for _, p := range r.merged.Keep {
		c.Kept += p.Size
	}
	for _, p := range r.proved {
		c.Proved += p.Size
	}
	for _, n := range r.merged.Send {
		_, size := r.plan.Range(n, r.id.Size)
		c.Send += size
	}
	return c
}
