/* SPDX-License-Identifier: MIT */
/* A world's capture, as host programs ask for it. */
#include "link/linknic.h"
#include "link/pcap.h"
#include "ndis/world.h"

static bool capture_end(struct condis_world *world, struct condis_error *error)
{
    struct link_capture *capture = linknic_capture(world->exec);
    bool whole = !capture || link_capture_flush(capture);
    linknic_set_capture(world->exec, NULL);
    return whole || error_say(error, "the capture is not complete: its file could not be written");
}

bool condis_world_capture(struct condis_world *world, const char *path, struct condis_error *error)
{
    char reason[LINK_CAPTURE_ERROR_CHARACTERS];
    if (!path)
        return capture_end(world, error);
    struct link_capture *capture = link_capture_open(path, reason);
    if (!capture)
        return error_say(error, "no capture: %s", reason);
    linknic_set_capture(world->exec, capture);
    link_capture_release(capture); /* the world holds it */
    return true;
}
