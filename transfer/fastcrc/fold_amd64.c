#include "fold.h"

#include <immintrin.h>

#define LANES 8
#define FAST __attribute__((target("pclmul,sse2"), always_inline)) static inline

FAST __m128i load(const unsigned char *p) { return _mm_loadu_si128((const __m128i *)p); }

// over moves x on by what k says, and adds y, which lies there.
FAST __m128i over(__m128i x, __m128i k, __m128i y) {
    __m128i first = _mm_clmulepi64_si128(x, k, 0x00);
    __m128i last = _mm_clmulepi64_si128(x, k, 0x11);
    return _mm_xor_si128(y, _mm_xor_si128(first, last));
}

#define WIDE __attribute__((target("avx512f,vpclmulqdq,pclmul"), always_inline)) static inline

WIDE __m512i load_wide(const unsigned char *p) { return _mm512_loadu_si512((const void *)p); }

// over_wide is over in four lanes.
WIDE __m512i over_wide(__m512i x, __m512i k, __m512i y) {
    __m512i first = _mm512_clmulepi64_epi128(x, k, 0x00);
    __m512i last = _mm512_clmulepi64_epi128(x, k, 0x11);
    return _mm512_xor_si512(y, _mm512_xor_si512(first, last));
}

// lanes_wide folds n bytes into the last block's 128.
__attribute__((target("avx512f,vpclmulqdq,pclmul")))
static void lanes_wide(const unsigned char *p, size_t n, uint64_t state, const uint64_t over_block[2],
                       unsigned char lanes[16 * LANES]) {
    const __m512i block = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)over_block));
    const unsigned char *end = p + n;
    __m512i a = load_wide(p), b = load_wide(p + 64);

    a = _mm512_xor_si512(a, _mm512_zextsi128_si512(_mm_set_epi64x(0, (long long)state)));
    for (p += 128; p < end; p += 128) {
        a = over_wide(a, block, load_wide(p));
        b = over_wide(b, block, load_wide(p + 64));
    }
    _mm512_storeu_si512(lanes, a);
    _mm512_storeu_si512(lanes + 64, b);
}

__attribute__((target("pclmul,sse2")))
void partway_crc64_fold(const unsigned char *p, size_t n, uint64_t state, const uint64_t over_block[2],
                        const uint64_t over_16[2], unsigned char folded[16], int wide) {
    unsigned char lanes[16 * LANES];
    if (wide) {
        lanes_wide(p, n, state, over_block, lanes);
        p = lanes, n = sizeof lanes, state = 0;
    }
    const __m128i block = load((const unsigned char *)over_block);
    const __m128i lane = load((const unsigned char *)over_16);
    const unsigned char *end = p + n;
    __m128i x[LANES];

    for (int i = 0; i < LANES; i++)
        x[i] = load(p + 16 * i);
    x[0] = _mm_xor_si128(x[0], _mm_set_epi64x(0, (long long)state));
    for (p += 16 * LANES; p < end; p += 16 * LANES)
        for (int i = 0; i < LANES; i++)
            x[i] = over(x[i], block, load(p + 16 * i));
    for (int i = 1; i < LANES; i++)
        x[0] = over(x[0], lane, x[i]);
    _mm_storeu_si128((__m128i *)folded, x[0]);
}
