/* SPDX-License-Identifier: MIT */
#include "client/parameters.h"

/* One allocation: the three structures lie behind each other, each at its alignment. */
struct parameters_block {
    CO_CALL_PARAMETERS call;
    CO_CALL_MANAGER_PARAMETERS manager; /* CallMgrSpecific.Parameters runs on into q2931 */
    UCHAR q2931[sizeof(Q2931_CALLMGR_PARAMETERS)];
    CO_MEDIA_PARAMETERS media;
};

static ULONG flow_value(uint32_t value)
{
    return value ? value : QOS_NOT_SPECIFIED;
}

static void flow_put(FLOWSPEC *spec, const struct condis_flow *flow)
{
    spec->TokenRate = flow_value(flow->token_rate_bytes_s);
    spec->TokenBucketSize = flow_value(flow->token_bucket_bytes);
    spec->PeakBandwidth = flow_value(flow->peak_bandwidth_bytes_s);
    spec->Latency = flow_value(flow->latency_us);
    spec->DelayVariation = flow_value(flow->delay_variation_us);
    spec->ServiceType = flow->service_type ? flow->service_type : SERVICETYPE_BESTEFFORT;
    spec->MaxSduSize = flow_value(flow->sdu_bytes_max);
    spec->MinimumPolicedSize = flow_value(flow->policed_bytes_min);
}

static uint32_t flow_number(ULONG value)
{
    return value == QOS_NOT_SPECIFIED ? 0 : value;
}

static void flow_get(struct condis_flow *flow, const FLOWSPEC *spec)
{
    *flow = (struct condis_flow){
        .token_rate_bytes_s = flow_number(spec->TokenRate),
        .token_bucket_bytes = flow_number(spec->TokenBucketSize),
        .peak_bandwidth_bytes_s = flow_number(spec->PeakBandwidth),
        .latency_us = flow_number(spec->Latency),
        .delay_variation_us = flow_number(spec->DelayVariation),
        .service_type = spec->ServiceType,
        .sdu_bytes_max = flow_number(spec->MaxSduSize),
        .policed_bytes_min = flow_number(spec->MinimumPolicedSize),
    };
}

static void address_put(ATM_ADDRESS *to, const struct condis_address *from)
{
    to->AddressType = ATM_NSAP;
    to->NumberOfDigits = CONDIS_ADDRESS_BYTES;
    memcpy(to->Address, from->octets, CONDIS_ADDRESS_BYTES);
}

PCO_CALL_PARAMETERS parameters_create(const struct condis_address *to,
                                      const struct condis_address *from,
                                      const struct condis_flow *transmit,
                                      const struct condis_flow *receive, ULONG flags)
{
    struct parameters_block *block = client_allocate(sizeof *block);
    if (!block)
        return NULL;
    block->call.Flags = flags;
    block->call.CallMgrParameters = &block->manager;
    block->call.MediaParameters = &block->media;
    flow_put(&block->manager.Transmit, transmit);
    flow_put(&block->manager.Receive, receive);
    CO_SPECIFIC_PARAMETERS *specific = &block->manager.CallMgrSpecific;
    specific->ParamType = CALLMGR_SPECIFIC_Q2931;
    specific->Length = sizeof(Q2931_CALLMGR_PARAMETERS);
    Q2931_CALLMGR_PARAMETERS *q2931 = (void *)specific->Parameters;
    address_put(&q2931->CalledParty, to);
    if (from)
        address_put(&q2931->CallingParty, from);
    block->media.Flags = TRANSMIT_VC | (flags & MULTIPOINT_VC ? 0 : RECEIVE_VC);
    block->media.ReceiveSizeHint = receive->sdu_bytes_max;
    return &block->call;
}

void parameters_flows(const CO_CALL_PARAMETERS *parameters, struct condis_flow *transmit,
                      struct condis_flow *receive)
{
    if (!parameters || !parameters->CallMgrParameters)
        return;
    flow_get(transmit, &parameters->CallMgrParameters->Transmit);
    flow_get(receive, &parameters->CallMgrParameters->Receive);
}

static const Q2931_CALLMGR_PARAMETERS *parameters_q2931(const CO_CALL_PARAMETERS *parameters)
{
    if (!parameters || !parameters->CallMgrParameters)
        return NULL;
    const CO_SPECIFIC_PARAMETERS *specific = &parameters->CallMgrParameters->CallMgrSpecific;
    if (specific->ParamType != CALLMGR_SPECIFIC_Q2931 ||
        specific->Length < FIELD_OFFSET(Q2931_CALLMGR_PARAMETERS, InfoElements))
        return NULL;
    return (const void *)specific->Parameters;
}

static bool address_get(const ATM_ADDRESS *from, struct condis_address *to)
{
    if (from->AddressType != ATM_NSAP || from->NumberOfDigits != CONDIS_ADDRESS_BYTES)
        return false;
    memcpy(to->octets, from->Address, CONDIS_ADDRESS_BYTES);
    return true;
}

bool parameters_called(const CO_CALL_PARAMETERS *parameters, struct condis_address *to)
{
    const Q2931_CALLMGR_PARAMETERS *q2931 = parameters_q2931(parameters);
    return q2931 && address_get(&q2931->CalledParty, to);
}

bool parameters_calling(const CO_CALL_PARAMETERS *parameters, struct condis_address *from)
{
    const Q2931_CALLMGR_PARAMETERS *q2931 = parameters_q2931(parameters);
    return q2931 && address_get(&q2931->CallingParty, from);
}

PCO_SAP parameters_sap(const struct condis_address *address)
{
    const ULONG sap_bytes = FIELD_OFFSET(ATM_SAP, Addresses) + sizeof(ATM_ADDRESS);
    PCO_SAP sap = client_allocate(FIELD_OFFSET(CO_SAP, Sap) + sap_bytes);
    if (!sap)
        return NULL;
    sap->SapType = SAP_TYPE_NSAP;
    sap->SapLength = sap_bytes;
    ATM_SAP *atm = (void *)sap->Sap;
    atm->Blli.Layer2Protocol = SAP_FIELD_ANY;
    atm->Blli.Layer3Protocol = SAP_FIELD_ANY;
    atm->Bhli.HighLayerInfoType = SAP_FIELD_ANY;
    atm->NumberOfAddresses = 1;
    address_put((void *)atm->Addresses, address);
    return sap;
}
