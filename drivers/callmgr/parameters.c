/* SPDX-License-Identifier: MIT */
/* Call parameters: Q2931_CALLMGR_PARAMETERS of a client into an offer, and of an offer for a
 * client. */
#include "callmgr.h"

#define Q2931_FIXED_BYTES ((ULONG)FIELD_OFFSET(Q2931_CALLMGR_PARAMETERS, InfoElements))
#define IE_HEADER_BYTES   ((ULONG)FIELD_OFFSET(Q2931_IE, IE))

C_ASSERT(sizeof(FLOWSPEC) == sizeof(struct hubsig_flow));

/* Walks information elements, which may come from another host. Called may be NULL; an element can
 * replace it. */
static BOOLEAN ElementsRead(const UCHAR *Elements, ULONG Bytes, ULONG Count, UCHAR *Called)
{
    Q2931_IE Header;
    ATM_ADDRESS Address;
    ULONG Index;
    for (Index = 0; Index < Count; Index++) {
        if (Bytes < IE_HEADER_BYTES)
            return FALSE;
        NdisMoveMemory(&Header, Elements, IE_HEADER_BYTES);
        if (Header.IELength < IE_HEADER_BYTES || Header.IELength > Bytes)
            return FALSE;
        if (Called != NULL && Header.IEType == IE_CalledPartyNumber &&
            Header.IELength >= IE_HEADER_BYTES + sizeof(Address)) {
            NdisMoveMemory(&Address, Elements + IE_HEADER_BYTES, sizeof(Address));
            NdisMoveMemory(Called, Address.Address, ATM_ADDRESS_LENGTH);
        }
        Elements += Header.IELength;
        Bytes -= Header.IELength;
    }
    return Bytes == 0;
}

BOOLEAN CmFlowsRead(PCO_CALL_PARAMETERS Parameters, struct hubsig_flow *Transmit,
                    struct hubsig_flow *Receive)
{
    if (Parameters == NULL || Parameters->CallMgrParameters == NULL)
        return FALSE;
    NdisMoveMemory(Transmit, &Parameters->CallMgrParameters->Transmit, sizeof(*Transmit));
    NdisMoveMemory(Receive, &Parameters->CallMgrParameters->Receive, sizeof(*Receive));
    return TRUE;
}

VOID CmFlowsWrite(PCO_CALL_PARAMETERS Parameters, const struct hubsig_flow *Transmit,
                  const struct hubsig_flow *Receive)
{
    PCO_CALL_MANAGER_PARAMETERS Manager = Parameters->CallMgrParameters;
    if (NdisEqualMemory(&Manager->Transmit, Transmit, sizeof(*Transmit)) &&
        NdisEqualMemory(&Manager->Receive, Receive, sizeof(*Receive)))
        return;
    NdisMoveMemory(&Manager->Transmit, Transmit, sizeof(*Transmit));
    NdisMoveMemory(&Manager->Receive, Receive, sizeof(*Receive));
    Parameters->Flags |= CALL_PARAMETERS_CHANGED;
}

NDIS_STATUS CmParametersRead(PCM_ADAPTER Adapter, PCO_CALL_PARAMETERS Parameters,
                             struct hubsig_message *Offer)
{
    PCO_SPECIFIC_PARAMETERS Specific;
    Q2931_CALLMGR_PARAMETERS *Q2931;
    NDIS_STATUS Status;
    if (!CmFlowsRead(Parameters, &Offer->forward, &Offer->backward))
        return NDIS_STATUS_INVALID_DATA;
    Specific = &Parameters->CallMgrParameters->CallMgrSpecific;
    if (Specific->ParamType != CALLMGR_SPECIFIC_Q2931 || Specific->Length < Q2931_FIXED_BYTES)
        return NDIS_STATUS_INVALID_DATA;
    Q2931 = (Q2931_CALLMGR_PARAMETERS *)(PVOID)Specific->Parameters;
    NdisMoveMemory(Offer->called, Q2931->CalledParty.Address, ATM_ADDRESS_LENGTH);
    Offer->element_count = Q2931->InfoElementCount;
    Offer->data_bytes = Q2931->InfoElementCount == 0 ? 0 : Specific->Length - Q2931_FIXED_BYTES;
    Offer->data = Offer->data_bytes == 0 ? NULL : Q2931->InfoElements;
    if (Offer->data_bytes > HUBSIG_ELEMENT_BYTES_MAX ||
        !ElementsRead(Offer->data, Offer->data_bytes, Offer->element_count, Offer->called))
        return NDIS_STATUS_INVALID_DATA;
    Status = Adapter->Signalling->CheckCalled(Adapter, &Q2931->CalledParty, Offer);
    if (Status != NDIS_STATUS_SUCCESS)
        return Status;
    if (Q2931->CallingParty.NumberOfDigits == ATM_ADDRESS_LENGTH)
        NdisMoveMemory(Offer->calling, Q2931->CallingParty.Address, ATM_ADDRESS_LENGTH);
    else
        NdisMoveMemory(Offer->calling, Adapter->Address, ATM_ADDRESS_LENGTH);
    return NDIS_STATUS_SUCCESS;
}

static VOID AddressFill(ATM_ADDRESS *Address, const UCHAR *Octets)
{
    Address->AddressType = ATM_NSAP;
    Address->NumberOfDigits = ATM_ADDRESS_LENGTH;
    NdisMoveMemory(Address->Address, Octets, ATM_ADDRESS_LENGTH);
}

PCM_PARAMETERS CmParametersCreate(PCM_ADAPTER Adapter, const struct hubsig_message *Offer)
{
    SIZE_T Manager = (sizeof(CM_PARAMETERS) + 15) & ~(SIZE_T)15;
    SIZE_T Q2931 =
        Manager + (SIZE_T)FIELD_OFFSET(CO_CALL_MANAGER_PARAMETERS, CallMgrSpecific.Parameters);
    PCM_PARAMETERS Parameters;
    UCHAR *Memory;
    if (!ElementsRead(Offer->data, Offer->data_bytes, Offer->element_count, NULL))
        return NULL;
    Memory = CmAllocate(Adapter, Q2931 + sizeof(Q2931_CALLMGR_PARAMETERS) + Offer->data_bytes);
    if (Memory == NULL)
        return NULL;
    Parameters = (PCM_PARAMETERS)(PVOID)Memory;
    Parameters->Manager = (CO_CALL_MANAGER_PARAMETERS *)(PVOID)(Memory + Manager);
    Parameters->Q2931 = (Q2931_CALLMGR_PARAMETERS *)(PVOID)(Memory + Q2931);
    Parameters->Call.CallMgrParameters = Parameters->Manager;
    if (Offer->multipoint)
        Parameters->Call.Flags = MULTIPOINT_VC;
    NdisMoveMemory(&Parameters->Manager->Transmit, &Offer->backward, sizeof(FLOWSPEC));
    NdisMoveMemory(&Parameters->Manager->Receive, &Offer->forward, sizeof(FLOWSPEC));
    Parameters->Manager->CallMgrSpecific.ParamType = CALLMGR_SPECIFIC_Q2931;
    Parameters->Manager->CallMgrSpecific.Length = Q2931_FIXED_BYTES + Offer->data_bytes;
    AddressFill(&Parameters->Q2931->CalledParty, Offer->called);
    AddressFill(&Parameters->Q2931->CallingParty, Offer->calling);
    Parameters->Q2931->InfoElementCount = Offer->element_count;
    if (Offer->data_bytes != 0)
        NdisMoveMemory(Parameters->Q2931->InfoElements, Offer->data, Offer->data_bytes);
    return Parameters;
}
