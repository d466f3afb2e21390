/* A feedback message, and the packets it tells of: media/wire/twcc.py's `read` and
 * media/sfu/feedback.py's `walk`, and what media/sfu/arrival_record.py gathers of it, without
 * Python's cost a packet. The tests beside those of burst.c hold the two together. */

#include <math.h>
#include <stdint.h>

#include "burst.h"

enum { HEAD_SIZE = 8, SMALL = 1, LARGE = 2, MOST_OF_A_CHUNK = 14, REFERENCE_MS = 64 };

static int read16(const uint8_t *at)
{
    return at[0] << 8 | at[1];
}

/* Returns where the deltas begin, or -1. */
static int read_symbols(const uint8_t *message, int size, int count, uint8_t *symbols)
{
    int at = HEAD_SIZE, known = 0;
    while (known < count) {
        if (at + 2 > size)
            return -1;
        int chunk = read16(message + at);
        at += 2;
        if (!(chunk & 0x8000)) {
            int run = chunk & 0x1FFF;
            if (!run)
                return -1;
            for (; run && known < count; run--)
                symbols[known++] = (uint8_t)(chunk >> 13);
        } else if (chunk & 0x4000) {
            for (int shift = 12; shift >= 0; shift -= 2)
                symbols[known++] = chunk >> shift & 3;
        } else {
            for (int shift = 13; shift >= 0; shift--)
                symbols[known++] = chunk >> shift & 1;
        }
    }
    return at;
}

/* Writes when each packet came, NAN where it has not; returns -1 where that is cut short. */
static int read_arrivals(const uint8_t *message, int size, int at, int count,
                         const uint8_t *symbols, double *arrivals_ms)
{
    int64_t ticks = 0;
    for (int index = 0; index < count; index++) {
        if (symbols[index] == SMALL) {
            if (at >= size)
                return -1;
            ticks += message[at++];
        } else if (symbols[index] == LARGE) {
            if (at + 2 > size)
                return -1;
            ticks += (int16_t)read16(message + at);
            at += 2;
        } else {
            arrivals_ms[index] = NAN;
            continue;
        }
        arrivals_ms[index] = (double)ticks / 4;
    }
    return 0;
}

typedef struct {            /* packets of an open group, but its first */
    int is_there;
    double last_sent_s;
    double last_ms;
    double latest_ms;
} rest;

static void give(walked *found, double sent_s, double arrived_ms)
{
    found->sent_s[found->arrival_count] = sent_s;
    found->arrived_ms[found->arrival_count++] = arrived_ms;
}

/* Of a group's rest only its last and its latest matter. */
static void give_rest(walked *found, rest *of)
{
    if (of->is_there && of->latest_ms > of->last_ms)
        give(found, of->last_sent_s, of->latest_ms);
    if (of->is_there)
        give(found, of->last_sent_s, of->last_ms);
    of->is_there = 0;
}

static void add(rest *to, double sent_s, double arrived_ms)
{
    if (!to->is_there || arrived_ms > to->latest_ms)
        to->latest_ms = arrived_ms;
    to->is_there = 1;
    to->last_sent_s = sent_s;
    to->last_ms = arrived_ms;
}

static void walk(send_log *log, int64_t number, const double *arrivals_ms, int count,
                 double base_ms, double group_first_s, double group_s, double soonest_ms,
                 double queue_ms, double latest_ms, int queue_groups, walked *found)
{
    rest group = {0};
    double least_ms = INFINITY, least_s = 0, least_came_ms = 0; /* of what waited least */
    for (int index = 0; index < count; index++, number++) {
        int64_t at = number & log->mask;
        if (log->numbers[at] != number)
            continue;
        if (number > found->newest)
            found->newest = number;
        if (isnan(arrivals_ms[index])) {
            found->missing[found->missing_count++] = number;
            found->is_calm = 0;
            continue;
        }
        double sent_s = log->sent_at[at], arrived_ms = base_ms + arrivals_ms[index];
        log->numbers[at] = -1;
        found->came++;
        found->octets += log->sizes[at];
        if (arrived_ms > found->newest_ms)
            found->newest_ms = arrived_ms;
        if (sent_s < found->newest_sent_s)
            continue;
        found->newest_sent_s = sent_s;
        double delay_ms = arrived_ms - sent_s * 1000;
        if (delay_ms < least_ms) {
            least_ms = delay_ms;
            least_s = sent_s;
            least_came_ms = arrived_ms;
        }
        if (sent_s - group_first_s <= group_s) {
            add(&group, sent_s, arrived_ms);
        } else {
            give_rest(found, &group);
            give(found, sent_s, arrived_ms);
            group_first_s = sent_s;
            found->late_groups = delay_ms < queue_ms ? 0 : found->late_groups + 1;
        }
        if (found->late_groups >= queue_groups || !(soonest_ms < delay_ms && delay_ms < latest_ms))
            found->is_calm = 0;
    }
    give_rest(found, &group);
    if (found->is_calm && least_ms < INFINITY) { /* what waited least tells of all */
        found->arrival_count = 0;
        give(found, least_s, least_came_ms);
    }
}

/* Returns whether a report is calm, and then what it comes to. */
static int is_calm(send_log *log, int64_t number, const double *arrivals_ms, int count,
                   double base_ms, gathered *so_far)
{
    double group_first_s = so_far->group_first_s;
    for (int index = 0; index < count; index++, number++) {
        int64_t at = number & log->mask;
        if (log->numbers[at] != number)
            continue;
        if (isnan(arrivals_ms[index]))
            return 0;
        double sent_s = log->sent_at[at], arrived_ms = base_ms + arrivals_ms[index];
        if (number > so_far->newest)
            so_far->newest = number;
        so_far->came++;
        so_far->octets += log->sizes[at];
        if (arrived_ms > so_far->newest_ms)
            so_far->newest_ms = arrived_ms;
        if (sent_s < so_far->newest_sent_s)
            continue;
        so_far->newest_sent_s = sent_s;
        double delay_ms = arrived_ms - sent_s * 1000;
        if (sent_s - group_first_s > so_far->group_s) {
            group_first_s = sent_s;
            so_far->late_groups = delay_ms < so_far->queue_ms ? 0 : so_far->late_groups + 1;
        }
        if (so_far->late_groups >= so_far->queue_groups ||
            !(so_far->soonest_ms < delay_ms && delay_ms < so_far->latest_ms))
            return 0;
    }
    return 1;
}

int gather(const uint8_t *message, int size, send_log *log, double now, gathered *so_far)
{
    uint8_t symbols[MOST_TOLD + MOST_OF_A_CHUNK];
    double arrivals_ms[MOST_TOLD];
    if (!so_far->is_on || !(now - so_far->taken_at < so_far->most_s) || size < HEAD_SIZE)
        return 0;
    int count = read16(message + 2);
    if (count > MOST_TOLD)
        return 0;
    int at = read_symbols(message, size, count, symbols);
    if (at < 0 || read_arrivals(message, size, at, count, symbols, arrivals_ms) < 0)
        return 0;
    gathered found = *so_far;
    int64_t told = message[4] << 16 | read16(message + 5);
    int64_t step = ((told - found.reference + 0x800000) & 0xFFFFFF) - 0x800000;
    found.reference += step;
    found.heard_at = now;
    int64_t first = log->next_number;
    first += ((read16(message) - first + 0x8000) & 0xFFFF) - 0x8000;
    if (step > found.most_steps || -step > found.most_steps ||
        !is_calm(log, first, arrivals_ms, count, (double)found.reference * REFERENCE_MS, &found))
        return 0;
    for (int index = 0; index < count; index++)
        if (log->numbers[(first + index) & log->mask] == first + index)
            log->numbers[(first + index) & log->mask] = -1;
    *so_far = found;
    return 1;
}

int walk_feedback(const uint8_t *message, int size, send_log *log, int64_t first, double base_ms,
                  double newest_sent_s, double group_first_s, double group_s, double soonest_ms,
                  double queue_ms, double latest_ms, int queue_groups, walked *found)
{
    uint8_t symbols[MOST_TOLD + MOST_OF_A_CHUNK];
    double arrivals_ms[MOST_TOLD];
    if (size < HEAD_SIZE)
        return -1;
    int count = read16(message + 2);
    if (count > MOST_TOLD)
        return -1;
    int at = read_symbols(message, size, count, symbols);
    if (at < 0 || read_arrivals(message, size, at, count, symbols, arrivals_ms) < 0)
        return -1;
    found->came = found->octets = found->missing_count = found->arrival_count = 0;
    found->is_calm = 1;
    found->newest_ms = -INFINITY;
    found->newest_sent_s = newest_sent_s;
    walk(log, first, arrivals_ms, count, base_ms, group_first_s, group_s, soonest_ms, queue_ms,
         latest_ms, queue_groups, found);
    return 0;
}
