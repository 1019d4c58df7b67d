package uploadlist

// Cutter cuts texts to a width, for other lists than this one.
type Cutter struct{ ruler *ruler }

// NewCutter makes a Cutter for texts of one size.
func NewCutter(textSize float32) Cutter { return Cutter{newRuler(textSize)} }

// Middle cuts a text in its middle, so that a file name's extension stays.
func (c Cutter) Middle(s string, width float32) string { return c.ruler.middle(s, width) }

// End cuts a text at its end.
func (c Cutter) End(s string, width float32) string { return c.ruler.end(s, width) }
