/*
 * Benchmark guests, chosen by -DGUEST=n. Integer code only, no library. Each returns a checksum, so that a wrong result shows.
 *   1 crc32 and adler over a buffer   2 LZ decoding of a self-made stream   3 sieve   4 copy loops   5 cold code (generated)   6 quicksort through a pointer
 */
typedef unsigned char u8;
typedef unsigned int u32;

static u32 seed = 12345;

static u32 random_u32(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

#if GUEST == 0
u32 guest(void) { return random_u32(); }
#elif GUEST == 1
static u8 buffer[1 << 16];
static u32 table[256];

u32 guest(void)
{
    u32 crc = 0, a = 1, b = 0;

    for (u32 n = 0; n < 256; n++) {
        u32 c = n;

        for (int k = 0; k < 8; k++)
            c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
        table[n] = c;
    }
    for (u32 n = 0; n < sizeof(buffer); n++)
        buffer[n] = (u8)random_u32();
    for (u32 round = 0; round < ROUNDS * 150; round++)
        for (u32 n = 0; n < sizeof(buffer); n++) {
            crc = table[(crc ^ buffer[n]) & 255] ^ crc >> 8;
            a = a + buffer[n];
            b = b + a;
            a = a >= 65521 ? a - 65521 : a;
            b = b >= 65521 ? b - 65521 : b;
        }
    return crc ^ b << 16 ^ a;
}
#elif GUEST == 2
static u8 stream[1 << 16], out[1 << 18];

u32 guest(void)
{
    u32 sum = 0, length = 0;

    while (length < sizeof(stream) - 4) {
        u32 r = random_u32();

        if (r & 3) {
            stream[length++] = (u8)((r >> 2) & 15);
            for (u32 n = 0; n <= ((r >> 2) & 15); n++)
                if (length < sizeof(stream) - 4)
                    stream[length++] = (u8)random_u32();
        } else {
            stream[length++] = (u8)(0x80 | (r >> 8 & 63));
            stream[length++] = (u8)(r >> 14);
        }
    }
    for (u32 round = 0; round < ROUNDS * 60; round++) {
        u32 from = 0, to = 0;

        while (from + 20 < length && to + 80 < sizeof(out)) {
            u8 token = stream[from++];

            if (token & 0x80) {
                u32 back = stream[from++] + 1u, count = (token & 63u) + 3;

                if (back > to)
                    back = to;
                while (count--) {
                    out[to] = out[to - back];
                    to++;
                }
            } else {
                for (u32 n = 0; n <= token; n++)
                    out[to++] = stream[from++];
            }
        }
        for (u32 n = 0; n < to; n += 97)
            sum = sum * 31 + out[n];
    }
    return sum;
}
#elif GUEST == 3
static u8 composite[2000000];

u32 guest(void)
{
    u32 primes = 0;

    for (u32 round = 0; round < ROUNDS * 8; round++) {
        primes = 0;
        for (u32 n = 0; n < sizeof(composite); n++)
            composite[n] = 0;
        for (u32 n = 2; n < sizeof(composite); n++) {
            if (composite[n])
                continue;
            primes++;
            for (u32 m = 2 * n; m < sizeof(composite); m += n)
                composite[m] = 1;
        }
    }
    return primes;
}
#elif GUEST == 4
static u32 from[1 << 16], to[1 << 16];

u32 guest(void)
{
    u32 sum = 0;

    for (u32 n = 0; n < 1 << 16; n++)
        from[n] = random_u32();
    for (u32 round = 0; round < ROUNDS * 200; round++) {
        volatile u32 *p = to;
        const volatile u32 *q = from;

        for (u32 n = 0; n < 1 << 16; n += 4) {
            p[n] = q[n];
            p[n + 1] = q[n + 1];
            p[n + 2] = q[n + 2];
            p[n + 3] = q[n + 3] + round;
        }
        sum += to[round & 0xffff];
    }
    return sum;
}
#elif GUEST == 5
#include COLD
u32 guest(void) { u32 x = 1; x = cold(x); return cold(x); }
#elif GUEST == 6
static u32 values[1 << 15];

static int less(u32 a, u32 b) { return a < b; }
static int greater(u32 a, u32 b) { return a > b; }

static void sort(u32 *v, int low, int high, int (*before)(u32, u32))
{
    while (low < high) {
        u32 pivot = v[(low + high) / 2];
        int i = low, j = high;

        while (i <= j) {
            while (before(v[i], pivot))
                i++;
            while (before(pivot, v[j]))
                j--;
            if (i <= j) {
                u32 t = v[i];

                v[i++] = v[j];
                v[j--] = t;
            }
        }
        sort(v, low, j, before);
        low = i;
    }
}

u32 guest(void)
{
    int (*volatile orders[2])(u32, u32) = { less, greater };
    u32 sum = 0;

    for (u32 round = 0; round < ROUNDS * 10; round++) {
        for (u32 n = 0; n < 1 << 15; n++)
            values[n] = random_u32();
        sort(values, 0, (1 << 15) - 1, orders[round & 1]);
        sum = sum * 31 + values[100] + values[20000];
    }
    return sum;
}
#endif
