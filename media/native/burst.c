/* A burst of packets to all its slots in one call: media/sfu/munger.py's `write` and
 * media/sfu/fanout.py's `send`, which say why; here is only the same again, without Python's
 * cost a packet. tests/unit/media/native holds the two together, byte for byte. */

#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "burst.h"

enum {
    TAG_SIZE = 16,
    HAS_PADDING = 0x20,
    MAX_TRAIN_SEGMENTS = 60,
    MAX_TRAIN_BYTES = 60000,
    UDP_LEVEL = 17,
    UDP_SEGMENT_OPTION = 103,
};

typedef int (*protector)(void *srtp, void *packet, int *size);

typedef struct {
    int socket;
    slot *to;
    outcome *result;
} way;

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

static uint16_t numbered(slot *to, int64_t number, int size, double now)
{
    send_log *log = to->log;
    int64_t transport_number = log->next_number++;
    int64_t at = transport_number & log->mask;
    log->numbers[at] = transport_number;
    log->sent_at[at] = now;
    log->sizes[at] = (uint16_t)size;
    to->transport_numbers[number & to->numbers_mask] = (uint16_t)transport_number;
    return (uint16_t)transport_number;
}

static void rewrite_picture(const slot *to, const packet *from, uint8_t *body)
{
    if (from->picture_id_at) {
        int64_t id = from->picture_id + to->picture_id_offset;
        if (from->has_long_picture_id)
            put16(body + from->picture_id_at, 0x8000 | (uint32_t)(id & 0x7FFF));
        else
            body[from->picture_id_at] = (uint8_t)(id & 0x7F);
    }
    if (from->tl0picidx_at)
        body[from->tl0picidx_at] = (uint8_t)(from->tl0picidx + to->tl0picidx_offset);
}

/* Returns the packet's size, 0 where it is refused. */
static int write_packet(slot *to, const packet *from, double now, uint8_t *out)
{
    int64_t number = from->sequence_number + to->sequence_offset;
    int64_t step = ((number - to->highest + 0x8000) & 0xFFFF) - 0x8000;
    number = to->highest + step;
    if (step > 0) {
        to->highest = number;
        if (from->picture_id_at)
            to->picture_id = from->picture_id + to->picture_id_offset;
        if (from->tl0picidx_at)
            to->tl0picidx = from->tl0picidx + to->tl0picidx_offset;
        to->timestamp = from->timestamp + to->timestamp_offset;
        to->timestamp_at = now;
    } else if (number < to->first) {
        return 0;
    }
    int size = from->size + from->padding;
    const header *head = size > to->largest ? &to->bare : &to->full;
    memcpy(out, head->bytes, (size_t)head->size);
    if (from->padding) {
        out[0] |= HAS_PADDING;
        out[head->size + from->size] = 1;
    }
    if (from->is_marked)
        out[1] |= 0x80;
    put16(out + 2, (uint32_t)(number & 0xFFFF));
    put32(out + 4, (uint32_t)(from->timestamp + to->timestamp_offset));
    if (head->number_at)
        put16(out + head->number_at, numbered(to, number, head->size + size, now));
    memcpy(out + head->size, from->payload, (size_t)from->size);
    rewrite_picture(to, from, out + head->size);
    to->packets++;
    to->octets += from->size;
    return head->size + size;
}

static int passed_on(const way *by, uint8_t *data, int size, int segment)
{
    struct iovec piece = {data, (size_t)size};
    _Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(uint16_t)) + sizeof by->to->control];
    struct msghdr message = {
        .msg_name = by->to->address,
        .msg_namelen = (socklen_t)by->to->address_size,
        .msg_iov = &piece,
        .msg_iovlen = 1,
    };
    size_t used = 0;
    if (segment) {
        struct cmsghdr *option = (struct cmsghdr *)control;
        uint16_t value = (uint16_t)segment;
        memset(control, 0, CMSG_SPACE(sizeof value));
        option->cmsg_level = UDP_LEVEL;
        option->cmsg_type = UDP_SEGMENT_OPTION;
        option->cmsg_len = CMSG_LEN(sizeof value);
        memcpy(CMSG_DATA(option), &value, sizeof value);
        used = CMSG_SPACE(sizeof value);
    }
    memcpy(control + used, by->to->control, (size_t)by->to->control_size);
    used += (size_t)by->to->control_size;
    if (used) {
        message.msg_control = control;
        message.msg_controllen = used;
    }
    if (sendmsg(by->socket, &message, 0) < 0)
        return errno;
    by->result->calls++;
    by->result->sent_bytes += size;
    return 0;
}

static void send_one(const way *by, uint8_t *data, int size)
{
    if (passed_on(by, data, size, 0))
        by->result->dropped++;
    else
        by->result->sent++;
}

static int is_refused_train(int error)
{
    return error == EIO || error == ENOPROTOOPT || error == EOPNOTSUPP || error == EINVAL ||
           error == EMSGSIZE;
}

static void send_train(const way *by, uint8_t *data, int size, int segment)
{
    int count = (size + segment - 1) / segment;
    if (count > 1 && !by->to->is_narrow) {
        int error = passed_on(by, data, size, segment);
        if (!error) {
            by->result->sent += count;
            return;
        }
        if (!is_refused_train(error)) {
            by->result->dropped += count;
            return;
        }
        by->to->is_narrow = 1;
        by->to->refusal = error;
        by->result->refused++;
    }
    for (int at = 0; at < size; at += segment)
        send_one(by, data + at, size - at < segment ? size - at : segment);
}

static void send_to_slot(const way *by, protector protect, const packet **packets, int count,
                         double now, uint8_t *memory, int memory_size)
{
    int at = 0, start = 0, segment = 0, queued = 0;
    for (int index = 0; index < count; index++) {
        const packet *from = packets[index];
        int room = by->to->full.size + from->size + from->padding + TAG_SIZE;
        if (at + room > memory_size) {
            if (queued)
                send_train(by, memory + start, at - start, segment);
            at = start = queued = 0;
        }
        int size = write_packet(by->to, from, now, memory + at);
        if (!size)
            continue;
        if (protect(by->to->srtp, memory + at, &size)) {
            by->result->unprotected++;
            continue;
        }
        if (queued && (size > segment || queued == MAX_TRAIN_SEGMENTS ||
                       at + size - start > MAX_TRAIN_BYTES)) {
            send_train(by, memory + start, at - start, segment);
            start = at;
            queued = 0;
        }
        at += size;
        if (!queued++)
            segment = size;
        else if (size < segment) { /* only the last of a train may be shorter */
            send_train(by, memory + start, at - start, segment);
            start = at;
            queued = 0;
        }
    }
    if (queued)
        send_train(by, memory + start, at - start, segment);
}

void send_burst(int socket, void *protect, slot **slots, int slot_count,
                const packet **packets, int packet_count, double now,
                uint8_t *memory, int memory_size, outcome *result)
{
    memset(result, 0, sizeof *result);
    for (int index = 0; index < slot_count; index++) {
        way by = {socket, slots[index], result};
        if (by.to->is_on)
            send_to_slot(&by, (protector)protect, packets, packet_count, now, memory, memory_size);
    }
}

int32_t source_digest(void)
{
    return SOURCE_DIGEST;
}
