#include <stddef.h>
#include <stdint.h>

// Folds n bytes, a multiple of 128 and not 0, into 16; wide asks for the widest registers.
void partway_crc64_fold(const unsigned char *p, size_t n, uint64_t state, const uint64_t over_block[2],
                        const uint64_t over_16[2], unsigned char folded[16], int wide);
