/* SPDX-License-Identifier: MIT */
/* Call parameters and SAPs of Q.2931. */
#include "caller.h"

#define CALLER_MANAGER_BYTES                                                                       \
    (FIELD_OFFSET(CO_CALL_MANAGER_PARAMETERS, CallMgrSpecific.Parameters) +                        \
     sizeof(Q2931_CALLMGR_PARAMETERS))

/* The three structures in one allocation, which begins with the first. */
typedef struct _CALLER_PARAMETERS {
    CO_CALL_PARAMETERS Call;
    union {
        CO_CALL_MANAGER_PARAMETERS Manager;
        UCHAR Room[CALLER_MANAGER_BYTES];
    };
    CO_MEDIA_PARAMETERS Media;
} CALLER_PARAMETERS, *PCALLER_PARAMETERS;

static VOID FillFlow(FLOWSPEC *Flow, SERVICETYPE Service)
{
    Flow->TokenRate = QOS_NOT_SPECIFIED;
    Flow->TokenBucketSize = QOS_NOT_SPECIFIED;
    Flow->PeakBandwidth = QOS_NOT_SPECIFIED;
    Flow->Latency = QOS_NOT_SPECIFIED;
    Flow->DelayVariation = QOS_NOT_SPECIFIED;
    Flow->ServiceType = Service;
    Flow->MaxSduSize = QOS_NOT_SPECIFIED;
    Flow->MinimumPolicedSize = QOS_NOT_SPECIFIED;
}

PCO_CALL_PARAMETERS CallerCreateParameters(const ATM_ADDRESS *To, BOOLEAN Multipoint)
{
    Q2931_CALLMGR_PARAMETERS Q2931;
    PCALLER_PARAMETERS Parameters = CallerAllocate(sizeof(*Parameters));
    if (Parameters == NULL)
        return NULL;
    NdisZeroMemory(&Q2931, sizeof(Q2931)); /* no calling party: the call manager's own address */
    Q2931.CalledParty = *To;
    FillFlow(&Parameters->Manager.Transmit, SERVICETYPE_BESTEFFORT);
    FillFlow(&Parameters->Manager.Receive,
             Multipoint ? SERVICETYPE_NOTRAFFIC : SERVICETYPE_BESTEFFORT);
    Parameters->Manager.CallMgrSpecific.ParamType = CALLMGR_SPECIFIC_Q2931;
    Parameters->Manager.CallMgrSpecific.Length = sizeof(Q2931);
    NdisMoveMemory(Parameters->Room +
                       FIELD_OFFSET(CO_CALL_MANAGER_PARAMETERS, CallMgrSpecific.Parameters),
                   &Q2931, sizeof(Q2931));
    Parameters->Media.Flags = Multipoint ? TRANSMIT_VC : TRANSMIT_VC | RECEIVE_VC;
    Parameters->Call.Flags = Multipoint ? MULTIPOINT_VC : 0;
    Parameters->Call.CallMgrParameters = &Parameters->Manager;
    Parameters->Call.MediaParameters = &Parameters->Media;
    return &Parameters->Call;
}

VOID CallerFillSap(PCO_SAP Sap, const ATM_ADDRESS *Address)
{
    PATM_SAP Atm = (PATM_SAP)(PVOID)Sap->Sap;
    Sap->SapType = SAP_TYPE_NSAP;
    Sap->SapLength = CALLER_SAP_BYTES;
    NdisZeroMemory(Atm, CALLER_SAP_BYTES);
    Atm->Blli.Layer2Protocol = SAP_FIELD_ANY;
    Atm->Blli.Layer3Protocol = SAP_FIELD_ANY;
    Atm->Bhli.HighLayerInfoType = SAP_FIELD_ANY;
    Atm->NumberOfAddresses = 1;
    NdisMoveMemory(Atm->Addresses, Address, sizeof(*Address));
}
