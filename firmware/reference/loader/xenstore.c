/* Reads from xenstore over the shared ring (xs_wire.h protocol: 16-byte header, then the payload). */
#include "loader.h"

#define RING_BYTES 1024u
#define XS_READ 2u
#define XS_ERROR 16u

struct ring {
    u8 request[RING_BYTES], reply[RING_BYTES];
    volatile u32 request_consumer, request_producer, reply_consumer, reply_producer;
};

struct header { u32 type, request_id, transaction, length; };

static struct ring *ring;
static u32 event_channel;
static char answer[RING_BYTES + 1];

void xenstore_init(void)
{
    ring = (struct ring *)(hvm_param(1) << 12);
    event_channel = hvm_param(2);
    print_line("xenstore ring at ", (u32)ring);
}

static void notify(void)
{
    hypercall(32, 4, (u32)&event_channel, 0);
}

static void put(const void *bytes, u32 count)
{
    const u8 *byte = bytes;

    while (count--) {
        while (ring->request_producer - ring->request_consumer == RING_BYTES)
            notify();
        ring->request[ring->request_producer % RING_BYTES] = *byte++;
        ring->request_producer++;
    }
}

static void take(void *bytes, u32 count)
{
    u8 *byte = bytes;

    while (count--) {
        while (ring->reply_consumer == ring->reply_producer) {
            struct { u32 ports, nr; u64 timeout; } poll = { (u32)&event_channel, 1, 0 };

            hypercall(29, 3, (u32)&poll, 0);
        }
        *byte++ = ring->reply[ring->reply_consumer % RING_BYTES];
        ring->reply_consumer++;
    }
}

const char *xenstore_read(const char *path, const char *fallback)
{
    struct header header = { XS_READ, 0, 0, strlen(path) + 1 };

    put(&header, sizeof(header));
    put(path, header.length);
    notify();
    take(&header, sizeof(header));
    if (header.length > RING_BYTES)
        fatal("xenstore reply too long");
    take(answer, header.length);
    answer[header.length] = 0;
    return header.type == XS_ERROR || header.length == 0 ? fallback : answer;
}

void xenstore_close(void)
{
    memset(ring, 0, sizeof(*ring));
}
