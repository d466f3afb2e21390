/* What Python and C share. cffi reads this file as it stands: declarations only. */

typedef struct {            /* media/sfu/send_log.py */
    int64_t next_number;
    int64_t *numbers;
    double *sent_at;
    uint16_t *sizes;
    int64_t mask;           /* of the three rings */
} send_log;

typedef struct {            /* media/wire/rtp_header.py */
    uint8_t bytes[256];
    int32_t size;
    int32_t number_at;      /* where the transport-wide number stands, 0: it has none */
} header;

typedef struct {            /* media/wire/media_packet.py */
    const uint8_t *payload;
    int32_t size;
    uint32_t timestamp;
    uint16_t sequence_number;
    uint16_t is_marked;
    int32_t picture_id;
    int32_t picture_id_at;
    int32_t has_long_picture_id;
    int32_t tl0picidx;
    int32_t tl0picidx_at;
    int32_t padding;        /* bytes behind the payload; 1 is the most there is */
} packet;

typedef struct {            /* media/sfu/munger.py, and where it is sent */
    int64_t highest;
    int64_t timestamp;
    double timestamp_at;
    int64_t picture_id;
    int64_t tl0picidx;
    int64_t packets;
    int64_t octets;

    int32_t is_on;
    int32_t largest;        /* payload that goes with extensions */
    int64_t first;
    int64_t sequence_offset;
    int64_t timestamp_offset;
    int64_t picture_id_offset;
    int64_t tl0picidx_offset;
    header full;
    header bare;
    uint16_t *transport_numbers;
    int64_t numbers_mask;
    send_log *log;

    void *srtp;
    uint8_t address[28];
    int32_t address_size;
    uint8_t control[64];    /* from where it leaves, as sendmsg takes it */
    int32_t control_size;
    int32_t is_narrow;      /* its path takes no trains */
    int32_t refusal;        /* errno of a train that was refused; Python clears it */
} slot;

typedef struct {            /* what a burst came to */
    int64_t sent;
    int64_t sent_bytes;
    int64_t calls;
    int64_t dropped;
    int64_t unprotected;
    int64_t refused;
} outcome;

enum { MOST_TOLD = 4096 };   /* media/wire/twcc.py: MAX_READ */

typedef struct {            /* media/sfu/feedback.py: what a receiver told of a log's packets */
    int32_t came;
    int32_t octets;
    int32_t missing_count;
    int32_t arrival_count;
    int32_t is_calm;        /* nothing is missing, and the delays say nothing new */
    int32_t late_groups;    /* goes on from what the caller left here */
    int64_t newest;         /* as late_groups */
    double newest_sent_s;
    double newest_ms;
    int64_t missing[4096];
    double sent_s[8192];
    double arrived_ms[8192];
} walked;

typedef struct {            /* media/sfu/arrival_record.py */
    int32_t is_on;          /* what is calm may be gathered, by the bounds that follow */
    double soonest_ms;
    double queue_ms;
    double latest_ms;
    int32_t queue_groups;
    double group_first_s;
    double group_s;
    int32_t most_steps;     /* of the reference time: more is another clock */
    double taken_at;
    double most_s;          /* after that nothing is gathered */

    double heard_at;        /* from here on what changes */
    int64_t came;
    int64_t octets;
    int32_t late_groups;
    int64_t reference;
    int64_t newest;
    double newest_ms;
    double newest_sent_s;
} gathered;

enum { MOST_HEARD = 256 };   /* packets that a report may tell of which only the C sees */

typedef struct ear ear;
struct ear {                /* media/native/ear.py: whose calm reports are the C's */
    ear *next;              /* of those whose addresses hash alike */
    uint8_t address[28];
    int32_t address_size;
    int32_t is_on;
    void *srtp;
    int32_t index_from_end; /* where SRTCP's index begins */
    uint32_t sender;        /* whose reports */
    int32_t most;           /* that may be decrypted before Python is asked */
    gathered *so_far;
    send_log *log;

    int32_t heard;          /* from here on what changes; Python takes it over */
    int32_t failed;
    int64_t newest;         /* index */
    int32_t is_opened;      /* the datagram in hand is decrypted, and Python's */
    int32_t is_newer;
};

typedef struct {            /* media/transport/hearing.py */
    ear *ears[1024];
    void *unprotect;
    ear *opened;
    int32_t left;           /* datagrams to be read in this turn */
    uint8_t address[28];    /* of the datagram in hand, and what was told with it */
    int32_t address_size;
    uint8_t control[64];
    int32_t control_size;
} hearing;

void ear_on(hearing *by, ear *one);
void ear_off(hearing *by, ear *one);

/* Returns the size of the next datagram that is Python's, or an errno below 0. */
int hear(hearing *by, int socket, uint8_t *memory, int memory_size, double now);

void send_burst(int socket, void *protect, slot **slots, int slot_count,
                const packet **packets, int packet_count, double now,
                uint8_t *memory, int memory_size, outcome *result);

/* Returns 0, or -1 where the message is malformed; then nothing was touched. */
int walk_feedback(const uint8_t *message, int size, send_log *log, int64_t first, double base_ms,
                  double newest_sent_s, double group_first_s, double group_s, double soonest_ms,
                  double queue_ms, double latest_ms, int queue_groups, walked *found);

/* Returns 1 where a report was calm and is counted, or 0; then nothing was touched. */
int gather(const uint8_t *message, int size, send_log *log, double now, gathered *so_far);

int32_t source_digest(void);
