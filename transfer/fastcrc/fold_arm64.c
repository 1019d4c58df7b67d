#include "fold.h"

#include <arm_neon.h>
#include <string.h>

#define LANES 8
#define FAST __attribute__((target("+crypto"), always_inline)) static inline

// over moves x on by what k says, and adds y, which lies there.
FAST uint64x2_t over(uint64x2_t x, poly64x2_t k, uint64x2_t y) {
    poly64x2_t px = vreinterpretq_p64_u64(x);
    uint64x2_t first = vreinterpretq_u64_p128(vmull_p64(vgetq_lane_p64(px, 0), vgetq_lane_p64(k, 0)));
    uint64x2_t last = vreinterpretq_u64_p128(vmull_high_p64(px, k));
    return veorq_u64(y, veorq_u64(first, last));
}

FAST uint64x2_t load(const unsigned char *p) { return vreinterpretq_u64_u8(vld1q_u8(p)); }

__attribute__((target("+crypto")))
void partway_crc64_fold(const unsigned char *p, size_t n, uint64_t state, const uint64_t over_block[2],
                        const uint64_t over_16[2], unsigned char folded[16], int wide) {
    (void)wide; // there is one width
    const poly64x2_t block = vreinterpretq_p64_u64(vld1q_u64(over_block));
    const poly64x2_t lane = vreinterpretq_p64_u64(vld1q_u64(over_16));
    const unsigned char *end = p + n;
    uint64x2_t x[LANES];

    for (int i = 0; i < LANES; i++)
        x[i] = load(p + 16 * i);
    x[0] = veorq_u64(x[0], vcombine_u64(vcreate_u64(state), vcreate_u64(0)));
    for (p += 16 * LANES; p < end; p += 16 * LANES)
        for (int i = 0; i < LANES; i++)
            x[i] = over(x[i], block, load(p + 16 * i));
    for (int i = 1; i < LANES; i++)
        x[0] = over(x[0], lane, x[i]);
    vst1q_u8(folded, vreinterpretq_u8_u64(x[0]));
}
