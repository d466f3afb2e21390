/* What comes to a socket, up to the next datagram that is Python's: of a report that is calm
 * (`gather` in feedback.c) from where a viewer is known to be, nothing is. Who is heard so, how
 * often, and until when, is for Python to say each time (media/transport/srtp_session.py). */

#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "burst.h"

enum {
    ARRIVALS_HEAD = 0x8F,   /* version 2, no padding, FMT 15 */
    ARRIVALS_TYPE = 205,
    FEEDBACK_HEAD_SIZE = 12,
    CHAINS = sizeof ((hearing *)0)->ears / sizeof(ear *),
};

typedef int (*unprotector)(void *srtp, void *packet, int *size);

static uint32_t read32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static ear **chain(hearing *by, const uint8_t *address, int size)
{
    uint32_t mixed = 2166136261u; /* FNV-1a */
    for (int at = 0; at < size; at++)
        mixed = (mixed ^ address[at]) * 16777619u;
    return &by->ears[(mixed ^ mixed >> 16) % CHAINS];
}

void ear_on(hearing *by, ear *one)
{
    ear **first = chain(by, one->address, one->address_size);
    one->next = *first;
    one->is_on = 1;
    *first = one;
}

void ear_off(hearing *by, ear *one)
{
    ear **at = chain(by, one->address, one->address_size);
    while (*at && *at != one)
        at = &(*at)->next;
    if (*at)
        *at = one->next;
    if (by->opened == one)
        by->opened = NULL;
    one->is_on = one->is_opened = 0;
}

static ear *at_address(hearing *by)
{
    ear *one = *chain(by, by->address, by->address_size);
    while (one && (one->address_size != by->address_size ||
                   memcmp(one->address, by->address, (size_t)by->address_size)))
        one = one->next;
    return one;
}

static int received(hearing *by, int socket, uint8_t *memory, int size)
{
    _Alignas(struct cmsghdr) uint8_t control[sizeof by->control];
    struct iovec piece = {memory, (size_t)size};
    struct msghdr message = {
        .msg_name = by->address,
        .msg_namelen = sizeof by->address,
        .msg_iov = &piece,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    int got = (int)recvmsg(socket, &message, 0);
    if (got < 0)
        return -errno;
    by->address_size = (int32_t)message.msg_namelen;
    by->control_size = 0;
    struct cmsghdr *first = CMSG_FIRSTHDR(&message);
    if (first) {
        by->control_size = (int32_t)(first->cmsg_len - CMSG_LEN(0));
        memcpy(by->control, CMSG_DATA(first), (size_t)by->control_size);
    }
    return got;
}

static int is_heard(const ear *one, const uint8_t *memory, int size, double now)
{
    const gathered *so_far = one->so_far;
    return one->heard < one->most && so_far->is_on && now - so_far->taken_at < so_far->most_s &&
           size >= FEEDBACK_HEAD_SIZE + one->index_from_end && read32(memory + 4) == one->sender;
}

static int is_calm_report(const ear *one, const uint8_t *compound, int size, double now)
{
    const uint8_t *told = compound + FEEDBACK_HEAD_SIZE;
    return size >= FEEDBACK_HEAD_SIZE + 4 && size == 4 + 4 * (compound[2] << 8 | compound[3]) &&
           (told[2] << 8 | told[3]) <= MOST_HEARD &&
           gather(told, size - FEEDBACK_HEAD_SIZE, one->log, now, one->so_far);
}

int hear(hearing *by, int socket, uint8_t *memory, int memory_size, double now)
{
    if (by->opened)
        by->opened->is_opened = 0;
    by->opened = NULL;
    while (by->left > 0) {
        by->left--;
        int size = received(by, socket, memory, memory_size);
        if (size < FEEDBACK_HEAD_SIZE || memory[0] != ARRIVALS_HEAD || memory[1] != ARRIVALS_TYPE)
            return size;
        ear *one = at_address(by);
        if (!one || !is_heard(one, memory, size, now))
            return size;
        int64_t index = read32(memory + size - one->index_from_end) & 0x7FFFFFFF;
        one->heard++;
        if (((unprotector)by->unprotect)(one->srtp, memory, &size)) {
            one->failed++;
            continue;
        }
        one->is_newer = index > one->newest;
        if (one->is_newer)
            one->newest = index;
        if (is_calm_report(one, memory, size, now))
            continue;
        one->is_opened = 1;
        by->opened = one;
        return size;
    }
    return -EAGAIN;
}
