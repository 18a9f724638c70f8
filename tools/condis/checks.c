/* SPDX-License-Identifier: MIT */
#include "checks.h"

void checks_apply(struct checks *checks, struct condis_script_options *options)
{
    checks->watched = checks->verifier != 0;
    options->policy = checks->policy_given ? &checks->policy : NULL;
    options->verifier = checks->verifier_given ? &checks->watched : NULL;
    options->pool = checks->pool_given ? &checks->pool : NULL;
    options->pending_ms = checks->pending_given ? &checks->pending_ms : NULL;
    options->stop_at = checks->stop_at;
}
