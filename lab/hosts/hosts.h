// SPDX-License-Identifier: Apache-2.0
// Private to lab/hosts: the pieces that turn attribute values into behavior, and those that
// build the replies.
#pragma once

#include "lab/hosts/personality.h"

enum { VALUE_MAX = 64 };

// One plain value taken from an expression.
struct value {
    char text[VALUE_MAX];
    size_t len;
};

enum value_pick { VALUE_LOW, VALUE_MIDDLE }; // of a range

// The first alternative; of "lo-hi" the chosen end, of ">x" x+1, of "<x" x-1; brackets likewise.
// False if it does not fit.
bool value_first(struct span expr, enum value_pick pick, struct value *out);
struct span value_span(const struct value *v);

// First and last number of the first alternative. False if it is no number.
bool value_range(struct span expr, uint64_t *lo, uint64_t *hi);

// "M5B4ST11NW7" -> option bytes, padded so that the padding does not show in such a string.
enum err options_parse(struct span text, struct pers_options *out, struct err_at *at);

// MSS alone, if o has it.
void options_plain(const struct pers_options *o, struct pers_options *out);

// Steps that make the scanner compute SP, GCD and ISR at one SYN each 100 ms.
void isn_plan(struct pers_isn *isn, uint32_t sp, uint32_t gcd, uint32_t isr);

// The next step so long after the one before; *last is kept between them.
uint32_t isn_step(const struct pers_isn *isn, uint32_t step, uint64_t passed_ns, uint32_t *last);

// Four bytes with that CRC-32.
void crc_invert(uint32_t crc, uint8_t data[4]);

// Sets one attribute of an answer to a TCP probe, or of U1, or of IE, or of SEQ.
enum err reply_attr(struct pers_reply *r, struct span name, struct span expr, struct err_at *at);
enum err unreach_attr(struct pers_unreach *u, struct span name, struct span expr,
                      struct err_at *at);
enum err echo_attr(struct pers_echo *e, struct span name, struct span expr, struct err_at *at);

// Of alternatives of an O attribute the first whose timestamp has a value, or is 0, or that has
// none.
struct span attr_timed(struct span expr, char ts);

// The value that a host which can be found gives to a SYN, if it is one of the alternatives.
struct span attr_proper(struct span name, struct span expr);

// Hops beyond the first that a T attribute above 255 tells of.
uint8_t attr_hops(struct span expr);

// One "key = value" line.
enum err personality_key(struct personality *p, struct span line, struct err_at *at);

// Next values of a host's generators.
uint32_t state_isn(struct personality_state *s, uint64_t now_ns);
uint32_t state_clock(struct personality_state *s, uint64_t now_ns);

enum state_id { STATE_ID_OPEN, STATE_ID_CLOSED, STATE_ID_ICMP };
uint16_t state_id(struct personality_state *s, enum state_id which);

// Whole IPv4 packets. f is the packet that is answered; false if there is no answer.
bool answer_unreach(struct personality_state *s, const struct frame *f, uint8_t code,
                    struct buf *out);
bool answer_icmp(struct personality_state *s, const struct frame *f, uint64_t now_ns,
                 struct buf *out);
