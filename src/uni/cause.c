/* SPDX-License-Identifier: MIT */
#include "uni/cause.h"

/* The values of ndis.h, which is not for this room. */
enum status {
    STATUS_SUCCESS = 0,
    STATUS_NOT_ACCEPTED = 0x00010003,
};
#define STATUS_FAILURE                 UINT32_C(0xC0000001)
#define STATUS_RESOURCES               UINT32_C(0xC000009A)
#define STATUS_NOT_SUPPORTED           UINT32_C(0xC00000BB)
#define STATUS_INVALID_DATA            UINT32_C(0xC0010015)
#define STATUS_INVALID_SAP             UINT32_C(0xC0010020)
#define STATUS_INVALID_ADDRESS         UINT32_C(0xC0010022)
#define STATUS_DEST_OUT_OF_ORDER       UINT32_C(0xC0010024)
#define STATUS_VC_NOT_AVAILABLE        UINT32_C(0xC0010025)
#define STATUS_CELLRATE_NOT_AVAILABLE  UINT32_C(0xC0010026)
#define STATUS_INCOMPATABLE_QOS        UINT32_C(0xC0010027)
#define STATUS_AAL_PARAMS_UNSUPPORTED  UINT32_C(0xC0010028)
#define STATUS_NO_ROUTE_TO_DESTINATION UINT32_C(0xC0010029)

const char *uni_cause_name(uint8_t value)
{
    static const char *const names[128] = {
#define CAUSE(value_, name) [value_] = name,
#include "uni/cause.def"
    };

    return value < 128 && names[value] ? names[value] : "unknown";
}

uint32_t uni_status_of_cause(uint8_t cause)
{
    switch (cause) {
#define STATUS_FROM(status, cause_)                                                                \
    case cause_:                                                                                   \
        return STATUS_##status;
#include "uni/cause.def"
    default:
        return STATUS_FAILURE;
    }
}

uint8_t uni_cause_of_status(uint32_t status, enum uni_version version)
{
    switch (status) {
#define CAUSE_FROM(status_, in_31, in_40)                                                          \
    case STATUS_##status_:                                                                         \
        return version == UNI_31 ? (in_31) : (in_40);
#include "uni/cause.def"
    default:
        return UNI_CAUSE_UNSPECIFIED;
    }
}

uint8_t uni_cause_of_too_many_pending(enum uni_version version)
{
    return version == UNI_31 ? 92 : 32;
}
