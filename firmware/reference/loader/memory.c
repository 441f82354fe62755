#include "loader.h"

void *memcpy(void *to, const void *from, u32 count)
{
    void *start = to;

    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
    return start;
}

void *memset(void *to, int value, u32 count)
{
    void *start = to;

    __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(value) : "memory");
    return start;
}

int memcmp(const void *a, const void *b, u32 count)
{
    const u8 *x = a, *y = b;

    for (; count; count--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

u32 strlen(const char *text)
{
    u32 count = 0;

    while (text[count])
        count++;
    return count;
}

u8 checksum(const void *bytes, u32 count)
{
    const u8 *byte = bytes;
    u8 sum = 0;

    while (count--)
        sum += *byte++;
    return (u8)-sum;
}
