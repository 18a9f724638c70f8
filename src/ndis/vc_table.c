/* SPDX-License-Identifier: MIT */
/* The two machines of a VC (API §1.3), to be read beside API §8.5 to §8.11. */
#include "ndis/vc.h"

const struct state_cell vc_activation_table[VC_ACTIVATION_COUNT][VC_ACTIVATION_EVENT_COUNT] =
    {
        [VC_CREATED] =
            {
                [VC_CM_ACTIVATE] = GO(VC_ACTIVATING),
                [VC_ACTIVATED] = NEVER,
                [VC_ACTIVATE_FAILED] = NEVER,
                [VC_CM_DEACTIVATE] = BREAKS(VC_DEACTIVATE_INACTIVE, NOT_ACCEPTED),
                [VC_DEACTIVATED] = NEVER,
                [VC_DEACTIVATE_FAILED] = NEVER,
                [VC_CREATOR_DELETE] = GO(VC_CREATED),
                [VC_SEND] = BREAKS(VC_DATA_BEFORE_ACTIVE, VC_NOT_ACTIVATED),
                [VC_RECEIVE] = BREAKS(VC_DATA_BEFORE_ACTIVE, VC_NOT_ACTIVATED),
                [VC_CM_MADE] = BREAKS(CM_MAKE_CALL_NOT_ACTIVE, VC_NOT_ACTIVATED),
                [VC_CM_OFFERS] = BREAKS(CM_INCOMING_NOT_ACTIVE, VC_NOT_ACTIVATED),
                [VC_CM_CLOSED] = GO(VC_CREATED),
            },
        [VC_ACTIVATING] =
            {
                [VC_CM_ACTIVATE] = BREAKS(VC_ACTIVATE_OVERLAP, FAILURE),
                [VC_ACTIVATED] = GO(VC_ACTIVE),
                [VC_ACTIVATE_FAILED] = GO(STATE_BACK),
                [VC_CM_DEACTIVATE] = BREAKS(VC_ACTIVATE_OVERLAP, FAILURE),
                [VC_DEACTIVATED] = NEVER,
                [VC_DEACTIVATE_FAILED] = NEVER,
                [VC_CREATOR_DELETE] = BREAKS(VC_DELETE_ACTIVE, NOT_ACCEPTED),
                [VC_SEND] = BREAKS(VC_DATA_BEFORE_ACTIVE, VC_NOT_ACTIVATED),
                /* The miniport may have begun before its completion is heard: API §8.5. */
                [VC_RECEIVE] = GO(VC_ACTIVATING),
                [VC_CM_MADE] = BREAKS(CM_MAKE_CALL_NOT_ACTIVE, VC_NOT_ACTIVATED),
                [VC_CM_OFFERS] = BREAKS(CM_INCOMING_NOT_ACTIVE, VC_NOT_ACTIVATED),
                [VC_CM_CLOSED] = BREAKS(CM_CLOSE_COMPLETE_ACTIVE, SUCCESS),
            },
        [VC_ACTIVE] =
            {
                [VC_CM_ACTIVATE] = GO(VC_REACTIVATING),
                [VC_ACTIVATED] = NEVER,
                [VC_ACTIVATE_FAILED] = NEVER,
                [VC_CM_DEACTIVATE] = GO(VC_DEACTIVATING),
                [VC_DEACTIVATED] = NEVER,
                [VC_DEACTIVATE_FAILED] = NEVER,
                [VC_CREATOR_DELETE] = BREAKS(VC_DELETE_ACTIVE, NOT_ACCEPTED),
                [VC_SEND] = GO(VC_ACTIVE),
                [VC_RECEIVE] = GO(VC_ACTIVE),
                [VC_CM_MADE] = GO(VC_ACTIVE),
                [VC_CM_OFFERS] = GO(VC_ACTIVE),
                [VC_CM_CLOSED] = BREAKS(CM_CLOSE_COMPLETE_ACTIVE, SUCCESS),
            },
        [VC_REACTIVATING] =
            {
                [VC_CM_ACTIVATE] = BREAKS(VC_ACTIVATE_OVERLAP, FAILURE),
                [VC_ACTIVATED] = GO(VC_ACTIVE),
                [VC_ACTIVATE_FAILED] = GO(VC_ACTIVE), /* the old parameters stay in force: C53 */
                [VC_CM_DEACTIVATE] = BREAKS(VC_ACTIVATE_OVERLAP, FAILURE),
                [VC_DEACTIVATED] = NEVER,
                [VC_DEACTIVATE_FAILED] = NEVER,
                [VC_CREATOR_DELETE] = BREAKS(VC_DELETE_ACTIVE, NOT_ACCEPTED),
                [VC_SEND] = GO(VC_REACTIVATING),
                [VC_RECEIVE] = GO(VC_REACTIVATING),
                [VC_CM_MADE] = GO(VC_REACTIVATING),
                [VC_CM_OFFERS] = GO(VC_REACTIVATING),
                [VC_CM_CLOSED] = BREAKS(CM_CLOSE_COMPLETE_ACTIVE, SUCCESS),
            },
        [VC_DEACTIVATING] =
            {
                [VC_CM_ACTIVATE] = BREAKS(VC_ACTIVATE_OVERLAP, FAILURE),
                [VC_ACTIVATED] = NEVER,
                [VC_ACTIVATE_FAILED] = NEVER,
                [VC_CM_DEACTIVATE] = BREAKS(VC_DEACTIVATE_TWICE, NOT_ACCEPTED),
                [VC_DEACTIVATED] = GO(VC_INACTIVE),
                [VC_DEACTIVATE_FAILED] = GO(VC_ACTIVE),
                [VC_CREATOR_DELETE] = BREAKS(VC_DELETE_DEACTIVATING, CLOSING),
                [VC_SEND] = BREAKS(VC_SEND_INACTIVE, CLOSING),
                /* What the miniport had taken from the wire before; it ends with the
                 * deactivation. */
                [VC_RECEIVE] = GO(VC_DEACTIVATING),
                [VC_CM_MADE] = BREAKS(CM_MAKE_CALL_NOT_ACTIVE, VC_NOT_ACTIVATED),
                [VC_CM_OFFERS] = BREAKS(CM_INCOMING_NOT_ACTIVE, VC_NOT_ACTIVATED),
                [VC_CM_CLOSED] = BREAKS(CM_CLOSE_COMPLETE_ACTIVE, SUCCESS),
            },
        [VC_INACTIVE] =
            {
                [VC_CM_ACTIVATE] = GO(VC_ACTIVATING),
                [VC_ACTIVATED] = NEVER,
                [VC_ACTIVATE_FAILED] = NEVER,
                [VC_CM_DEACTIVATE] = BREAKS(VC_DEACTIVATE_INACTIVE, NOT_ACCEPTED),
                [VC_DEACTIVATED] = NEVER,
                [VC_DEACTIVATE_FAILED] = NEVER,
                [VC_CREATOR_DELETE] = GO(VC_INACTIVE),
                [VC_SEND] = BREAKS(VC_SEND_INACTIVE, VC_NOT_ACTIVATED),
                [VC_RECEIVE] = BREAKS(MCO_RECEIVE_INACTIVE, VC_NOT_ACTIVATED),
                [VC_CM_MADE] = BREAKS(VC_USED_INACTIVE, VC_NOT_ACTIVATED),
                [VC_CM_OFFERS] = BREAKS(VC_USED_INACTIVE, VC_NOT_ACTIVATED),
                [VC_CM_CLOSED] = GO(VC_INACTIVE),
            },
};

const struct state_cell vc_call_table[CALL_STATE_COUNT][CALL_EVENT_COUNT] =
    {
        [CALL_IDLE] =
            {
                [CALL_CL_MAKE] = GO(CALL_MAKING),
                [CALL_MADE] = NEVER,
                [CALL_MAKE_FAILED] = NEVER,
                [CALL_CM_OFFER] = GO(CALL_OFFERED),
                [CALL_OFFER_ACCEPTED] = NEVER,
                [CALL_OFFER_REJECTED] = NEVER,
                [CALL_CM_CONNECTED] = BREAKS(CM_CONNECTED_NOT_ACCEPTED, FAILURE),
                [CALL_CM_INCOMING_CLOSE] = BREAKS(CM_INCOMING_CLOSE_NO_CALL, FAILURE),
                [CALL_CL_CLOSE] = BREAKS(CL_CLOSE_NO_CALL, FAILURE),
                [CALL_CLOSED] = NEVER,
                [CALL_CLOSE_FAILED] = NEVER,
                [CALL_CL_ADD_PARTY] = BREAKS(CL_ADD_NOT_CONNECTED, FAILURE),
                [CALL_CL_DROP_PARTY] = BREAKS(CL_PARTY_HANDLE_DEAD, FAILURE), /* no party lives */
                [CALL_CM_INCOMING_DROP] = BREAKS(CM_INCOMING_DROP_LAST, FAILURE),
                [CALL_CL_MODIFY] = BREAKS(CL_MODIFY_NO_CALL, FAILURE),
                [CALL_CM_QOS_CHANGE] = BREAKS(CM_QOS_CHANGE_NO_CALL, FAILURE),
                [CALL_CL_SEND] = BREAKS(CL_SEND_BEFORE_CONNECTED, FAILURE),
                [CALL_DELETE] = GO(CALL_IDLE),
            },
        [CALL_MAKING] =
            {
                [CALL_CL_MAKE] = BREAKS(CL_MAKE_CALL_BUSY, FAILURE),
                [CALL_MADE] = GO(CALL_CONNECTED),
                [CALL_MAKE_FAILED] = GO(CALL_IDLE),
                [CALL_CM_OFFER] = BREAKS(CM_INCOMING_BUSY, FAILURE),
                [CALL_OFFER_ACCEPTED] = NEVER,
                [CALL_OFFER_REJECTED] = NEVER,
                [CALL_CM_CONNECTED] = BREAKS(CM_CONNECTED_OUTGOING, FAILURE),
                [CALL_CM_INCOMING_CLOSE] = BREAKS(CM_INCOMING_CLOSE_NO_CALL, FAILURE),
                [CALL_CL_CLOSE] = BREAKS(CL_CLOSE_MAKING, FAILURE),
                [CALL_CLOSED] = NEVER,
                [CALL_CLOSE_FAILED] = NEVER,
                [CALL_CL_ADD_PARTY] = BREAKS(CL_ADD_NOT_CONNECTED, FAILURE),
                [CALL_CL_DROP_PARTY] = BREAKS(PARTY_DROP_ADDING, FAILURE),
                [CALL_CM_INCOMING_DROP] = BREAKS(CM_INCOMING_DROP_LAST, FAILURE),
                [CALL_CL_MODIFY] = BREAKS(CL_MODIFY_NO_CALL, FAILURE),
                [CALL_CM_QOS_CHANGE] = BREAKS(CM_QOS_CHANGE_NO_CALL, FAILURE),
                [CALL_CL_SEND] = BREAKS(CL_SEND_BEFORE_CONNECTED, FAILURE),
                [CALL_DELETE] = BREAKS(VC_DELETE_CALL, NOT_ACCEPTED),
            },
        [CALL_OFFERED] =
            {
                [CALL_CL_MAKE] = BREAKS(CL_MAKE_CALL_BUSY, FAILURE),
                [CALL_MADE] = NEVER,
                [CALL_MAKE_FAILED] = NEVER,
                [CALL_CM_OFFER] = BREAKS(CM_INCOMING_BUSY, FAILURE),
                [CALL_OFFER_ACCEPTED] = GO(CALL_ACCEPTED),
                [CALL_OFFER_REJECTED] = GO(CALL_IDLE),
                [CALL_CM_CONNECTED] = BREAKS(CM_CONNECTED_NOT_ACCEPTED, FAILURE),
                [CALL_CM_INCOMING_CLOSE] = BREAKS(CM_INCOMING_CLOSE_NO_CALL, FAILURE),
                [CALL_CL_CLOSE] = BREAKS(CL_CLOSE_NO_CALL, FAILURE),
                [CALL_CLOSED] = NEVER,
                [CALL_CLOSE_FAILED] = NEVER,
                [CALL_CL_ADD_PARTY] = BREAKS(CL_ADD_NOT_MULTIPOINT, FAILURE),
                [CALL_CL_DROP_PARTY] = BREAKS(CL_PARTY_HANDLE_DEAD, FAILURE), /* likewise */
                [CALL_CM_INCOMING_DROP] = BREAKS(CM_INCOMING_DROP_LAST, FAILURE),
                [CALL_CL_MODIFY] = GO(CALL_OFFERED), /* while the offer is pended: C65 */
                [CALL_CM_QOS_CHANGE] = BREAKS(CM_QOS_CHANGE_NO_CALL, FAILURE),
                [CALL_CL_SEND] = BREAKS(CL_SEND_BEFORE_CONNECTED, FAILURE),
                [CALL_DELETE] = BREAKS(VC_DELETE_CALL, NOT_ACCEPTED),
            },
        [CALL_ACCEPTED] =
            {
                [CALL_CL_MAKE] = BREAKS(CL_MAKE_CALL_BUSY, FAILURE),
                [CALL_MADE] = NEVER,
                [CALL_MAKE_FAILED] = NEVER,
                [CALL_CM_OFFER] = BREAKS(CM_INCOMING_BUSY, FAILURE),
                [CALL_OFFER_ACCEPTED] = NEVER,
                [CALL_OFFER_REJECTED] = NEVER,
                [CALL_CM_CONNECTED] = GO(CALL_CONNECTED),
                [CALL_CM_INCOMING_CLOSE] = GO(CALL_TOLD),
                [CALL_CL_CLOSE] = BREAKS(CL_CLOSE_NO_CALL, FAILURE),
                [CALL_CLOSED] = NEVER,
                [CALL_CLOSE_FAILED] = NEVER,
                [CALL_CL_ADD_PARTY] = BREAKS(CL_ADD_NOT_MULTIPOINT, FAILURE),
                [CALL_CL_DROP_PARTY] = BREAKS(CL_PARTY_HANDLE_DEAD, FAILURE), /* likewise */
                [CALL_CM_INCOMING_DROP] = BREAKS(CM_INCOMING_DROP_LAST, FAILURE),
                [CALL_CL_MODIFY] = BREAKS(CL_MODIFY_NO_CALL, FAILURE),
                [CALL_CM_QOS_CHANGE] = BREAKS(CM_QOS_CHANGE_NO_CALL, FAILURE),
                [CALL_CL_SEND] = BREAKS(CL_SEND_BEFORE_CONNECTED, FAILURE),
                [CALL_DELETE] = BREAKS(VC_DELETE_CALL, NOT_ACCEPTED),
            },
        [CALL_CONNECTED] =
            {
                [CALL_CL_MAKE] = BREAKS(CL_MAKE_CALL_BUSY, FAILURE),
                [CALL_MADE] = NEVER,
                [CALL_MAKE_FAILED] = NEVER,
                [CALL_CM_OFFER] = BREAKS(CM_INCOMING_BUSY, FAILURE),
                [CALL_OFFER_ACCEPTED] = NEVER,
                [CALL_OFFER_REJECTED] = NEVER,
                [CALL_CM_CONNECTED] = BREAKS(CM_CONNECTED_TWICE, FAILURE),
                [CALL_CM_INCOMING_CLOSE] = GO(CALL_TOLD),
                [CALL_CL_CLOSE] = GO(CALL_CLOSING),
                [CALL_CLOSED] = NEVER,
                [CALL_CLOSE_FAILED] = NEVER,
                [CALL_CL_ADD_PARTY] = GO(CALL_CONNECTED),
                [CALL_CL_DROP_PARTY] = GO(CALL_CONNECTED),
                [CALL_CM_INCOMING_DROP] = GO(CALL_CONNECTED),
                [CALL_CL_MODIFY] = GO(CALL_CONNECTED),
                [CALL_CM_QOS_CHANGE] = GO(CALL_CONNECTED),
                [CALL_CL_SEND] = GO(CALL_CONNECTED),
                [CALL_DELETE] = BREAKS(VC_DELETE_CALL, NOT_ACCEPTED),
            },
        [CALL_TOLD] =
            {
                [CALL_CL_MAKE] = BREAKS(CL_MAKE_CALL_BUSY, FAILURE),
                [CALL_MADE] = NEVER,
                [CALL_MAKE_FAILED] = NEVER,
                [CALL_CM_OFFER] = BREAKS(CM_INCOMING_BUSY, FAILURE),
                [CALL_OFFER_ACCEPTED] = NEVER,
                [CALL_OFFER_REJECTED] = NEVER,
                [CALL_CM_CONNECTED] = BREAKS(CM_CONNECTED_NOT_ACCEPTED, FAILURE),
                [CALL_CM_INCOMING_CLOSE] = BREAKS(CM_INCOMING_CLOSE_TWICE, FAILURE),
                [CALL_CL_CLOSE] = GO(CALL_CLOSING),
                [CALL_CLOSED] = NEVER,
                [CALL_CLOSE_FAILED] = NEVER,
                /* The client may not have heard when it asks for these three. */
                [CALL_CL_ADD_PARTY] = REFUSES(CLOSING),
                [CALL_CL_DROP_PARTY] = GO(CALL_TOLD), /* drops to one, then closes: API §8.10 */
                [CALL_CM_INCOMING_DROP] = GO(CALL_TOLD),
                [CALL_CL_MODIFY] = REFUSES(CLOSING),
                [CALL_CM_QOS_CHANGE] = BREAKS(CM_QOS_CHANGE_NO_CALL, FAILURE),
                [CALL_CL_SEND] = REFUSES(CLOSING),
                [CALL_DELETE] = BREAKS(VC_DELETE_CALL, NOT_ACCEPTED),
            },
        [CALL_CLOSING] =
            {
                [CALL_CL_MAKE] = BREAKS(CL_MAKE_CALL_CLOSING, FAILURE),
                [CALL_MADE] = NEVER,
                [CALL_MAKE_FAILED] = NEVER,
                [CALL_CM_OFFER] = BREAKS(CM_INCOMING_BUSY, FAILURE),
                [CALL_OFFER_ACCEPTED] = NEVER,
                [CALL_OFFER_REJECTED] = NEVER,
                [CALL_CM_CONNECTED] = BREAKS(CM_CONNECTED_NOT_ACCEPTED, FAILURE),
                [CALL_CM_INCOMING_CLOSE] = BREAKS(CM_INCOMING_CLOSE_CLOSING, FAILURE),
                [CALL_CL_CLOSE] = BREAKS(CL_CLOSE_TWICE, FAILURE),
                [CALL_CLOSED] = GO(CALL_IDLE),
                [CALL_CLOSE_FAILED] = GO(STATE_BACK),
                [CALL_CL_ADD_PARTY] = BREAKS(CL_ADD_WHILE_CLOSING, FAILURE),
                [CALL_CL_DROP_PARTY] = BREAKS(CL_DROP_WHILE_CLOSING, FAILURE),
                [CALL_CM_INCOMING_DROP] =
                    GO(CALL_CLOSING), /* crosses the close, which answers it */
                [CALL_CL_MODIFY] = BREAKS(CL_MODIFY_NO_CALL, FAILURE),
                [CALL_CM_QOS_CHANGE] = BREAKS(CM_QOS_CHANGE_NO_CALL, FAILURE),
                [CALL_CL_SEND] = BREAKS(CL_SEND_AFTER_CLOSE, CLOSING),
                [CALL_DELETE] = BREAKS(VC_DELETE_CALL, CLOSING),
            },
};

const char *const vc_activation_names[VC_ACTIVATION_COUNT] = {
    [VC_CREATED] = "created",
    [VC_ACTIVATING] = "activating",
    [VC_ACTIVE] = "active",
    [VC_REACTIVATING] = "re-activating",
    [VC_DEACTIVATING] = "deactivating",
    [VC_INACTIVE] = "inactive",
};

const char *const vc_activation_event_names[VC_ACTIVATION_EVENT_COUNT] = {
    [VC_CM_ACTIVATE] = "activate",
    [VC_ACTIVATED] = "activated",
    [VC_ACTIVATE_FAILED] = "activation failed",
    [VC_CM_DEACTIVATE] = "deactivate",
    [VC_DEACTIVATED] = "deactivated",
    [VC_DEACTIVATE_FAILED] = "deactivation failed",
    [VC_CREATOR_DELETE] = "delete",
    [VC_SEND] = "send",
    [VC_RECEIVE] = "receive",
    [VC_CM_MADE] = "call made",
    [VC_CM_OFFERS] = "call offered",
    [VC_CM_CLOSED] = "call closed",
};

const char *const vc_call_names[CALL_STATE_COUNT] = {
    [CALL_IDLE] = "idle",         [CALL_MAKING] = "making",       [CALL_OFFERED] = "offered",
    [CALL_ACCEPTED] = "accepted", [CALL_CONNECTED] = "connected", [CALL_TOLD] = "told of the close",
    [CALL_CLOSING] = "closing",
};

const char *const vc_call_event_names[CALL_EVENT_COUNT] = {
    [CALL_CL_MAKE] = "make call",
    [CALL_MADE] = "call made",
    [CALL_MAKE_FAILED] = "call failed",
    [CALL_CM_OFFER] = "incoming call",
    [CALL_OFFER_ACCEPTED] = "call accepted",
    [CALL_OFFER_REJECTED] = "call rejected",
    [CALL_CM_CONNECTED] = "call connected",
    [CALL_CM_INCOMING_CLOSE] = "incoming close",
    [CALL_CL_CLOSE] = "close call",
    [CALL_CLOSED] = "call closed",
    [CALL_CLOSE_FAILED] = "close failed",
    [CALL_CL_ADD_PARTY] = "add party",
    [CALL_CL_DROP_PARTY] = "drop party",
    [CALL_CM_INCOMING_DROP] = "incoming drop",
    [CALL_CL_MODIFY] = "modify QoS",
    [CALL_CM_QOS_CHANGE] = "incoming QoS change",
    [CALL_CL_SEND] = "send",
    [CALL_DELETE] = "delete",
};
