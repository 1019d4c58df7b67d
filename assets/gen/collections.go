package main

import "encoding/binary"

// ico returns the icon in the sizes that Windows shows, each as a PNG, which it reads since Vista: a header, an entry
// of 16 bytes for each picture, and the pictures. Source: Microsoft's ICONDIR and ICONDIRENTRY.
func ico() ([]byte, error) {
	sides := []int{16, 20, 24, 32, 40, 48, 64, 256}
	const header, entry = 6, 16
	le := binary.LittleEndian
	head := le.AppendUint16(nil, 0)
	head = le.AppendUint16(head, 1) // an icon, not a cursor
	head = le.AppendUint16(head, uint16(len(sides)))
	var pictures []byte
	for _, side := range sides {
		picture, err := draw(side)
		if err != nil {
			return nil, err
		}
		at := header + entry*len(sides) + len(pictures)
		head = append(head, byte(side), byte(side), 0, 0) // 256 is written as 0, and there is no palette
		head = le.AppendUint16(head, 1)                   // planes
		head = le.AppendUint16(head, 32)                  // bits a pixel
		head = le.AppendUint32(head, uint32(len(picture)))
		head = le.AppendUint32(head, uint32(at))
		pictures = append(pictures, picture...)
	}
	return append(head, pictures...), nil
}

// icns returns the icon in the sizes that macOS shows, each as a PNG behind its type and length. Source: the types of
// Apple's Icon Services that hold PNGs since Mac OS X 10.7.
func icns() ([]byte, error) {
	const header = 8
	types := []struct {
		name string
		side int
	}{{"icp4", 16}, {"ic11", 32}, {"icp5", 32}, {"ic12", 64}, {"ic07", 128}, {"ic13", 256}, {"ic08", 256}, {"ic14", 512}, {"ic09", 512}, {"ic10", 1024}}
	var body []byte
	for _, t := range types {
		picture, err := draw(t.side)
		if err != nil {
			return nil, err
		}
		body = append(body, t.name...)
		body = binary.BigEndian.AppendUint32(body, uint32(header+len(picture)))
		body = append(body, picture...)
	}
	head := binary.BigEndian.AppendUint32([]byte("icns"), uint32(header+len(body)))
	return append(head, body...), nil
}
