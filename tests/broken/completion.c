/* SPDX-License-Identifier: MIT */
/* C1 to C20: pended requests and their completions: the mistakes. */
#include "broken.h"

/* ---- C2 to C4: a request ends once ------------------------------------------------------- */

static void drop_one(struct scene *s, struct plan plan)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, plan);
    call_drop(s, 1);
    call_end_with(s, 0);
}

MISTAKE(PEND_NOT_BOTH)
{
    drop_one(s, (struct plan){.how = BOTH_WAYS});
}

ALMOST(PEND_NOT_BOTH)
{
    drop_one(s, (struct plan){.how = EARLY});
}

MISTAKE(PEND_ONCE)
{
    drop_one(s, (struct plan){.how = TWICE});
}

ALMOST(PEND_ONCE)
{
    call_begin_with(s, 2);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = FROM_WORK, .status = NDIS_STATUS_FAILURE});
    AS_CLIENT((void)ClientDropParty(&s->party[1], NULL, 0));
    scene_settle(s);
    plan_cm(ASK_DROP_PARTY, (struct plan){.how = FROM_WORK});
    call_drop(s, 1);
    call_end_with(s, 0);
}

MISTAKE(PEND_FINAL)
{
    drop_one(s, (struct plan){.how = PENDING_FIRST});
}

ALMOST(PEND_FINAL)
{
    drop_one(s, (struct plan){.how = FROM_DPC});
}

const struct broken_row broken_completion[] = {
    MISSING(PEND_NEVER_COMPLETED),
    MISSING(PEND_TOO_LONG),
    ROW(PEND_NOT_BOTH, BOTH),
    ROW(PEND_ONCE, BOTH),
    ROW(PEND_FINAL, BOTH),
    MISSING(CM_CLOSE_AF_COMPLETE_SUCCESS),
    MISSING(CM_DEREGISTER_SAP_COMPLETE_SUCCESS),
    MISSING(CO_CREATE_VC_PENDED),
    MISSING(CO_DELETE_VC_PENDED),
    MISSING(MINIPORT_CREATE_VC_PENDED),
    MISSING(MINIPORT_DELETE_VC_PENDED),
    MISSING(SELF_COMPLETION),
    MISSING(NDIS_COMPLETES_ONCE),
    MISSING(CM_MAKE_CALL_NEVER_COMPLETED),
    MISSING(CL_AF_NOT_OPEN_YET),
    MISSING(CL_INCOMING_COMPLETE_UNASKED),
    MISSING(CL_NOTIFY_CLOSE_UNASKED),
    MISSING(CL_NOTIFY_CLOSE_EARLY),
    MISSING(MCO_ACTIVATE_COMPLETE_UNASKED),
    MISSING(MCO_DEACTIVATE_COMPLETE_UNASKED),
    MISSING(BIND_COMPLETE_ONCE),
    MISSING(BIND_COMPLETE_UNASKED),
    MISSING(UNBIND_COMPLETE_ONCE),
    MISSING(UNBIND_COMPLETE_UNASKED),
    MISSING(UNBIND_CONTEXT_REUSED),
    MISSING(PEND_UNASKED),
    MISSING(COMPLETE_WRONG_HANDLE),
    MISSING(COMPLETE_FOREIGN),
    MISSING(CM_MULTIPOINT_NEEDS_CONTEXT),
    MISSING(CM_POINT_CALL_HAS_NO_PARTY),
    MISSING(CM_OPEN_AF_NEEDS_CONTEXT),
    MISSING(CM_REGISTER_SAP_NEEDS_CONTEXT),
    MISSING(CM_OPEN_AF_CONTEXT_UNSET),
    MISSING(CM_REGISTER_SAP_CONTEXT_UNSET),
    MISSING(CM_ADD_PARTY_CONTEXT_UNSET),
    MISSING(CM_MAKE_CALL_CONTEXT_UNSET),
    MISSING(CO_CREATE_VC_CONTEXT_UNSET),
    MISSING(MINIPORT_CREATE_VC_CONTEXT_UNSET),
    MISSING(OID_COMPLETE_ONCE),
    MISSING(OID_COMPLETE_WRONG_FAMILY),
    MISSING(OID_COMPLETE_ARGUMENTS),
    MISSING(OID_COMPLETE_AFTER_FINAL),
    END_OF_TABLE,
};
