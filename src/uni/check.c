/* SPDX-License-Identifier: MIT */
#include "uni/message.h"

#include "uni/cause.h"
#include "uni/tables.h"

bool uni_type_known(uint8_t type, enum uni_version version)
{
    const unsigned known = uni_index_of_type[type];

    return known > 0 && uni_message_rows[known - 1].in_version[version];
}

bool uni_ie_allowed(uint8_t type, enum uni_ie ie, enum uni_version version,
                    enum uni_direction direction)
{
    const unsigned known = uni_index_of_type[type];

    return known > 0 && (uni_allowed[version][direction][known - 1] >> ie & 1);
}

uint8_t uni_ie_id(enum uni_ie ie)
{
    return uni_ie_rows[ie].id;
}

static void reject(struct uni_message *message, enum uni_ie ie, enum uni_fault_kind kind)
{
    const uint8_t head = *((const uint8_t *)message + uni_ie_offset[ie]);
    const struct uni_fault fault = {(uint8_t)kind, uni_ie_rows[ie].id, head, (uint8_t)ie};

    message->has &= ~(UINT64_C(1) << ie);
    if (message->fault_count < UNI_FAULTS_MAX)
        message->faults[message->fault_count++] = fault;
}

/* The conditions behind the letter C of message.def, as far as the message itself knows them. */
static uint64_t check_conditions(struct uni_message *message, enum uni_version version)
{
    const uint64_t has = message->has;
    uint64_t missing = 0;

    switch (message->type) {
    case UNI_SETUP:
        if (version == UNI_40 && !(has & (UNI_HAS(QOS) | UNI_HAS(EXTENDED_QOS))))
            missing |= UNI_HAS(QOS);
        if (!(has & UNI_HAS(BEARER)) || message->bearer->multipoint != 1)
            break;
        if (!(has & UNI_HAS(ENDPOINT_REF)))
            missing |= UNI_HAS(ENDPOINT_REF);
        else if (message->endpoint_ref->flag)
            reject(message, UNI_IE_ENDPOINT_REF, UNI_FAULT_CONTENTS);
        break;
    case UNI_STATUS:
        if ((has & UNI_HAS(ENDPOINT_REF)) && !(has & UNI_HAS(ENDPOINT_STATE)))
            missing |= UNI_HAS(ENDPOINT_STATE);
        break;
    case UNI_RESTART:
    case UNI_RESTART_ACKNOWLEDGE:
        if (!(has & UNI_HAS(RESTART_CLASS)))
            break;
        if (message->restart_class->class < 2 && !(has & UNI_HAS(CONNECTION)))
            missing |= UNI_HAS(CONNECTION);
        if (message->restart_class->class == 2 && (has & UNI_HAS(CONNECTION)))
            reject(message, UNI_IE_CONNECTION, UNI_FAULT_UNKNOWN);
        break;
    default:
        break;
    }
    return missing;
}

static void trim_copies(struct uni_message *message, unsigned index)
{
    static const uint64_t repeated = 0
#define IE(NAME, name, id, max, count, coding, class_, title) | ((count) > 1 ? UNI_HAS(NAME) : 0)
#include "uni/ie.def"
        ;

    for (uint64_t left = message->has & repeated; left != 0; left &= left - 1) {
        const unsigned ie = (unsigned)__builtin_ctzll(left);

        if (message->count[ie] > uni_count_max[index][ie])
            message->count[ie] = uni_count_max[index][ie];
    }
}

/* Weights of one fault, the heaviest last: SIG 7, "IE level" from the bottom up. */
enum weight {
    WEIGHT_NONE,
    WEIGHT_UNKNOWN_REPORT,
    WEIGHT_OPTIONAL_BAD,
    WEIGHT_MANDATORY_BAD,
    WEIGHT_DISCARD,
    WEIGHT_DISCARD_REPORT,
    WEIGHT_CLEAR,
    WEIGHT_MISSING,
};

static const enum uni_reaction reactions[] = {
    [WEIGHT_NONE] = UNI_PROCESS,
    [WEIGHT_UNKNOWN_REPORT] = UNI_PROCESS_REPORT,
    [WEIGHT_OPTIONAL_BAD] = UNI_PROCESS_REPORT,
    [WEIGHT_MANDATORY_BAD] = UNI_IGNORE_REPORT,
    [WEIGHT_DISCARD] = UNI_IGNORE,
    [WEIGHT_DISCARD_REPORT] = UNI_IGNORE_REPORT,
    [WEIGHT_CLEAR] = UNI_CLEAR,
    [WEIGHT_MISSING] = UNI_IGNORE_REPORT,
};

static enum weight weigh(const struct uni_fault *fault, uint64_t mandatory)
{
    const bool is_mandatory = fault->kind == UNI_FAULT_CONTENTS && fault->ie < UNI_IE_COUNT &&
                              (mandatory >> fault->ie & 1);
    const enum weight usual = fault->kind == UNI_FAULT_UNKNOWN ? WEIGHT_UNKNOWN_REPORT
                              : is_mandatory                   ? WEIGHT_MANDATORY_BAD
                                                               : WEIGHT_OPTIONAL_BAD;

    if (!(fault->head & UNI_HEAD_FLAG))
        return usual;
    switch (fault->head & 7) {
    case 0:
        return WEIGHT_CLEAR;
    case 1:
        return is_mandatory ? usual : WEIGHT_NONE;
    case 5:
        return WEIGHT_DISCARD;
    case 6:
        return WEIGHT_DISCARD_REPORT;
    default:
        return usual;
    }
}

static uint8_t cause_of_fault(const struct uni_fault *fault, enum weight weight)
{
    if (fault->kind == UNI_FAULT_UNKNOWN)
        return UNI_CAUSE_IE_UNKNOWN;
    /* SIG 7: 43 is Q.2931's for what only the far end reads. */
    if (weight == WEIGHT_OPTIONAL_BAD && fault->ie < UNI_IE_COUNT && uni_ie_rows[fault->ie].access)
        return UNI_CAUSE_ACCESS_INFORMATION;
    return UNI_CAUSE_IE_CONTENTS;
}

static void add_diagnostic(struct uni_verdict *verdict, uint8_t id)
{
    if (verdict->diagnostic_count < UNI_FAULTS_MAX)
        verdict->diagnostics[verdict->diagnostic_count++] = id;
}

static void judge_faults(struct uni_verdict *verdict, const struct uni_message *message,
                         uint64_t mandatory)
{
    enum weight worst = WEIGHT_NONE;

    for (unsigned i = 0; i < message->fault_count; i++) {
        const struct uni_fault *const fault = &message->faults[i];
        const enum weight weight = weigh(fault, mandatory & ~message->has);

        if (fault->kind == UNI_FAULT_CONTENTS && fault->ie < UNI_IE_COUNT)
            verdict->bad_set |= UINT64_C(1) << fault->ie & ~message->has;
        if (weight > worst) {
            worst = weight;
            verdict->cause = cause_of_fault(fault, weight);
            verdict->diagnostic_count = 0;
        }
        if (weight == worst && weight != WEIGHT_NONE &&
            cause_of_fault(fault, weight) == verdict->cause)
            add_diagnostic(verdict, fault->id);
    }
    verdict->reaction = reactions[worst];
    verdict->by_action = worst >= WEIGHT_DISCARD;
    if (worst == WEIGHT_DISCARD)
        verdict->cause = 0;
}

struct uni_verdict uni_check(struct uni_message *message, enum uni_version version,
                             enum uni_direction direction)
{
    struct uni_verdict verdict;

    verdict.reaction = verdict.fault_reaction = UNI_PROCESS;
    verdict.cause = verdict.fault_cause = 0;
    verdict.diagnostic_count = 0;
    verdict.missing = false;
    verdict.by_action = false;
    verdict.missing_set = 0;
    verdict.bad_set = 0;
    const unsigned known = uni_index_of_type[message->type];

    if (known == 0)
        return verdict;
    const unsigned index = known - 1;
    const uint64_t allowed = uni_allowed[version][direction][index];
    uint64_t mandatory = uni_mandatory[version][direction][index];

    for (uint64_t left = message->has & ~allowed; left != 0; left &= left - 1)
        reject(message, (enum uni_ie)__builtin_ctzll(left), UNI_FAULT_UNKNOWN);
    trim_copies(message, index);
    mandatory |= check_conditions(message, version);
    if (message->type == UNI_SETUP && (message->has & UNI_HAS(BEARER)) &&
        message->bearer->multipoint == 1)
        mandatory |= UNI_HAS(ENDPOINT_REF);
    if (message->fault_count > 0)
        judge_faults(&verdict, message, mandatory);
    verdict.fault_reaction = verdict.reaction;
    verdict.fault_cause = verdict.cause;
    verdict.missing_set = mandatory & ~message->has & ~verdict.bad_set;
    if (verdict.missing_set != 0) {
        verdict.missing = true;
        verdict.reaction = reactions[WEIGHT_MISSING];
        verdict.cause = UNI_CAUSE_IE_MISSING;
        verdict.diagnostic_count = 0;
        for (uint64_t left = verdict.missing_set; left != 0; left &= left - 1)
            add_diagnostic(&verdict, uni_ie_rows[__builtin_ctzll(left)].id);
    }
    return verdict;
}
