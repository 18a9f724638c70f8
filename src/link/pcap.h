/* SPDX-License-Identifier: MIT */
/* A capture writes the frames of one or many links to a pcap file of link type SUNATM, in which a
 * stock Wireshark shows SSCOP and Q.2931 on VPI 0, VCI 5 and the SNMP of ILMI on 0/16.
 *
 * Any thread may write frames; a lock of the capture's own keeps them whole. Writing copies the
 * frame, and may wait for the disk: who captures accepts that. Source: SIG 1.7. */
#ifndef CONDIS_LINK_PCAP_H
#define CONDIS_LINK_PCAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINK_CAPTURE_ERROR_CHARACTERS 256u

struct link_capture;

enum link_direction {
    LINK_USER_TO_NETWORK, /* "DTE to DCE" */
    LINK_NETWORK_TO_USER,
};

struct link_capture_frame {
    enum link_direction direction;
    uint16_t vpi; /* its low eight bits are written */
    uint16_t vci;
    uint64_t time; /* 100 ns since 1601-01-01 UTC, as exec_system_time has it */
};

/* Creates (or empties) the file and writes its header.
 * error    where the reason goes on failure
 * returns  the capture with one reference, moved to the caller; NULL: see error */
struct link_capture *link_capture_open(const char *path, char error[LINK_CAPTURE_ERROR_CHARACTERS]);

/* Takes one more reference. */
struct link_capture *link_capture_hold(struct link_capture *capture);

/* Lets one reference go; the last one closes the file. NULL is allowed. */
void link_capture_release(struct link_capture *capture);

struct iovec;

/* Writes one frame whose payload lies in piece_count pieces. One longer than 65535 octets is cut.
 * Signalling and registration reach the file at once, with what came before, data with them.
 * A disk error is told by link_capture_flush. */
void link_capture_write(struct link_capture *capture, const struct link_capture_frame *frame,
                        const struct iovec *pieces, size_t piece_count);

/* Brings what was written to the file. returns whether all of it is there. */
bool link_capture_flush(struct link_capture *capture);

#endif
