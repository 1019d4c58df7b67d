// Package fastcrc computes CRC-64/XZ, the checksum that OSS calls CRC64 (the ECMA-182
// polynomial, reflected, as [hash/crc64] with crc64.ECMA), several times as fast as the
// standard library where the processor multiplies without carries.
//
// The message is folded: 128 bits of it are replaced by what they are congruent to, modulo
// the polynomial, some bits further on, by two carry-less multiplications. Eight such folds
// run side by side, 128 bytes apart (four in one register where the processor has AVX-512),
// then are folded into one, and the standard library finishes the last 16 bytes. The method is that of V. Gopal et al., "Fast CRC Computation
// for Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009; the constants are
// computed, not copied. It is written in C, which this program needs anyway, rather than in
// two assemblers. Other processors, and short pieces, take the standard library.
package fastcrc
